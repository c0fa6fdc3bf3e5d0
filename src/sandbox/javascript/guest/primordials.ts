/**
 * The built-ins that the realm's own code relies on, taken before any program runs. A program may replace every global and
 * every prototype method afterwards: nothing here looks them up again. That is also why the files of this folder use no
 * iterators, spread, array methods or array writes (a setter on `Array.prototype` would see them).
 */
const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { prototype: stringPrototype } = String;
const { slice, indexOf } = stringPrototype;
const { hasOwn } = Object;
const { parse, stringify } = JSON;
const { isArray } = Array;
const { isFinite: finite } = Number;
const { postMessage } = MessagePort.prototype;

export const objectPrototype = Object.prototype;
export const arrayPrototype = Array.prototype;
export const { eval: evaluate, setTimeout: defer, structuredClone: clone } = globalThis;
export { apply, finite, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isArray, ownKeys, parse };

const messageData = getter(MessageEvent.prototype, "data");
const messagePorts = getter(MessageEvent.prototype, "ports");
const errorLine = getter(ErrorEvent.prototype, "lineno");
const typedArrayName = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const { preventDefault } = Event.prototype;
const { getTime } = Date.prototype;

function getter(prototype: object, key: PropertyKey): () => unknown {
  const get = getOwnPropertyDescriptor(prototype, key)?.get;
  if (!get) throw new Error(`No getter ${String(key)}`);
  return get;
}

/** Sends a text over a port. */
export const send = (port: MessagePort, text: string): void => apply(postMessage, port, [text]);

export const dataOf = (event: MessageEvent): unknown => apply(messageData, event, []);
export const firstPortOf = (event: MessageEvent): MessagePort => (apply(messagePorts, event, []) as [MessagePort])[0];
export const lineOf = (event: ErrorEvent): number => apply(errorLine, event, []) as number;
export const silence = (event: Event): void => apply(preventDefault, event, []);

/** The JSON text of a string: safe, because `toJSON` is looked up on objects and BigInts only. */
export const quote = (text: string): string => stringify(text);

export const take = (text: string, length: number): string => apply(slice, text, [0, length]) as string;
export const contains = (text: string, part: string): boolean => (apply(indexOf, text, [part]) as number) >= 0;

/** The name of a built-in kind of object, by its internal slots and not by what it claims; "" for every other object. */
export function builtInKind(value: object): string {
  const typed = apply(typedArrayName, value, []) as string | undefined;
  if (typed !== undefined) return typed;
  if (answers(mapSize, value)) return "Map";
  if (answers(setSize, value)) return "Set";
  if (answers(getTime, value)) return "Date";
  return "";
}

function answers(method: () => unknown, value: object): boolean {
  try {
    apply(method, value, []);
    return true;
  } catch {
    return false;
  }
}
