/** The opening line of a fenced block. */
export interface Fence {
  readonly character: "`" | "~";
  /** Length of the fence; a closing one is at least as long. */
  readonly length: number;
  /** The language it names, in lower case; often empty. */
  readonly info: string;
}

const OPENING = /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})[ \t]*\{?\.?([\w+#-]*)[^`]*$/;

/** Prose and a fence on one line: `Here it is: ```python`. */
const LATE_OPENING = /\S[ \t]*(`{3,})(python3?|py|javascript|js)[ \t]*$/i;

/** The fence that a line opens, or null. */
export function openingFence(line: string): Fence | null {
  const match = OPENING.exec(line) ?? LATE_OPENING.exec(line);
  if (match === null) return null;
  const [, fence = "", info = ""] = match;
  return { character: fence.startsWith("~") ? "~" : "`", length: fence.length, info: info.toLowerCase() };
}

/** What a line that closes `fence` says before it closes it (mostly nothing), or null when it does not close it. */
export function closingFence(line: string, { character, length }: Fence): string | null {
  const trimmed = line.trimEnd();
  let start = trimmed.length;
  while (trimmed[start - 1] === character) start--;
  if (trimmed.length - start < length) return null;
  const before = trimmed.slice(0, start);
  return before.trim() === "" ? "" : before;
}
