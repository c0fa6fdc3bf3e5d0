import { OUTPUT_LIMIT } from "../../frame/wire";
import {
  arrayPrototype,
  builtInKind,
  clone,
  finite,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isArray,
  objectPrototype,
  ownKeys,
  quote,
  take,
} from "./primordials";

/** Deeper values are refused: they are cyclic or of no use as an answer. */
const MAX_DEPTH = 200;

/** What {@link encode} found: the JSON text, or where and what the part is that JSON cannot say, or that it is too long. */
export type Encoded =
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "foreign"; readonly path: string; readonly what: string }
  | { readonly kind: "too-long" };

/** The state of one encoding; calls do not overlap. */
let written = 0;
let foreignPath = "";
let foreignWhat = "";
const STOP = Object.freeze(Object.create(null)) as object;

/**
 * The JSON text of a value that is JSON through and through: primitives, dense arrays and plain objects whose own keys are
 * enumerable data, with the realm's first prototypes. Everything else (getters, proxies, `toJSON`, holes, class instances,
 * extra keys on a list, undefined, NaN, BigInt, ...) is foreign. Runs no code of the program, unless the value is a proxy.
 */
export function encode(value: unknown): Encoded {
  written = 0;
  foreignWhat = "";
  try {
    const text = write(value, "", 0);
    if (typeof value === "object" && value !== null) refuseProxies(value);
    return { kind: "json", text };
  } catch (thrown) {
    if (foreignWhat !== "") return { kind: "foreign", path: foreignPath, what: foreignWhat };
    if (thrown === STOP) return { kind: "too-long" };
    return { kind: "foreign", path: "", what: "a Proxy" };
  }
}

function write(value: unknown, path: string, depth: number): string {
  if (value === null || value === true || value === false) return count(`${value}`);
  if (typeof value === "number") return count(number(value, path));
  if (typeof value === "string") return count(text(value));
  if (typeof value !== "object") return refuse(path, describePrimitive(value));
  if (depth > MAX_DEPTH) return refuse("", "a value that contains itself, or is nested too deeply");
  return isArray(value) ? list(value, path, depth) : record(value, path, depth);
}

/** `-0` becomes `0`: the two are one value in JSON's eyes and in the comparison's. */
function number(value: number, path: string): string {
  if (!finite(value)) return refuse(path, `${value}`);
  return `${value}`;
}

function text(value: string): string {
  if (value.length > OUTPUT_LIMIT) throw STOP;
  return quote(value);
}

function list(value: readonly unknown[], path: string, depth: number): string {
  if (getPrototypeOf(value) !== arrayPrototype) return refuse(path, instance(value));
  const length = value.length;
  if (length > OUTPUT_LIMIT / 2) throw STOP;
  let out = count("[");
  for (let i = 0; i < length; i++) {
    const item = getOwnPropertyDescriptor(value, i);
    const at = `${path}[${i}]`;
    if (item === undefined) return refuse(at, "an empty slot");
    if (!hasOwn(item, "value")) return refuse(at, "a getter");
    out += (i === 0 ? "" : count(",")) + write(item.value, at, depth + 1);
  }
  const keys = ownKeys(value);
  if (keys.length !== length + 1) return refuse(path, "a list with further properties");
  return out + count("]");
}

function record(value: object, path: string, depth: number): string {
  const prototype = getPrototypeOf(value);
  if (prototype !== objectPrototype && prototype !== null) return refuse(path, instance(value));
  const keys = ownKeys(value);
  let out = count("{");
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key !== "string") return refuse(path, "an object with a symbol as key");
    const property = getOwnPropertyDescriptor(value, key);
    const at = `${path}.${take(key, 40)}`;
    if (property === undefined || !hasOwn(property, "value")) return refuse(at, "a getter");
    if (property.enumerable !== true) return refuse(at, "a hidden property");
    out += `${(i === 0 ? "" : count(",")) + count(text(key))}:${write(property.value, at, depth + 1)}`;
  }
  return out + count("}");
}

/** Structured cloning fails on a proxy, however well it plays an array. Getters were refused before, so nothing else runs. */
function refuseProxies(value: object): void {
  clone(value);
}

function count(piece: string): string {
  written += piece.length;
  if (written > OUTPUT_LIMIT) throw STOP;
  return piece;
}

function refuse(path: string, what: string): never {
  foreignPath = take(path, 200);
  foreignWhat = what;
  throw STOP;
}

function describePrimitive(value: unknown): string {
  if (typeof value === "bigint") return `the BigInt ${take(`${value}`, 40)}n`;
  if (typeof value === "undefined") return "undefined";
  return `a ${typeof value}`;
}

/** `an instance of Foo`, read without running a getter. */
function instance(value: object): string {
  const builtIn = builtInKind(value);
  if (builtIn !== "") return `a built-in object of type ${builtIn}`;
  const prototype = getPrototypeOf(value);
  const maker = prototype && getOwnPropertyDescriptor(prototype, "constructor");
  const named = maker && hasOwn(maker, "value") && typeof maker.value === "function" ? maker.value : null;
  const name = named && getOwnPropertyDescriptor(named, "name");
  if (name && hasOwn(name, "value") && typeof name.value === "string" && name.value !== "") {
    return `an instance of ${take(name.value, 40)}`;
  }
  return "an object with an unusual prototype";
}
