/** What a marker line says. Whether pseudocode is a define or a refine follows from its place, so the label is not read. */
type MarkerKind = "pseudocode" | "code" | "end" | "done";

/** A marker line: its kind, and what the line says besides. */
export interface Marker {
  readonly kind: MarkerKind;
  /** Content that shares the marker's line, or the rest of a heading such as `Refine the inner loop`; often empty. */
  readonly rest: string;
  /** Set for a title that says what stands below it, `### Pseudocode`, without naming an action. */
  readonly isTitle?: true;
}

/** Where a marker begins behind other content of its line, or behind the end of the step before it. */
const LATE_MARKER =
  /(?<=[^\s#][ \t]{0,3})(?=#{2,4} ?(?:END|DONE)[ \t]*(?:$|#{2,4} ))|(?<=#{2,4} ?END[ \t]{0,3})(?=#{2,4} ?(?:DEFINE|REFINE|CODE|DONE)\b)/m;

/** The lines of a text with their line breaks; where a marker stands behind something else, `x = 1 ### END`, the line is two. */
export function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/).flatMap((line) => (line.includes("##") ? line.split(LATE_MARKER) : [line]));
}

/**
 * Reads a line as a marker, as tolerantly as pseudocode and programs allow: their own lines must not be taken for markers. Only a loose
 * reading takes an undecorated `Step 2: Refine the loop` for one, since pseudocode counts its own steps like that.
 */
export function readMarker(given: string, isLoose: boolean): Marker | null {
  const line = undecorated(given);
  const title = TITLE.exec(line);
  if (title !== null) return { kind: title[1] === undefined ? "code" : "pseudocode", rest: "", isTitle: true };
  const tag = STEP_TAG.exec(line);
  if (tag !== null) return (tag[1] ?? "").toLowerCase() === "end" ? { kind: "end", rest: "" } : null;
  const action = ACTION.exec(line);
  const kind = ACTION_KINDS[action?.[1] ?? action?.[2] ?? ""];
  return kind === undefined ? readWord(line, isLoose) : { kind, rest: titleOf(line) };
}

/**
 * Whether a line is beyond doubt a marker: one of ours to the letter, or a numbered step that names its action. Such a line is one
 * even inside a fence, which was then never closed.
 */
