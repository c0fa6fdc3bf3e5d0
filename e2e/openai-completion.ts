import type { IncomingMessage } from "node:http";
import type { ServerStyle } from "./openai-style";

/** A request for chat completions, as the server got it. */
export interface ChatCall {
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly stop?: readonly string[];
    readonly max_tokens: number;
    readonly seed?: number;
    readonly n?: number;
    readonly temperature?: number;
    readonly logprobs?: boolean;
    readonly top_logprobs?: number;
    readonly [field: string]: unknown;
  };
  readonly headers: IncomingMessage["headers"];
}

/** What the scripted model says: as a plain text, or with the likeliest first tokens and their log-probabilities. */
export type Saying = string | { readonly text: string; readonly likeliest?: Readonly<Record<string, number>> };

/**
 * Decides what the model says as completion number `index` of a call, before it is cut at stop strings and
 * `max_tokens`.
 */
export type Script = (call: ChatCall, index: number) => Saying;

/** Log-probability of every token that a script does not speak about. */
const LOG_PROB = -0.5;

/** An answer as the events of its stream. */
export interface CompletionPlan {
  readonly events: readonly unknown[];
  /** Tokens that the model sampled for it, by the server's count, whatever of them was sent. */
  readonly sampled: number;
  /** The text of the first completion. */
  readonly said: string;
}

/** The tokens of a text. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/[ \n]?\w+|[\s\S]/gu) ?? [];
}

/** What the model was given, as one text. */
export function promptTextOf({ body }: ChatCall): string {
  return body.messages.map(({ role, content }) => `<${role}>${content}`).join("");
}

/** Where the stop string that comes first begins, and which it is. */
function firstStop(text: string, stop: readonly string[]): { readonly at: number; readonly marker: string } | null {
  const found = stop.map((marker) => ({ at: text.indexOf(marker), marker })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** Where the end of a text begins that could be the beginning of a stop string; its length where there is none. */
function safeEnd(text: string, stop: readonly string[]): number {
  for (let at = 0; at < text.length; at++) if (stop.some((marker) => marker.startsWith(text.slice(at)))) return at;
  return text.length;
}

/** A piece of text as it is sent; `last` is the token whose log-probability goes with it. */
interface Sent {
  readonly text: string;
  readonly last: string;
  /** Of `last` in the completion. */
  readonly position: number;
}

interface Cut {
  readonly sent: readonly Sent[];
  readonly sampled: number;
  readonly isFull: boolean;
  readonly marker: string | null;
}

/** Sends a completion token by token, up to a stop string, its own end or the limit. */
function cut(
  text: string,
  { stop = [], max_tokens, include_stop_str_in_output }: ChatCall["body"],
  style: ServerStyle,
): Cut {
  const keepsMarker = style.tellsStop && include_stop_str_in_output === true;
  const sent: Sent[] = [];
  let said = "";
  let length = 0;
  const send = (end: number, last: string, position: number) => {
    if (end > length) sent.push({ text: said.slice(length, end), last, position });
    length = Math.max(length, end);
  };
  const tokens = tokensOf(text);
  for (const [position, token] of tokens.entries()) {
    if (position === max_tokens) return { sent, sampled: position, isFull: true, marker: null };
    said += token;
    const found = firstStop(said, stop);
    if (found) {
      send(found.at + (keepsMarker ? found.marker.length : 0), token, position);
      return { sent, sampled: position + 1, isFull: false, marker: found.marker };
    }
    // Who holds nothing back knows the whole text before it sends the first of it.
    if (!style.withholds) send(Math.min(said.length, sendable(text, stop, keepsMarker)), token, position);
    else if (safeEnd(said, stop) === said.length) send(said.length, token, position);
  }
  // The token that ends a text was sampled, too. What was held back goes out with it.
  send(said.length, "", tokens.length);
  return { sent, sampled: tokens.length + 1, isFull: false, marker: null };
}

/** How much of a text comes before its stop string, or with it. */
function sendable(text: string, stop: readonly string[], keepsMarker: boolean): number {
  const found = firstStop(text, stop);
  return found ? found.at + (keepsMarker ? found.marker.length : 0) : text.length;
}

function logProbsOf({ text, last, position }: Sent, saying: Saying, howMany: number) {
  const likeliest = typeof saying === "string" || position > 0 ? {} : (saying.likeliest ?? {});
  const alternatives = Object.entries({ [last]: LOG_PROB, ...likeliest }).sort(([, a], [, b]) => b - a);
  const others = Array.from({ length: Math.max(0, howMany - alternatives.length) }, (_, i) => [`~${i}`, -9] as const);
  return {
    content: [
      {
        token: text,
        logprob: likeliest[last] ?? LOG_PROB,
        bytes: [...Buffer.from(text, "utf8")],
        top_logprobs: [...alternatives, ...others]
          .slice(0, howMany)
          .map(([token, logprob]) => ({ token, logprob, bytes: [...Buffer.from(token, "utf8")] })),
      },
    ],
  };
}

function eventsOf(saying: Saying, index: number, call: ChatCall, style: ServerStyle) {
  const { body } = call;
  const end = cut(typeof saying === "string" ? saying : saying.text, body, style);
  const told = (part: Sent) =>
    style.tellsLogProbs && body.logprobs
      ? { logprobs: logProbsOf(part, saying, body.top_logprobs ?? style.usualAlternatives) }
      : {};
  const parts = end.sent.map((part) => ({
    choices: [{ index, delta: { content: part.text }, finish_reason: null, ...told(part) }],
  }));
  const first = { choices: [{ index, delta: { role: "assistant", content: null }, finish_reason: null }] };
  const last = {
    choices: [
      {
        index,
        delta: {},
        finish_reason: end.isFull ? "length" : "stop",
        ...(style.tellsStop ? { stop_reason: end.marker } : {}),
      },
    ],
  };
  const count = style.counts === "text" ? end.sent.length : end.sampled;
  return { events: [first, ...parts, last], count, said: end.sent.map(({ text }) => text).join("") };
}

/** All that a server of this style sends as its answer. `cached` are the tokens of the prompt that it had. */
export function planCompletions(call: ChatCall, script: Script, style: ServerStyle, cached: number): CompletionPlan {
  const { n = 1 } = call.body;
  const count = style.several === "gives" || typeof style.several === "number" ? n : 1;
  const completions = Array.from({ length: count }, (_, index) => eventsOf(script(call, index), index, call, style));
  const prompt = tokensOf(promptTextOf(call)).length;
  const isCounted = style.counts !== null && call.body.stream_options !== undefined;
  const usage = (completionTokens: number) => ({
    choices: [],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completionTokens,
      total_tokens: prompt + completionTokens,
      ...(style.tellsCache === "usage" ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
    },
    ...(style.tellsCache === "timings" ? { timings: { cache_n: cached, prompt_n: prompt - cached } } : {}),
  });
  const sampled = completions.reduce((sum, completion) => sum + completion.count, 0);
  const told = (tokens: number) => (isCounted ? [usage(tokens)] : []);
  const events = style.countsEach
    ? completions.flatMap((completion) => [...completion.events, ...told(completion.count)])
    : [...completions.flatMap((completion) => completion.events), ...told(sampled)];
  return { events, sampled, said: completions[0]?.said ?? "" };
}
