/** The beginning of a text: at most so many characters and lines. The text itself when it is hardly longer. */
export function cutText(text: string, characters: number, lines: number): string {
  const slack = 1.25;
  const breaks = text.split("\n", Math.ceil(lines * slack) + 1);
  const isShort =
    text.length <= characters * slack && (lines === Number.POSITIVE_INFINITY || breaks.length <= lines * slack);
  if (isShort) return text;
  const head = lines === Number.POSITIVE_INFINITY ? text : breaks.slice(0, lines).join("\n");
  return head.slice(0, characters).trimEnd();
}