export function isCertainMarker(given: string): boolean {
  const line = undecorated(given);
  if (/^\s{0,3}#{2,}\s*(?:DEFINE|REFINE|CODE|END|DONE)(?:\s*:)?(?:\*\*|__)?$/.test(line.trimEnd())) return true;
  return /^(?:#+\s*)?step\s*\d/i.test(line) && ACTION.test(line);
}

/** A line without what stands around a heading's hashes: `**### DEFINE**`, `> ### DEFINE`. */
function undecorated(line: string): string {
  return line.replace(/^\s{0,3}(?:\*{1,3}|_{2}|`|> ?)\s?(?=#{2,6}\s)/, "");
}

/** Titles of whole answers: `### Pseudocode`, `**Final Code:**`, `## Corrected Python Program`. */
const TITLE =
  /^\s{0,3}(?:#{2,3}\s{0,3}|\*\*)(?:\*\*)?(?:\d+[.)]\s)?(?:(pseudo-?code)|(?:(?:my|your|the|final|complete|full|whole|working|updated|corrected|improved|revised|python3?|javascript|js)\s{1,3}){1,4}(?:code|program|solution|implementation|script)|solution|solution\s(?:code|program))(?:\sin\s\w+)?[\s:*_#]*$/i;

/** How the reference repository announces a step: `### Step 2: Refine ... (Action 2)`, `Step 2: <Action 2> ...`. */
const ACTION =
  /^(?=\s{0,3}(?:#|\*\*|step\b|[<[(]\s*action))[^\n]*?[<[(]\s*action\s*([123])\s*[>\])]|^\s{0,3}#+\s*action\s*([123])\b/i;

const ACTION_KINDS: Readonly<Record<string, MarkerKind>> = { 1: "pseudocode", 2: "pseudocode", 3: "code" };

const STEP_NUMBER = /^\s*(?:step\s*)?\d+\s*[:.)]?\s*(?:[-–—]\s*)?/i;

/** The tags around steps in the reference repository's outputs. */
const STEP_TAG = /^\s*[<[]\/?\s*step[_ ](begin|end)\s*[>\]]\s*(?:-{3,}\s*)?$/i;

function titleOf(line: string): string {
  return (
    line
      .replace(/^[\s#*_]+/, "")
      .replace(/[<[(]\s*action\s*[123]\s*[>\])]/i, " ")
      .replace(STEP_NUMBER, "")
      .replace(/^[\s*_:.-]+/, "")
      // The look behind it keeps the search for the last run from beginning anew in every other one.
      .replace(/(?<![\s*_:#-])[\s*_:#-]+$/, "")
      .replace(/\s+/g, " ")
  );
}

function readWord(line: string, isLoose: boolean): Marker | null {
  const parts = wordLineOf(line, isLoose);
  if (parts === null) return null;
  const { word, rest, isHeading, isWrapped, isUpper, isClosingTag } = parts;
  const kind = kindOf(word, isHeading && isUpper);
  if (kind === undefined) return null;
  if (isClosingTag) return rest === "" ? { kind: "end", rest } : null;
  // Pseudocode says END and DONE itself: only as a heading or in brackets are they ours.
  if (kind === "end" || kind === "done") return isHeading || (isWrapped && rest === "") ? { kind, rest: "" } : null;
  if (rest === "") return isMarkedAlone(parts) ? { kind, rest } : null;
  return readWithRest(parts, kind);
}

const WORDS: readonly (readonly [MarkerKind, RegExp])[] = [
  ["pseudocode", /^(?:defin(?:e[sd]?|ing|ition)|refin(?:e[sd]?|ing|ement))$/],
  ["code", /^(?:cod(?:e[sd]?|ing)|implement(?:ing|ation|s)?|program)$/],
  ["end", /^(?:end|endstep|stepend)$/],
  ["done", /^done$/],
];

/** Too short for a distance: `node` is one letter away from `code`. */
const MISSPELT_CODE = /^(?:cod|cde|coed|cdoe|codde|ccode|coode)$/;

const TARGETS = ["define", "refine"];

/** Whether one insertion, deletion, replacement or swap of neighbours turns one word into the other. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let head = 0;
  while (head < a.length && a[head] === b[head]) head++;
  const rest = (word: string, skip: number) => word.slice(head + skip);
  return (
    rest(a, 1) === rest(b, 1) ||
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    (a[head] === b[head + 1] && a[head + 1] === b[head] && rest(a, 2) === rest(b, 2))
  );
}

function kindOf(word: string, canBeMisspelt: boolean): MarkerKind | undefined {
  const lower = word.toLowerCase();
  const known = WORDS.find(([, pattern]) => pattern.test(lower))?.[0];
  if (known !== undefined || !canBeMisspelt) return known;
  if (MISSPELT_CODE.test(lower)) return "code";
  return TARGETS.some((target) => isNear(lower, target)) ? "pseudocode" : undefined;
}

/**
 * What stands before a marker's word: hashes, bold, a bracket, a quote, a number; `opening` holds the hashes. The word itself; what
 * stands behind it. Blanks are bounded, since unbounded ones side by side take time without end on a line of blanks.
 */
const PARTS =
  /^\s{0,3}(?<opening>#{0,6})\s{0,3}(?<wrap>(?:[=-]{2,}\s{0,3})?(?:\*|_{2}|`|[<[{(])*)(?<slash>\/?)\s{0,3}(?<number>(?:step\s{0,3})?\d+\s{0,3}[:.)]?\s{0,3}[-–—]?\s{0,3})?\s{0,3}(?<inner>(?:\*{1,3}|_{2})?)\s{0,3}(?<word>[A-Za-z]+)(?<tail>[^\n]*)$/i;

/** Decoration behind the word, up to a colon or a dash. */
const TAIL =
  /^(?<close>[\s*_`>\])}=#]*)(?<separator>(?:[:.]|[-–—]+(?=\s|$))?)(?<closeAgain>[*_`>\])}=#]*)\s*(?<rest>[\s\S]*)$/;

/** A line as decoration, a word, and the rest. */
interface WordLine {
  readonly line: string;
  readonly word: string;
  readonly rest: string;
  /** Two hashes or more. */
  readonly isHeading: boolean;
  /** In bold, brackets, backticks or rules. */
  readonly isWrapped: boolean;
  /** Has any decoration that a sentence has not. */
  readonly isDecorated: boolean;
  /** Begins with `Step 2`; in bold, or (read loosely) bare. */
  readonly isNumberedStep: boolean;
  readonly isUpper: boolean;
  readonly isClosingTag: boolean;
  readonly separator: string;
}

/** The first word of a line, or the one behind `Step 2`. */
const FIRST_WORD = /^[^A-Za-z]*(?:step[^A-Za-z]+)?([A-Za-z]+)/i;

function wordLineOf(line: string, isLoose: boolean): WordLine | null {
  // Nearly all lines end here; the whole pattern takes thousands of steps on a line that begins with blanks.
  if (kindOf(FIRST_WORD.exec(line)?.[1] ?? "", true) === undefined) return null;
  const groups = PARTS.exec(line)?.groups;
  if (groups === undefined) return null;
  const { opening = "", wrap = "", slash = "", number = "", inner = "", word = "", tail = "" } = groups;
  const { separator = "", rest = "" } = TAIL.exec(tail)?.groups ?? {};
  return {
    line,
    word,
    separator,
    rest: rest.trim(),
    isHeading: opening.length >= 2,
    isWrapped: wrap !== "" || inner !== "",
    isDecorated: opening !== "" || wrap.length > 1,
    isNumberedStep: (isLoose || wrap.startsWith("**")) && /step/i.test(number),
    isUpper: word === word.toUpperCase(),
    isClosingTag: slash !== "" && wrap !== "",
  };
}

/** A word alone on its line. */
function isMarkedAlone({ line, word, separator, isHeading, isWrapped, isNumberedStep, isUpper }: WordLine): boolean {
  const isNamed = /^[A-Za-z]/.test(line) && separator === ":";
  return isHeading || isWrapped || isNumberedStep || isNamed || (isUpper && word.length >= 4);
}

/** A word with text behind it: `### DEFINE: the text`, `### Refine the loop`. */
function readWithRest(parts: WordLine, kind: MarkerKind): Marker | null {
  const { line, rest, separator, isHeading, isDecorated, isNumberedStep, isUpper } = parts;
  const isSeparated = separator !== "" && separator !== ".";
  if (isUpper && (isSeparated || isDecorated)) return { kind, rest };
  if (isHeading && isSeparated && !/\d/.test(line.slice(0, line.indexOf(parts.word)))) return { kind, rest };
  const isTitle = isNumberedStep || (isHeading && !/^\s*#{4}/.test(line));
  return isTitle ? { kind, rest: titleOf(line) } : null;
}
