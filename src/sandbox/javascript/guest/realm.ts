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
import { scrub } from "./scrub";

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
  // Uncaught errors of a program would otherwise reach the broker's page, one task each.
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
