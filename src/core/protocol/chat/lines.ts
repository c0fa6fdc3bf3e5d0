/** A line of a text, without its line break. */
export interface Line {
  readonly text: string;
  /** Where it begins in the whole text. */
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
}

/** The lines of a text with their offsets. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    lines.push({ text: text.slice(start, end), start, end: newline < 0 ? text.length : newline + 1 });
    if (newline < 0) break;
    start = newline + 1;
  }
  return lines;
}
