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
 * The text of a completion, with the stop marker that ended it. Servers cut the marker off, and not all can be kept from it:
 *
 * - vLLM and SGLang leave it in when asked (`include_stop_str_in_output`, `no_stop_trim`), and say whether it was a stop string.
 * - llama.cpp, Ollama and OpenAI always cut it off, and give the same reason, `stop`, when the model ended by itself. Then the
 *   marker is put back in either case, and with several possible ones the first. A model that ended by itself had said all it
 *   wanted to: what it wrote is taken as complete, as if it had closed it. Watching the stream for markers instead, and cutting
 *   the connection there, would tell the two apart, but lose the server's token counts and a connection for every step.
 */
export function withStopMarker({ text, finish, stoppedBy }: AnswerChoice, stop: readonly string[]): string {
  const end = firstEnd(text, stop);
  if (end !== null) return text.slice(0, end);
  if (finish === "length") return text;
  if (stoppedBy === undefined) return text + (stop[0] ?? "");
  return stoppedBy !== null && stop.includes(stoppedBy) ? text + stoppedBy : text;
}
