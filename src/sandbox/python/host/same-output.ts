/** A number with a point or an exponent. Others are compared as they are written, or 1000000 would do for 1000001. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;

/** The tolerance of numpy's `allclose`, which the graders of APPS and TACO use: relative, and absolute. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;

/**
 * Whether a program printed what it should: the same lines, blank ones left out, with the same words in each, spaces
 * apart. Two numbers are the same when they are close (`|got - expected| <= 1e-8 + 1e-5 |expected|`) and at least one
 * has a point or an exponent. As the graders of APPS and TACO do, but for their last resort, which ignores the order
 * of lines and words.
 */
export function sameOutput(got: string, expected: string): boolean {
  const lines = wordsOf(got);
  const wanted = wordsOf(expected);
  return (
    lines.length === wanted.length &&
    lines.every((words, i) => {
      const line = wanted[i] as readonly string[];
      return words.length === line.length && words.every((word, j) => sameWord(word, line[j] as string));
    })
  );
}

function wordsOf(text: string): readonly (readonly string[])[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.split(/\s+/).filter((word) => word !== ""))
    .filter((words) => words.length > 0);
}

function sameWord(got: string, expected: string): boolean {
  if (got === expected) return true;
  if (!DECIMAL.test(got) || !DECIMAL.test(expected) || (INTEGER.test(got) && INTEGER.test(expected))) return false;
  return Math.abs(Number(got) - Number(expected)) <= ABSOLUTE + RELATIVE * Math.abs(Number(expected));
}
