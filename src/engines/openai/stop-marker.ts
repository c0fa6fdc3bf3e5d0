import type { AnswerChoice } from "./answer";

/** Where the first of the markers in a text ends; null when there is none. */
function firstEnd(text: string, stop: readonly string[]): number | null {
  const ends = stop.flatMap((marker) => {
    const at = text.indexOf(marker);
    return at < 0 ? [] : [at + marker.length];
  });
  return ends.length === 0 ? null : Math.min(...ends);
}

/**
 * The text of a completion, with the stop marker that ended it. Servers cut the marker off, and not all can be kept
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
export function withStopMarker({ text, finish, stoppedBy }: AnswerChoice, stop: readonly string[]): string {
  const end = firstEnd(text, stop);
  if (end !== null) return text.slice(0, end);
  if (finish === "length") return text;
  if (stoppedBy === undefined) return /(^|\s)$/.test(text) ? text + (stop[0] ?? "") : text;
  return stoppedBy !== null && stop.includes(stoppedBy) ? text + stoppedBy : text;
}
