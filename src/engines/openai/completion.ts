import { thoughtLength, withoutThoughts } from "../../core/protocol/chat/artefacts";
import type { Completion } from "../../core/protocol/protocol";
import type { Answer, AnswerChoice, WireToken } from "./answer";

/** Characters a token has on average, where nobody counts tokens: a rough mean over code and prose. */
const CHARACTERS_PER_TOKEN = 4;

/** About how many tokens a text has. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The completions of an answer. Token counts are the server's where it counts, and estimates where it does not. */
export function completionsOf({ choices, usage }: Answer, stop: readonly string[]): readonly Completion[] {
  const weights = choices.map(tokensTold);
  const counts = usage ? shareOut(usage.completionTokens, weights) : weights;
  // Its own count, where the server counts each.
  const counted = choices.map((choice, i) => choice.usage?.completionTokens ?? counts[i] ?? 0);
  const thoughtTokens = usage?.thoughtTokens ?? null;
  const lengths = choices.map(({ thoughts, text }) => thoughts.length + thoughtLength(text));
  const thoughts = thoughtTokens === null ? null : shareOut(thoughtTokens, lengths);
  return choices.map((choice, i) => {
    const text = withStopMarker(choice, stop);
    const aligned = alignTokens(choice, text, stop);
    return {
      text,
      tokens: counted[i] ?? 0,
      ...thoughtsIn(choice, counted[i] ?? 0, choice.usage?.thoughtTokens ?? thoughts?.[i] ?? null),
      logProbs: aligned?.logProbs ?? [],
      pieces: aligned?.pieces ?? [],
      // A text that was cut at a marker the server did not stop at has its end all the same.
      finish: stop.some((marker) => text.endsWith(marker)) ? "stop" : choice.finish,
    };
  });
}

function tokensTold({ tokens, parts, text, thoughts }: AnswerChoice): number {
  return tokens.length > 0 ? tokens.length : Math.max(parts, estimateTokens(text)) + estimateTokens(thoughts);
}

/** How many of a completion's tokens were thoughts: as the server counts them, or by its characters. */
function thoughtsIn(
  { text, thoughts }: AnswerChoice,
  tokens: number,
  told: number | null,
): Pick<Completion, "thoughtTokens"> {
  const length = thoughts.length + thoughtLength(text);
  const share = length / Math.max(1, thoughts.length + text.length);
  const count = told || Math.round(share * tokens);
  return length === 0 && count === 0 ? {} : { thoughtTokens: Math.min(count, tokens) };
}

/** Shares a total out by weight, in whole numbers that add up to it. */
function shareOut(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let given = 0;
  let upTo = 0;
  return weights.map((weight) => {
    upTo += sum === 0 ? 1 / weights.length : weight / sum;
    const share = Math.round(total * upTo) - given;
    given += share;
    return share;
  });
}

/** The texts of tokens. A character may be spread over several tokens: it belongs to the one that completes it. */
function piecesOf(tokens: readonly WireToken[]): readonly string[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return tokens.map(({ token, bytes }) => (bytes ? decoder.decode(Uint8Array.from(bytes), { stream: true }) : token));
}

/**
 * The tokens of a completion whose text was mended at a stop marker: tokens past the end are dropped, the one
 * across it is cut, and a marker that the server did not tell is part of the last that it told. Null when tokens and text
 * do not belong together.
 */
function alignTokens(choice: AnswerChoice, text: string, stop: readonly string[]) {
  const told = piecesOf(choice.tokens);
  const skipped = choice.thoughts === "" ? 0 : tokensBefore(told, choice.text);
  const pieces: string[] = [];
  const logProbs: number[] = [];
  let length = 0;
  for (const [i, piece] of told.slice(skipped).entries()) {
    if (i > 0 && length >= text.length) break;
    pieces.push(piece.slice(0, text.length - length));
    // A server's rounding can lift it a little above 0.
    logProbs.push(Math.min(0, choice.tokens[skipped + i]?.logprob ?? 0));
    length += piece.length;
  }
  const joined = pieces.join("");
  const rest = text.slice(joined.length);
  const isMarker = stop.some((marker) => marker.endsWith(rest) && text.endsWith(marker));
  const last = pieces.pop();
  if (last === undefined || !text.startsWith(joined) || (rest !== "" && !isMarker)) return null;
  return { pieces: [...pieces, last + rest], logProbs };
}

/** How many tokens come before those of the text: servers tell thoughts and text apart, but not their tokens. */
function tokensBefore(pieces: readonly string[], text: string): number {
  let rest = pieces.join("").length - text.length;
  let count = 0;
  for (; count < pieces.length && rest > 0; count++) rest -= pieces[count]?.length ?? 0;
  return count;
}

/**
 * The text of a completion, with the stop marker that ended it. What a server sent behind a marker has been paid for and stays; a marker
 * inside a thought is none. Servers cut the marker off, and not all can be kept
 * from it:
 *
 * - vLLM and SGLang leave it in when asked (`include_stop_str_in_output`, `no_stop_trim`), and say whether it was a
 *   stop string.
 * - llama.cpp, Ollama and OpenAI always cut it off, and give the same reason, `stop`, when the model ended by itself.
 *   Markers stand on lines of their own, so a text that breaks off behind white space was cut at one, and gets it back:
 *   the first, where several are possible. A text that ends in the middle of a line is left as it is. Watching the
 *   stream for markers instead, and cutting the connection there, would leave no doubt, but cost the server's token
 *   counts and a new connection for every step.
 */
function withStopMarker({ text, finish, stoppedBy }: AnswerChoice, stop: readonly string[]): string {
  const said = withoutThoughts(text).thoughtless;
  const trimmed = text.trimEnd();
  if (stop.some((marker) => said.includes(marker))) return stop.some((m) => trimmed.endsWith(m)) ? trimmed : text;
  if (finish === "length") return text;
  if (stoppedBy === undefined) return /(^|\s)$/.test(text) ? text + (stop[0] ?? "") : text;
  return stoppedBy !== null && stop.includes(stoppedBy) ? text + stoppedBy : text;
}
