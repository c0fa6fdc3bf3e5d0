/** Repetitions of a block, one after the other, that make a loop. */
const MIN_REPEATS = 8;

/** Characters that a loop covers at least, so that a short list of equal lines is none. */
const MIN_SPAN = 160;

const MAX_PERIOD = 240;

/** How many characters before the end repeat those `period` further on. */
function repeatedSpan(text: string, period: number): number {
  let at = text.length - 1 - period;
  while (at >= 0 && text[at] === text[at + period]) at--;
  return text.length - 1 - at;
}

/** Whether a text ends in endless repetition of one block: what small models fall into. */
export function endsInLoop(text: string): boolean {
  const tail = text.trimEnd();
  const longest = Math.min(MAX_PERIOD, Math.floor(tail.length / MIN_REPEATS));
  for (let period = 1; period <= longest; period++) {
    const span = repeatedSpan(tail, period);
    if (span >= Math.max(MIN_SPAN, MIN_REPEATS * period) && /[\p{L}\p{N}]/u.test(tail.slice(-period))) return true;
  }
  return false;
}
