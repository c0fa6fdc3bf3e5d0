import { type JsonValue, MAX_JSON_DEPTH } from "./problem";

/*
 * JSON as Python reads it. JavaScript has one kind of number and an order of its own for keys, so what it would change stands as an
 * object of one key, which survives any number of JSON texts:
 *
 *   {"$int": "12345678901234567890"}      an integer of 2^53 or more
 *   {"$float": "1.0"}                     a float with a whole value below 2^53, -0.0 among them
 *   {"$dict": [["2", "b"], ["1", "a"]]}   an object whose keys JavaScript would put in another order, or take for something else
 *
 * So a bare number is an integer when it is a safe one, and a float when it is not.
 */

/** What a JSON value is. */
export type JsonView =
  | { readonly kind: "plain"; readonly value: null | boolean | number | string }
  | { readonly kind: "int"; readonly digits: string }
  /** `text` as Python writes it, such as `1.0`. */
  | { readonly kind: "float"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly JsonValue[] }
  | { readonly kind: "object"; readonly entries: readonly Entry[] };

type Entry = readonly [key: string, value: JsonValue];

const FORMS: Readonly<Record<string, (content: JsonValue) => JsonView | undefined>> = {
  $int: (content) =>
    typeof content === "string" && /^-?\d+$/.test(content) ? { kind: "int", digits: content } : undefined,
  $float: (content) =>
    typeof content === "string" && /^-?\d+\.0$/.test(content) ? { kind: "float", text: content } : undefined,
  $dict: (content) =>
    Array.isArray(content) && content.every(isEntry) ? { kind: "object", entries: content } : undefined,
};

/** What a value is, the exact forms above taken for what they stand for. */
export function viewOf(value: JsonValue): JsonView {
  if (typeof value !== "object" || value === null) return { kind: "plain", value };
  if (isList(value)) return { kind: "list", items: value };
  const entries = Object.entries(value);
  const [name, content] = entries[0] ?? ["", null];
  const form = entries.length === 1 && Object.hasOwn(FORMS, name) ? FORMS[name]?.(content) : undefined;
  return form ?? { kind: "object", entries };
}

/** The JSON value of an integer given by its digits. */
export function integerOf(digits: string): JsonValue {
  const number = Number(digits);
  // "-0" is 0: integers have one zero.
  return Number.isSafeInteger(number) ? number + 0 : { $int: digits };
}

/** The JSON value of a float. */
export function floatOf(value: number): JsonValue {
  if (!Number.isSafeInteger(value)) return value;
  return { $float: `${Object.is(value, -0) ? "-0" : value}.0` };
}

/** The JSON value of an object with these pairs; of a key that comes twice the last value counts, as in Python. */
export function objectOf(entries: readonly Entry[]): JsonValue {
  const byKey = new Map(entries);
  const keys = [...byKey.keys()];
  const plain = Object.fromEntries(byKey);
  const isSame = Object.keys(plain).every((key, i) => key === keys[i]) && !byKey.has("__proto__");
  return isSame ? plain : { $dict: [...byKey] };
}

/** The value as JavaScript has it, which knows no difference between 1.0 and 1 and rounds long integers. */
export function plainJson(value: JsonValue): JsonValue {
  const view = viewOf(value);
  switch (view.kind) {
    case "plain":
      return view.value;
    case "int":
      return Number(view.digits);
    case "float":
      return Number(view.text);
    case "list":
      return view.items.map(plainJson);
    case "object":
      return Object.fromEntries(view.entries.map(([key, item]) => [key, plainJson(item)]));
  }
}

/** How a value is written out. */
export interface TextStyle {
  /** Behind commas and colons. */
  readonly space: "" | " ";
  /** For `true`, `false` and `null`, where they are called otherwise. */
  readonly words: Readonly<Record<string, string>>;
}

/** As Python writes values. */
export const PYTHON_STYLE: TextStyle = { space: " ", words: { true: "True", false: "False", null: "None" } };

/** The value in JSON's own words, none of it lost: `1.0`, every digit, keys in their order. */
export function exactText(value: JsonValue, style: TextStyle = { space: "", words: {} }): string {
  const view = viewOf(value);
  const comma = `,${style.space}`;
  switch (view.kind) {
    case "plain": {
      const text = JSON.stringify(view.value);
      return typeof view.value === "string" ? text : (style.words[text] ?? text);
    }
    case "int":
      return view.digits;
    case "float":
      return view.text;
    case "list":
      return `[${view.items.map((item) => exactText(item, style)).join(comma)}]`;
    case "object":
      return `{${view.entries.map(([key, item]) => `${JSON.stringify(key)}:${style.space}${exactText(item, style)}`).join(comma)}}`;
  }
}

/**
 * The columns of a row: an object's values, those that are single numbers plain, because what is a limit or an id may well be
 * written 1000.0. Null when the value is no object.
 */
export function columnsOf(value: JsonValue): { readonly [column: string]: JsonValue } | null {
  const view = viewOf(value);
  if (view.kind !== "object") return null;
  return Object.fromEntries(
    view.entries.map(([key, item]) => [key, viewOf(item).kind === "float" ? plainJson(item) : item]),
  );
}

/**
 * What `JSON.parse` might not read as it stands: long numbers, exponents, floats with a whole value, -0, keys of digits, `__proto__`,
 * and either of these two in escapes.
 */
