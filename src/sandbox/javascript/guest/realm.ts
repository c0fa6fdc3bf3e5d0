import { OUTPUT_LIMIT } from "../../frame/wire";
import { REALM_KIND, type RealmLoad, type RealmStart } from "../wire";
import { encode } from "./encode";
import {
  apply,
  contains,
  dataOf,
  defer,
  evaluate,
  firstPortOf,
  lineOf,
  parse,
  quote,
  send,
  silence,
  take,
} from "./primordials";

/*
 * The first and only trusted script of a realm (a classic worker): it takes its port and its nonce into a closure, removes
 * what a program must not have, and only then lets the one program of this realm run.
 */

/** Stack frames of the program carry this name. */
const PROGRAM = "program.js";

let port: MessagePort;
let nonce: string;
let entry: unknown;
let loaded = false;

const say = (kind: string, text = ""): void => send(port, nonce + kind + text);

function onStart(event: MessageEvent): void {
  port = firstPortOf(event);
  nonce = (dataOf(event) as RealmStart).nonce;
  // Uncaught errors of a program would otherwise reach the supervisor's page, one task each.
  self.addEventListener("error", silence);
  self.addEventListener("unhandledrejection", silence);
  port.onmessage = onMessage;
  self.onmessage = null;
  scrub(() => say(REALM_KIND.outputLimit));
  say(REALM_KIND.booted);
}

function onMessage(event: MessageEvent): void {
  const data = dataOf(event);
  if (loaded) call(data as string);
  else load(data as RealmLoad);
}

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
 * talking to the supervisor, from making realms of its own, and from meeting other programs.
 * @param onFlood called once, when the program has printed too much.
 */
function scrub(onFlood: () => void): void {
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

/**
 * Replaces the methods of `console` by one that prints nothing and counts: what a program prints is nobody's business, and a
 * flood of it would reach the browser's own console.
 * @param onFlood called once, when more than {@link OUTPUT_LIMIT} characters were printed.
 */
function defineMeter(onFlood: () => void): void {
  let printed = 0;
  let flooded = false;
  const print = (...items: unknown[]): void => {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      printed += typeof item === "string" ? item.length + 1 : 8;
    }
    printed += 1;
    if (printed <= OUTPUT_LIMIT || flooded) return;
    onFlood();
    flooded = true;
  };
  const meter: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(console)) meter[name] = print;
  Object.defineProperty(globalThis, "console", { value: meter, writable: true, configurable: true });
}

/** Runs the program as a script of its own and picks up its entry point, however it was declared. */
function load({ code, entryPoint }: RealmLoad): void {
  const pick = `\n;typeof ${entryPoint} === "undefined" ? void 0 : ${entryPoint}\n//# sourceURL=${PROGRAM}`;
  const source = code + pick;
  const before = (globalThis as unknown as Record<string, unknown>)[entryPoint];
  try {
    entry = evaluate(source);
  } catch (thrown) {
    const report = describeThrown(thrown);
    if (isParseError(thrown, report)) reportSyntax(report.message, source);
    else say(REALM_KIND.loadFailed, threwText(report));
    return;
  }
  loaded = true;
  if (typeof entry === "function" && entry !== before) say(REALM_KIND.loaded);
  else say(REALM_KIND.loadFailed, `["missing",${quote(entry === before ? "undefined" : typeof entry)}]`);
}

/** A script that does not parse ran nothing, so its error has no frame of the program. */
function isParseError(thrown: unknown, report: Thrown): boolean {
  return thrown instanceof SyntaxErrorAtStart && !contains(report.stack, PROGRAM);
}
const SyntaxErrorAtStart = SyntaxError;

/** V8 tells the line of a parse error only to the handler of uncaught errors: so parse it once more, uncaught. */
function reportSyntax(message: string, source: string): void {
  const reply = (line: number): void => say(REALM_KIND.loadFailed, `["syntax",${quote(message)},${line}]`);
  onUncaught = (event) => reply(lineOf(event));
  defer(() => evaluate(source));
}
let onUncaught: ((event: ErrorEvent) => void) | null = null;
self.addEventListener("error", (event) => {
  const handle = onUncaught;
  onUncaught = null;
  if (handle) handle(event);
});

/** One call of the entry point. The arguments are parsed anew each time, so no call sees what another did to them. */
function call(argumentsText: string): void {
  let value: unknown;
  try {
    value = apply(entry as () => unknown, undefined, parse(argumentsText) as unknown[]);
  } catch (thrown) {
    say(REALM_KIND.report, threwText(describeThrown(thrown)));
    return;
  }
  if ((typeof value === "object" && value !== null) || typeof value === "function") void settle(value);
  else report(value);
}

/** Promises (anything with a `then`) are awaited within the time limit of the call. */
async function settle(value: unknown): Promise<void> {
  let settled: unknown;
  try {
    settled = await value;
  } catch (thrown) {
    say(REALM_KIND.report, threwText(describeThrown(thrown)));
    return;
  }
  report(settled);
}

function report(value: unknown): void {
  const encoded = encode(value);
  if (encoded.kind === "json") say(REALM_KIND.report, `["value",${encoded.text}]`);
  else if (encoded.kind === "too-long") say(REALM_KIND.outputLimit);
  else say(REALM_KIND.report, `["foreign",${quote(encoded.path)},${quote(encoded.what)}]`);
}

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const threwText = ({ name, message, stack }: Thrown): string =>
  `["threw",${quote(name)},${quote(message)},${quote(stack)}]`;

/** Reading an error may run the program's getters: they may throw or loop, but learn and forge nothing. */
function describeThrown(thrown: unknown): Thrown {
  if ((typeof thrown !== "object" || thrown === null) && typeof thrown !== "function") {
    return { name: "", message: primitiveText(thrown), stack: "" };
  }
  const error = thrown as { readonly name?: unknown; readonly message?: unknown; readonly stack?: unknown };
  return {
    name: readText(() => error.name, 80),
    message: readText(() => error.message, 500),
    stack: readText(() => error.stack, 4000),
  };
}

function primitiveText(value: unknown): string {
  if (typeof value === "string") return quote(take(value, 500));
  return typeof value === "symbol" ? "a symbol" : take(`${value}`, 500);
}

function readText(read: () => unknown, length: number): string {
  try {
    const value = read();
    return typeof value === "string" ? take(value, length) : "";
  } catch {
    return "";
  }
}

self.onmessage = onStart;
