/** Characters: a text this short is not cut for a few lines more. */
const SHORT = 60;
/** Of a cut text, the share that may go for the sake of a whole word. */
const WORD_SHARE = 0.1;

/** The beginning of a text, to a whole word: at most so many characters and lines. The text itself when it is hardly longer. */
export function cutText(text: string, characters: number, lines: number): string {
  const slack = text.length <= SHORT ? 2 : 1.25;
  const isEndless = lines === Number.POSITIVE_INFINITY;
  const breaks = text.split("\n", Math.ceil(lines * slack) + 1);
  if (text.length <= characters * slack && (isEndless || breaks.length <= lines * slack)) return text;
  const head = isEndless ? text : breaks.slice(0, lines).join("\n");
  return toWord(head, characters).trimEnd();
}

function toWord(text: string, length: number): string {
  if (text.length <= length || /\s/.test(text.charAt(length))) return text.slice(0, length);
  const end = text.slice(0, length).search(/\s\S*$/);
  return text.slice(0, end < length * (1 - WORD_SHARE) ? length : end);
}
