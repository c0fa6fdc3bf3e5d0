/**
 * The end of the Python value at `from`: a literal (number, text, list, tuple, set, dictionary, True, False, None), or
 * a call of a function in `functions` on such values. Null when there is none. Only what this accepts is ever made part
 * of a test.
 */
export function valueEnd(code: string, from: number, functions: ReadonlySet<string> = NONE): number | null {
  const start = skipSpace(code, from);
  const close = CLOSING[code[start] ?? ""];
  if (close !== undefined) return listEnd(code, start + 1, close, functions);
  for (const token of TOKENS) {
    token.lastIndex = start;
    if (token.test(code)) return token.lastIndex;
  }
  CALL.lastIndex = start;
  const name = CALL.exec(code)?.[1];
  return name !== undefined && functions.has(name) ? listEnd(code, CALL.lastIndex, ")", functions) : null;
}

/** The offset of the next character that is not white space. */
export function skipSpace(code: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(code);
  return SPACE.lastIndex;
}

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
function listEnd(code: string, from: number, close: string, functions: ReadonlySet<string>): number | null {
  let at = skipSpace(code, from);
  while (code[at] !== close) {
    const end = entryEnd(code, at, close, functions);
    if (end === null) return null;
    at = skipSpace(code, end);
    if (code[at] === ",") at = skipSpace(code, at + 1);
    else if (code[at] !== close) return null;
  }
  return at + 1;
}

function entryEnd(code: string, from: number, close: string, functions: ReadonlySet<string>): number | null {
  const end = valueEnd(code, from, functions);
  if (end === null || close !== "}") return end;
  const colon = skipSpace(code, end);
  return code[colon] === ":" ? valueEnd(code, colon + 1, functions) : end;
}
