import { defineMeter } from "./console-meter";

/** The globals a program finds: the language itself, and the few services that are pure or end with the realm. */
const ALLOWED =
  "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error " +
  "AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError globalThis self JSON Math " +
  "Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array " +
  "Uint8ClampedArray Float32Array Float64Array Float16Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect " +
  "FinalizationRegistry WeakRef DisposableStack AsyncDisposableStack Temporal decodeURI decodeURIComponent encodeURI " +
  "encodeURIComponent escape unescape eval isFinite isNaN console structuredClone queueMicrotask setTimeout clearTimeout " +
  "setInterval clearInterval atob btoa TextEncoder TextDecoder";

/**
 * Takes every other global away, from the global object and from the prototypes behind it, and puts a meter in the place
 * of `console`. The page's policy and its opaque origin keep a program from network and storage; this keeps it from
 * talking to the broker, from making realms of its own, and from meeting other programs.
 * @param onFlood called once, when the program has printed too much.
 */
export function scrub(onFlood: () => void): void {
  const allowed = new Set<PropertyKey>(ALLOWED.split(" "));
  let holder: object | null = globalThis;
  while (holder !== null && holder !== Object.prototype) {
    for (const key of Reflect.ownKeys(holder)) {
      if (!allowed.has(key)) Reflect.deleteProperty(holder, key);
    }
    holder = Object.getPrototypeOf(holder);
  }
  defineMeter(onFlood);
}
