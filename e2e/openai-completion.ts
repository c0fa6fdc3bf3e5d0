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
}

function tokensOf(text: string): readonly string[] {
  return text.match(/[ \n]?\w+|[\s\S]/gu) ?? [];
}

/** What the model was given, as one text. */
export function promptTextOf({ body }: ChatCall): string {
  return body.messages.map(({ role, content }) => `<${role}>${content}`).join("");
}

/** Tokens that a prompt has in common with the beginning of one that came before. */
function cachedTokens(prompt: readonly string[], earlier: readonly string[]): number {
  const shared = earlier.map((text) => {
    const other = tokensOf(text);
    const end = prompt.findIndex((token, i) => token !== other[i]);
    return end < 0 ? prompt.length : end;
  });
  // The last token is computed in any case: the next one's probabilities come from it.
  return Math.min(Math.max(0, ...shared), Math.max(0, prompt.length - 1));
}

/** Where the stop string that comes first begins, and which it is. */
function firstStop(text: string, stop: readonly string[]): { readonly at: number; readonly marker: string } | null {
  const found = stop.map((marker) => ({ at: text.indexOf(marker), marker })).filter(({ at }) => at >= 0);
  return found.sort((a, b) => a.at - b.at)[0] ?? null;
}

function cut(
  text: string,
  { stop = [], max_tokens, include_stop_str_in_output }: ChatCall["body"],
  style: ServerStyle,
) {
  const tokens = tokensOf(text);
  const room = tokens.slice(0, max_tokens).join("");
  const found = firstStop(room, stop);
  if (!found)
    return { text: room, tokens: tokens.slice(0, max_tokens), isFull: tokens.length > max_tokens, marker: null };
  const isKept = style.tellsStop && include_stop_str_in_output === true;
  const kept = room.slice(0, found.at + (isKept ? found.marker.length : 0));
  return { text: kept, tokens: tokensOf(kept), isFull: false, marker: found.marker };
}

function logProbsOf(token: string, saying: Saying, position: number, howMany: number) {
  const likeliest = typeof saying === "string" || position > 0 ? {} : (saying.likeliest ?? {});
  const alternatives = Object.entries({ [token]: LOG_PROB, ...likeliest }).sort(([, a], [, b]) => b - a);
  return {
    content: [
      {
        token,
        logprob: likeliest[token] ?? LOG_PROB,
        bytes: [...Buffer.from(token, "utf8")],
        top_logprobs: alternatives.slice(0, howMany).map(([text, logprob]) => ({ token: text, logprob, bytes: null })),
      },
    ],
  };
}

function eventsOf(saying: Saying, index: number, call: ChatCall, style: ServerStyle) {
  const { body } = call;
  const end = cut(typeof saying === "string" ? saying : saying.text, body, style);
  const told = (token: string, position: number) =>
    style.tellsLogProbs && body.logprobs
      ? { logprobs: logProbsOf(token, saying, position, body.top_logprobs ?? 0) }
      : {};
  const parts = end.tokens.map((token, position) => ({
    choices: [{ index, delta: { content: token }, finish_reason: null, ...told(token, position) }],
  }));
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
  return { events: [...parts, last], count: end.tokens.length };
}

/** All that a server of this style sends as its answer. `earlier` are the prompts that it may have kept. */
export function planCompletions(
  call: ChatCall,
  script: Script,
  style: ServerStyle,
  earlier: readonly string[],
): CompletionPlan {
  const count = style.several === "gives" ? (call.body.n ?? 1) : 1;
  const completions = Array.from({ length: count }, (_, index) => eventsOf(script(call, index), index, call, style));
  const prompt = tokensOf(promptTextOf(call));
  const usage = {
    prompt_tokens: prompt.length,
    completion_tokens: completions.reduce((sum, completion) => sum + completion.count, 0),
    ...(style.tellsCache ? { prompt_tokens_details: { cached_tokens: cachedTokens(prompt, earlier) } } : {}),
  };
  const isCounted = style.tellsUsage && call.body.stream_options !== undefined;
  return { events: [...completions.flatMap(({ events }) => events), ...(isCounted ? [{ choices: [], usage }] : [])] };
}
