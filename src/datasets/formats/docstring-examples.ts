/** One example of a docstring: a call on literal arguments, and the literal that it returns. */
export interface DocstringExample {
  /** Python expression, such as `add(2, 3)` or `round(root([1, 2]), 2)`. */
  readonly call: string;
  /** Python literal. */
  readonly expected: string;
}

/** What an example may wrap around the call. */
const WRAPPERS = ["abs", "dict", "len", "list", "round", "set", "sorted", "tuple"];

/** What stands between a call and its value. */
const SEPARATOR = /\s*(?:==>|=>|==|->|=|➞|→|#\s*=>|#\s*returns|should return|returns)\s*/y;

/**
 * The examples of a function's docstring, as they stand in the source text. Read are: doctests (`>>> f(2)`, the value
 * in the next line or behind `==`); a call, an arrow or an equals sign in one of its spellings, and a value; `f(2)
 * should return 4`, `f(2) returns 4`, `f(2)  # returns 4`; `For x = 2 the output should be 4`; and `Input: x = 2` over
 * `Output: 4`. An example whose arguments or value are not literals, or that goes on in another way behind its value,
 * is left out rather than guessed.
 */
export function docstringExamples(docstring: string, name: string): readonly DocstringExample[] {
  if (docstring.length > LONGEST_DOCSTRING) return [];
  const lines = docstring.split("\n");
  const functions = new Set([...WRAPPERS, name]);
  const found = lines.flatMap((line, i) => {
    const below = () => lines.slice(i + 1);
    return (
      doctest(line, below, functions) ??
      arrow(line, name) ??
      sentence(line, name) ??
      inputOutput(line, below, name) ??
      []
    );
  });
  const seen = new Set<string>();
  return found.filter(({ call }) => call.includes(`${name}(`) && !seen.has(call) && seen.add(call));
}

/** Characters; a longer one has no examples. */
const LONGEST_DOCSTRING = 100_000;

/** The lines below an example. */
type Below = () => readonly string[];

/** `>>> f(2)`, and the value in the lines below. */
function doctest(line: string, below: Below, functions: ReadonlySet<string>): DocstringExample | null {
  const prompt = /^\s*>>>\s*/.exec(line)?.[0];
  if (prompt === undefined) return null;
  const end = valueEnd(line, prompt.length, functions);
  if (end === null) return null;
  const call = line.slice(prompt.length, end);
  if (/^\s*(?:#.*)?$/.test(line.slice(end))) return example(call, valueBelow(below()));
  return example(call, valueBehind(line, end));
}

/** A value that may go on over several lines, up to an empty one or the next prompt. */
function valueBelow(lines: readonly string[]): string | null {
  const stop = lines.findIndex((line) => line.trim() === "" || line.trimStart().startsWith(">>>"));
  const text = lines.slice(0, stop < 0 ? lines.length : stop).join("\n");
  const start = skipSpace(text, 0);
  const end = valueEnd(text, start);
  if (end === null || !/^[ \t]*(?:#.*)?(?:\n|$)/.test(text.slice(end))) return null;
  return text.slice(start, end).replaceAll(/\n\s*/g, " ");
}

/** `f(2) == 4` in one of its spellings. The call begins the line but for a bullet, `for` or `assert`. */
function arrow(line: string, name: string): DocstringExample | null {
  const start = new RegExp(`^\\s*(?:[*-]\\s+)?(?:for\\s+|assert\\s+)?(?=${name}\\()`).exec(line)?.[0].length;
  if (start === undefined) return null;
  const end = valueEnd(line, start, new Set([name]));
  return end === null ? null : example(line.slice(start, end), valueBehind(line, end));
}

/** The value behind a separator, when nothing but a remark follows; of `19 - 5 = 14` and the like the last part. */
function valueBehind(line: string, from: number): string | null {
  SEPARATOR.lastIndex = from;
  if (!SEPARATOR.test(line)) return null;
  const start = SEPARATOR.lastIndex;
  return literalAt(line, start) ?? sumAt(line, start);
}

/** A sum such as `19 - 5 - 6 = 8`: what stands behind its equals sign. */
function sumAt(line: string, start: number): string | null {
  const sum = /^[\d\s+*-]+=\s*/.exec(line.slice(start))?.[0];
  return sum === undefined ? null : literalAt(line, start + sum.length);
}

/** The literal at `start`; null when the line goes on behind it with anything but a full stop or a remark. */
function literalAt(line: string, start: number): string | null {
  const word = /^(true|false)\b/.exec(line.slice(start))?.[0];
  const end = word === undefined ? valueEnd(line, start) : start + word.length;
  if (end === null || !/^\.?\s*(?:[#(].*)?$/.test(line.slice(end))) return null;
  return word === undefined ? line.slice(start, end) : capitalised(word);
}

/** `For x = 2, y = 3 the output should be 4`. */
function sentence(line: string, name: string): DocstringExample | null {
  const opening = /^\s*For\s+(?=\w+\s*=)/.exec(line)?.[0];
  if (opening === undefined) return null;
  const given = namedArguments(line, opening.length);
  if (given === null) return null;
  const verb = /^,?\s*the (?:output|result) should be\s+/.exec(line.slice(given.end))?.[0];
  if (verb === undefined) return null;
  return example(`${name}(${given.values.join(", ")})`, literalAt(line, given.end + verb.length));
}

/** `Input: x = 2, y = 3` or `Input: 2`, and `Output: 4` in the next line that is not empty. */
function inputOutput(line: string, below: Below, name: string): DocstringExample | null {
  const opening = /^\s*Input:\s*(?=\S)/.exec(line)?.[0];
  if (opening === undefined) return null;
  const output = below().find((each) => each.trim() !== "") ?? "";
  const label = /^\s*Output:\s*(?=\S)/.exec(output)?.[0];
  if (label === undefined) return null;
  const given = namedArguments(line, opening.length) ?? { values: [line.slice(opening.length)], end: line.length };
  if (given.values.some((value) => valueEnd(value, 0) !== value.trimEnd().length)) return null;
  if (line.slice(given.end).trim() !== "") return null;
  return example(`${name}(${given.values.join(", ").trim()})`, literalAt(output, label.length));
}

/** `x = 2, y = 3`: the values, in this order, and the offset behind them. */
function namedArguments(
  line: string,
  from: number,
): { readonly values: readonly string[]; readonly end: number } | null {
  const values: string[] = [];
  let at = from;
  for (;;) {
    const label = /^\s*\w+\s*=\s*/.exec(line.slice(at))?.[0];
    if (label === undefined) return null;
    const end = valueEnd(line, at + label.length);
    if (end === null) return null;
    values.push(line.slice(at + label.length, end));
    if (!/^\s*,\s*\w+\s*=/.test(line.slice(end))) return { values, end };
    at = skipSpace(line, end) + 1;
  }
}

function example(call: string, expected: string | null): DocstringExample | null {
  return expected === null ? null : { call: call.trim(), expected };
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/**
 * The end of the Python value at `from`: a literal (number, text, list, tuple, set, dictionary, True, False, None), or
 * a call of a function in `functions` on such values. Null when there is none, or when it is nested too deeply. Only what
 * this accepts is ever made part of a test.
 */
function valueEnd(code: string, from: number, functions: ReadonlySet<string> = NONE, depth = 0): number | null {
  if (depth > DEEPEST_VALUE) return null;
  const start = skipSpace(code, from);
  const close = CLOSING[code[start] ?? ""];
  if (close !== undefined) return listEnd(code, start + 1, close, functions, depth);
  for (const token of TOKENS) {
    token.lastIndex = start;
    if (token.test(code)) return token.lastIndex;
  }
  CALL.lastIndex = start;
  const name = CALL.exec(code)?.[1];
  return name !== undefined && functions.has(name) ? listEnd(code, CALL.lastIndex, ")", functions, depth) : null;
}

/** The offset of the next character that is not white space. */
function skipSpace(code: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(code);
  return SPACE.lastIndex;
}

const DEEPEST_VALUE = 100;
const NONE: ReadonlySet<string> = new Set();
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const SPACE = /\s*/y;
const CALL = /([A-Za-z_]\w*)\(/y;
const TOKENS = [
  /(?:True|False|None)\b/y,
  /[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?!\w|\.\d)/y,
  /"(?:[^"\\\n]|\\.)*"(?!")/y,
  /'(?:[^'\\\n]|\\.)*'(?!')/y,
];

/** The offset behind `close`, after values with commas between them; pairs with a colon in a dictionary. */
function listEnd(
  code: string,
  from: number,
  close: string,
  functions: ReadonlySet<string>,
  depth: number,
): number | null {
  let at = skipSpace(code, from);
  while (code[at] !== close) {
    const end = entryEnd(code, at, close, functions, depth + 1);
    if (end === null) return null;
    at = skipSpace(code, end);
    if (code[at] === ",") at = skipSpace(code, at + 1);
    else if (code[at] !== close) return null;
  }
  return at + 1;
}

function entryEnd(
  code: string,
  from: number,
  close: string,
  functions: ReadonlySet<string>,
  depth: number,
): number | null {
  const end = valueEnd(code, from, functions, depth);
  if (end === null || close !== "}") return end;
  const colon = skipSpace(code, end);
  return code[colon] === ":" ? valueEnd(code, colon + 1, functions, depth) : end;
}
