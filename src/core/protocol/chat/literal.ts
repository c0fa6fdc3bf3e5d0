import { exactText, integerOf, PYTHON_STYLE } from "../../exact-json";
import type { JsonValue, Language } from "../../problem";
import { renderValue } from "../tiny";

/** A value as a literal of a language. */
export function literal(value: JsonValue, language: Language): string {
  return language === "python" ? exactText(value, PYTHON_STYLE) : renderValue(value);
}

/** Characters of the longest source that is read. */
const MAX_SOURCE = 100_000;

/**
 * Reads a literal of Python or JavaScript, or undefined when JSON cannot hold it without loss: tuples, sets, bytes, floats with a whole
 * value in Python, `undefined`, computed values. Nothing is ever run. Too deep a nest, or too long a source, is none either.
 */
export function readLiteral(source: string, language: Language): JsonValue | undefined {
  if (source.length > MAX_SOURCE) return undefined;
  try {
    return createReader(source, language).whole();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

/** Thrown and caught inside this file: the text is no literal that JSON can hold. */
class NotALiteral extends Error {}

/** Lists and objects inside one another; whoever writes a value out again recurses as deep. */
const MAX_DEPTH = 200;

const WORDS: Readonly<Record<Language, Readonly<Record<string, JsonValue>>>> = {
  python: { None: null, True: true, False: false },
  javascript: { null: null, true: true, false: false },
};

const STRING = /(["'])((?:(?!\1)[^\\\n]|\\[\s\S])*)\1/y;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d[\d_]*(?:\.(?:\d[\d_]*)?)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y;
const WORD = /[A-Za-z]+(?!\w)/y;
const KEY = /[A-Za-z_$][\w$]*(?=\s*:)/y;

/** Reads values from left to right. */
function createReader(source: string, language: Language) {
  let at = 0;
  let depth = 0;
  const skip = () => {
    while (/\s/.test(source[at] ?? "")) at++;
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    skip();
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at += match[0].length;
    return match;
  };
  const takes = (text: string): boolean => {
    skip();
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };

  function items<T>(close: string, read: () => T): readonly T[] {
    const list: T[] = [];
    if (++depth > MAX_DEPTH) throw new NotALiteral();
    while (!takes(close)) {
      list.push(read());
      if (takes(",")) continue;
      if (!takes(close)) throw new NotALiteral();
      break;
    }
    depth--;
    return list;
  }

  function string(): string | undefined {
    const match = take(STRING);
    if (match === null) return undefined;
    const text = unescaped(match[2] ?? "", language);
    // Half of a surrogate pair is no text that JSON keeps.
    if (/\p{Surrogate}/u.test(text)) throw new NotALiteral();
    return text;
  }

  function entry(): readonly [string, JsonValue] {
    const key = string() ?? (language === "javascript" ? take(KEY)?.[0] : undefined);
    // Keys that look like indices change places in a JavaScript object, and two names mean something else there.
    if (key === undefined || /^\d+$|^__proto__$|^\$(?:int|float|dict)$/.test(key) || !takes(":"))
      throw new NotALiteral();
    return [key, value()];
  }

  function value(): JsonValue {
    if (takes("[")) return items("]", value);
    if (takes("{")) return Object.fromEntries(items("}", entry));
    const text = string();
    if (text !== undefined) return text;
    const number = take(NUMBER);
    if (number !== null) return numberOf(number[0], language);
    const word = take(WORD)?.[0] ?? "";
    const named = Object.hasOwn(WORDS[language], word) ? WORDS[language][word] : undefined;
    if (named === undefined) throw new NotALiteral();
    return named;
  }

  return {
    whole(): JsonValue {
      const read = value();
      skip();
      if (at < source.length) throw new NotALiteral();
      return read;
    },
  };
}

/**
 * A whole number in a float's clothes, such as 2.0, would come back from JSON as an integer, which a Python program can tell apart;
 * in JavaScript they are one.
 */
function numberOf(text: string, language: Language): JsonValue {
  const plain = text.replaceAll("_", "");
  if (/^[+-]?(?:0|[1-9]\d*)$/.test(plain)) return integerOf(BigInt(plain.replace("+", "")).toString());
  if (/^0[xob]/i.test(plain)) return integerOf(BigInt(plain).toString());
  const value = Number(plain);
  if (!Number.isFinite(value) || /^[+-]?0\d/.test(plain)) throw new NotALiteral();
  if (Number.isInteger(value) && language === "python") throw new NotALiteral();
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\u0007",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|u\{([\da-fA-F]+)\}|([0-7]{1,3})|([\s\S]))/g;

function unescaped(body: string, language: Language): string {
  return body.replace(ESCAPE, (_, ...groups: (string | undefined)[]) => {
    const [x, u, wide, braced, octal, single] = groups;
    const digits = x ?? u ?? wide ?? braced;
    if (digits !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(digits, 16)));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const known = ESCAPES[single ?? ""];
    if (known === undefined || (single === "a" && language === "javascript")) throw new NotALiteral();
    return known;
  });
}
