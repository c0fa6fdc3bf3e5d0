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

async function onStart({ data, ports }: MessageEvent<RealmStart>): Promise<void> {
  self.onmessage = null;
  const port = ports[0] as MessagePort;
  const send = port.postMessage.bind(port);
  // `data` itself must not be held: the snapshot is in it.
  const { nonce } = data;
  say = (message) => send(nonce + message);
  try {
    say(await start(data));
    port.onmessage = (event: MessageEvent<ToRealm>) => receive(event.data);
  } catch (thrown) {
    say(REALM_KIND.broken + String(thrown));
  }
}

async function start({ wasm, stdlib, snapshot, role }: RealmStart): Promise<string> {
  const handler = [role === "candidate" ? "candidate" : "service", "handle"] as const;
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
  used = false;
  reseed();
  if ((await interpreter.call(CANARY)) !== SINGS) throw new Error("It is not as good as new");
  return REALM_KIND.rewound;
}

async function receive(order: ToRealm): Promise<void> {
  let message: string;
  try {
    message = await answer(order);
  } catch (thrown) {
    message = ended(thrown);
  }
  say(message);
}

async function answer(order: ToRealm): Promise<string> {
  switch (order.do) {
    case "rewind":
      return interpreter.memorySize > WORN ? REALM_KIND.worn : rewind();
    case "check":
      return REALM_KIND.report + (await interpreter.call(order.request));
    case "load":
      return load(order);
    case "program":
      return program(order);
    case "item":
      return item(await interpreter.call(order.request, order.timeLimitMs));
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
} as const;

/** The machine's stack ended before Python's own limit did. */
const OVERFLOW = JSON.stringify({
  kind: "error",
  type: "RecursionError",
  message: "The recursion is deeper than the machine's stack.",
});

self.onmessage = onStart;
