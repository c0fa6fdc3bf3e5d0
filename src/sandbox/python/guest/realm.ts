import { OUTPUT_LIMIT } from "../../frame/wire";
import { REALM_KIND, type RealmStart, type ToRealm } from "../wire";
import type { CreatePyodideModule } from "./emscripten";
import { Interpreter } from "./interpreter";
import { Stop, WORN } from "./limits";
import { reseed, shut } from "./shut";

/*
 * The script of a realm (a classic worker), which stands behind Pyodide's own in the same closure. It keeps its port
 * and its nonce where Python cannot reach, starts the interpreter, and then runs what the supervisor asks for.
 */

/** Declared by Pyodide's script. */
declare const _createPyodideModule: CreatePyodideModule;
/** The text of prepare.py; the page's build fills it in. */
declare const PREPARE_SOURCE: string;

/** What candidate.py answers when it is in order. */
const CANARY = JSON.stringify({ do: "canary" });
const SINGS = '{"kind": "canary", "value": "{\\"tuple\\":[3,\\"3.50\\"]}"}';

/** Sends the supervisor a message: its kind and text behind the nonce. */
let say: (message: string) => void;
let interpreter: Interpreter;
/** Whether a program was in it since it was as good as new. */
let used = false;
let role: RealmStart["role"];
/** What is under way, and how to wake it up if it waits for an answer. */
let working: Promise<void> = Promise.resolve();
let waiting: { resolve: (text: string) => void; reject: (reason: Stop) => void } | null = null;
/** Whether the interpreter was left in the middle of something. */
let torn = false;

async function onStart({ data, ports }: MessageEvent<RealmStart>): Promise<void> {
  self.onmessage = null;
  const port = ports[0] as MessagePort;
  const send = port.postMessage.bind(port);
  // `data` itself must not be held: the snapshot is in it.
  const { nonce } = data;
  role = data.role;
  say = (message) => send(nonce + message);
  try {
    say(await start(data));
    interpreter.onAsk = ask;
    port.onmessage = (event: MessageEvent<ToRealm>) => receive(event.data);
  } catch (thrown) {
    say(REALM_KIND.broken + String(thrown));
  }
}

async function start({ wasm, stdlib, snapshot }: RealmStart): Promise<string> {
  const handler = role === "candidate" ? (["candidate", "handle"] as const) : (["checker", "judge"] as const);
  const open = (memory: ArrayBuffer | null) => {
    const files = { wasm, stdlib: new Uint8Array(stdlib), snapshot: memory && new Uint8Array(memory) };
    return Interpreter.start(_createPyodideModule, files, PREPARE_SOURCE, handler);
  };
  let kind: string = REALM_KIND.booted;
  try {
    interpreter = await open(snapshot);
  } catch (thrown) {
    if (!snapshot) throw thrown;
    kind = REALM_KIND.bootedPlain;
    interpreter = await open(null);
  }
  if (!snapshot) kind = REALM_KIND.bootedPlain;
  shut();
  interpreter.keep();
  if (role === "candidate") await rewind();
  return kind;
}

async function rewind(): Promise<string> {
  interpreter.rewind();
  used = torn = false;
  reseed();
  if (role === "candidate" && (await interpreter.call(CANARY)) !== SINGS) throw new Error("It is not as good as new");
  return REALM_KIND.rewound;
}

function receive(order: ToRealm): void {
  if (order.do === "answer") {
    waiting?.resolve(order.text);
    waiting = null;
    return;
  }
  waiting?.reject(new Stop("abandoned"));
  waiting = null;
  working = working.then(() => work(order));
}

async function work(order: ToRealm): Promise<void> {
  try {
    say(await answer(order));
  } catch (thrown) {
    torn = true;
    if (!(thrown instanceof Stop) || thrown.reason !== "abandoned") say(ended(thrown));
  }
}

/** Asks the other realm, and waits. */
function ask(text: string): Promise<string> {
  say(REALM_KIND.asked + withOutput(text));
  return new Promise((resolve, reject) => {
    waiting = { resolve, reject };
  });
}

/** A message to a test, with what the program has written since the one before (live.py). */
function withOutput(text: string): string {
  const { output } = interpreter.streams;
  if (role === "checker" || output === "") return text;
  interpreter.streams.clear();
  return `["out",${JSON.stringify(output)},${JSON.stringify(text)}]`;
}

async function answer(order: ToRealm): Promise<string> {
  switch (order.do) {
    case "rewind":
      if (interpreter.memorySize > WORN) return REALM_KIND.worn;
      return role === "candidate" || torn ? rewind() : REALM_KIND.rewound;
    case "test":
      return REALM_KIND.report + (await test(order));
    case "load":
      return load(order);
    case "program":
      return program(order);
    case "item":
      return item(withOutput(await interpreter.call(order.request, order.timeLimitMs)));
    case "answer":
      throw new Error("Nobody asked");
  }
}

async function load({ request, timeLimitMs }: Extract<ToRealm, { do: "load" | "item" }>): Promise<string> {
  used = true;
  const report = await interpreter.call(request, timeLimitMs);
  return report === '{"kind": "loaded"}' ? REALM_KIND.loaded : REALM_KIND.loadFailed + report;
}

async function program({ request, stdin, timeLimitMs }: Extract<ToRealm, { do: "program" }>): Promise<string> {
  if (used) await rewind();
  used = true;
  interpreter.streams.feed(stdin);
  const report = await interpreter.call(request, timeLimitMs);
  if (report !== '{"kind": "finished"}') return item(report);
  return item(JSON.stringify({ kind: "output", stdout: interpreter.streams.output }));
}

/** Runs a test to its end; where Python cannot wait, once more for every question it has. */
async function test({ request, timeLimitMs }: Extract<ToRealm, { do: "test" }>): Promise<string> {
  if (interpreter.canWait) return interpreter.call(request, timeLimitMs);
  const answers: string[] = [];
  for (;;) {
    const outcome = await interpreter.call(JSON.stringify({ ...JSON.parse(request), answers }), timeLimitMs);
    const { kind, text } = JSON.parse(outcome);
    if (kind !== "ask") return outcome;
    answers.push(await ask(text));
  }
}

const item = (report: string): string =>
  report.length > 2 * OUTPUT_LIMIT + 10_000 ? REALM_KIND.outputLimit : REALM_KIND.report + report;

function ended(thrown: unknown): string {
  if (thrown instanceof Stop) return STOPPED[thrown.reason];
  if (thrown instanceof RangeError && thrown.message.includes("call stack")) return REALM_KIND.overflow + OVERFLOW;
  return REALM_KIND.crashed;
}

const STOPPED = {
  timeout: REALM_KIND.timeout,
  memory: REALM_KIND.memory,
  "output-limit": REALM_KIND.outputLimit,
  abandoned: REALM_KIND.crashed,
} as const;

/** The machine's stack ended before Python's own limit did. */
const OVERFLOW = JSON.stringify({
  kind: "error",
  type: "RecursionError",
  message: "The recursion is deeper than the machine's stack.",
});

self.onmessage = onStart;
