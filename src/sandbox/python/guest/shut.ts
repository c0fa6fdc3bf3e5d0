/** The globals that Pyodide's script uses while a program runs: the language itself, and what is pure. */
const KEPT =
  "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error " +
  "AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis self JSON Math Intl ArrayBuffer " +
  "Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray " +
  "Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect FinalizationRegistry WeakRef " +
  "decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN TextEncoder TextDecoder performance";

/**
 * Shuts the realm once the interpreter runs: every other global goes (network, storage, timers, workers, messages,
 * WebAssembly, eval), and what is left is frozen. Python has no way to JavaScript; this is for the day that someone
 * finds one.
 */
export function shut(): void {
  const kept = new Set<PropertyKey>(KEPT.split(" "));
  for (let holder: object | null = globalThis; holder !== null && holder !== Object.prototype; ) {
    for (const key of Reflect.ownKeys(holder)) if (!kept.has(key)) Reflect.deleteProperty(holder, key);
    holder = Object.getPrototypeOf(holder);
  }
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues } });
  const seen = new Set<unknown>();
  freeze(crypto, seen);
  for (const key of kept) if (key !== "self" && key !== "globalThis") freeze(Reflect.get(globalThis, key), seen);
}

/** Freezes an object and all that its properties and prototypes lead to. */
function freeze(value: unknown, seen: Set<unknown>): void {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  Object.freeze(value);
  freeze(Object.getPrototypeOf(value), seen);
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key);
    freeze(property?.value, seen);
    freeze(property?.get, seen);
    freeze(property?.set, seen);
  }
}

let state = 1;

/** Sets what Python takes for chance back to its beginning: a program that draws from it does the same every time. */
export function reseed(): void {
  state = 0x9e3779b9;
}

/** Marsaglia's xorshift, 32 bits. */
function getRandomValues(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}