const DELICATE = /\d{16}|\d\.0|\d[eE]|-0(?=[\s,\]}]|$)|"(?:\d+|__proto__)"\s*:|\\u00[35]/;

/**
 * Parses JSON without loss; see above for what comes out. The numbers in it are finite and it is not too deep to be walked.
 * @throws JsonError
 */
export function parseExactJson(text: string): JsonValue {
  const { value, isFinite: finite } = parseLenientJson(text);
  if (!finite) throw new JsonError(NOT_FINITE, text.search(/NaN|Infinity/), false);
  return value;
}

/**
 * As {@link parseExactJson}, but takes Python's bare NaN and Infinity for what they are in JavaScript, and says whether there are
 * none. @throws JsonError
 */
export function parseLenientJson(text: string): { readonly value: JsonValue; readonly isFinite: boolean } {
  if (!DELICATE.test(text)) {
    try {
      const value = JSON.parse(text) as JsonValue;
      if (!isTooDeep(value)) return { value, isFinite: true };
    } catch {
      // The reader knows what is wrong, and where.
    }
  }
  const value = new Reader(text).document();
  return { value, isFinite: !hasInfinite(value) };
}

/** What is wrong with a text that holds {@link hasInfinite such a number}, to stand behind a subject such as `It`. */
export const NOT_FINITE = "holds NaN or Infinity, which is not JSON";

/** A text that is no JSON that can be used. */
export class JsonError extends Error {
  /**
   * @param message the fault, to stand behind a subject such as `It`.
   * @param at offset of the first character that no JSON text could have there.
   * @param cutOff whether the text ends too early.
   */
  constructor(
    message: string,
    readonly at: number,
    readonly cutOff: boolean,
  ) {
    super(message);
    this.name = "JsonError";
  }
}

/** Whether a value holds a number that JSON has no words for. */
export function hasInfinite(value: JsonValue): boolean {
  return someLevel(value, (level) => level.some((each) => typeof each === "number" && !Number.isFinite(each)));
}

function isTooDeep(value: JsonValue): boolean {
  return someLevel(value, (_, depth) => depth > MAX_JSON_DEPTH);
}

/** Level by level, because whoever recurses may overflow. */
function someLevel(value: JsonValue, holds: (level: readonly JsonValue[], depth: number) => boolean): boolean {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (holds(level, depth)) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** Characters that stand for themselves in a text. */
const ORDINARY = /[^"\\\p{Cc}]*/uy;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/** Reads one JSON text from left to right. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    if (this.#peek() !== "") this.#fail();
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) throw new JsonError("is nested too deeply", this.#at, false);
    switch (this.#peek()) {
      case "{":
        return objectOf(this.#items("}", () => this.#entry(depth + 1)));
      case "[":
        return this.#items("]", () => this.#value(depth + 1));
      case '"':
        return this.#string();
      default:
        return this.#number() ?? this.#word();
    }
  }

  #items<T>(close: string, read: () => T): readonly T[] {
    const items: T[] = [];
    this.#at++;
    if (this.#peek() === close) this.#at++;
    else
      for (let more = true; more; this.#at++) {
        items.push(read());
        const next = this.#peek();
        if (next !== "," && next !== close) this.#fail();
        more = next === ",";
      }
    return items;
  }

  #entry(depth: number): Entry {
    if (this.#peek() !== '"') this.#fail();
    const key = this.#string();
    if (this.#peek() !== ":") this.#fail();
    this.#at++;
    return [key, this.#value(depth)];
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      ORDINARY.lastIndex = this.#at;
      this.#at += ORDINARY.exec(this.#text)?.[0].length ?? 0;
      const next = this.#text[this.#at];
      if (next === "\\") this.#escape();
      else if (next === undefined || next < " ") this.#fail();
      this.#at++;
      if (next === '"') return JSON.parse(this.#text.slice(start, this.#at)) as string;
    }
  }

  /** Stops at the last character of an escape. */
  #escape(): void {
    const kind = this.#text[++this.#at] ?? "";
    if (!'"\\/bfnrtu'.includes(kind) || kind === "") this.#fail();
    for (let digits = kind === "u" ? 4 : 0; digits > 0; digits--) {
      this.#at++;
      if (!/[\da-fA-F]/.test(this.#text[this.#at] ?? "")) this.#fail();
    }
  }

  #number(): JsonValue | undefined {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return undefined;
    const [digits, fraction, exponent] = match;
    this.#at += digits.length;
    return fraction === undefined && exponent === undefined ? integerOf(digits) : floatOf(Number(digits));
  }

  #word(): JsonValue {
    const found = WORDS.find(([word]) => this.#text.startsWith(word, this.#at));
    if (found === undefined) {
      const likeness = (word: string) => {
        let same = 0;
        while (same < word.length && this.#text[this.#at + same] === word[same]) same++;
        return same;
      };
      this.#at += Math.max(...WORDS.map(([word]) => likeness(word)));
      return this.#fail();
    }
    this.#at += found[0].length;
    return found[1];
  }

  /** The next character that is no white space; an empty text at the end. */
  #peek(): string {
    while (this.#at < this.#text.length && " \n\r\t".includes(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #fail(): never {
    throw new JsonError("is not JSON", this.#at, this.#at >= this.#text.length);
  }
}

function isEntry(pair: JsonValue): pair is readonly [string, JsonValue] {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string";
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
