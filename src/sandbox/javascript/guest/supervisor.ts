import { OUTPUT_LIMIT } from "../../frame/wire";
import {
  type EndReason,
  type FromSupervisor,
  REALM_KIND,
  type RealmLoad,
  type RealmStart,
  type ToSupervisor,
} from "../wire";

/*
 * The script of the sandbox page. It owns the realms (one classic worker per program, never used for another), speaks with
 * the app over one port, and lets nothing through but one capped text per call. It has no clock: the app's is the one
 * that counts, and it says `stop`.
 */

/** The text of the realm's bundled script; the page's build fills it in. */
declare const REALM_SOURCE: string;

const realmUrl = URL.createObjectURL(new Blob([REALM_SOURCE], { type: "text/javascript" }));

/** One worker and the supervisor's end of its port. It boots at once and then waits to be used, once. */
class Realm {
  readonly #worker = new Worker(realmUrl);
  readonly #port: MessagePort;
  readonly #nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  #booted = false;
  #broken = false;
  #onBoot: () => void = () => {};
  #onMessage: (kind: string, text: string) => void = () => {};
  #onCrash: () => void = () => {};

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      if (!this.#booted) this.#crash();
    };
    this.#worker.postMessage({ nonce: this.#nonce } satisfies RealmStart, [port2]);
  }

  /** True when it did not start. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Gives the realm to a program: `onBoot` is called when it can load, at once if it is warm. */
  use(onBoot: () => void, onMessage: (kind: string, text: string) => void, onCrash: () => void): void {
    this.#onBoot = onBoot;
    this.#onMessage = onMessage;
    this.#onCrash = onCrash;
    if (this.#broken) onCrash();
    else if (this.#booted) onBoot();
  }

  load(program: RealmLoad): void {
    this.#port.postMessage(program);
  }

  call(argumentsText: string): void {
    this.#port.postMessage(argumentsText);
  }

  terminate(): void {
    this.#port.close();
    this.#worker.terminate();
  }

  #receive(data: unknown): void {
    const text = typeof data === "string" && data.startsWith(this.#nonce) ? data.slice(this.#nonce.length) : "";
    const kind = text.charAt(0);
    if (this.#booted) this.#onMessage(kind, text.slice(1));
    else if (kind === REALM_KIND.booted) {
      this.#booted = true;
      this.#onBoot();
    } else this.#crash();
  }

  #crash(): void {
    this.#broken = true;
    this.#onCrash();
  }
}

/** Realms that wait, booted, for the next program. */
const WARM = 2;

interface Job {
  readonly id: number;
  readonly realm: Realm;
  readonly inputs: readonly string[];
  /** The call that runs, -1 while the program loads, -2 while the realm boots. */
  index: number;
  since: number;
}

let app: MessagePort;
const warm: Realm[] = [];
const jobs = new Map<number, Job>();

const tell = (message: FromSupervisor): void => app.postMessage(message);

function refill(): void {
  while (warm.length < WARM) warm.push(new Realm());
}

function takeRealm(): Realm {
  const realm = warm.shift() ?? new Realm();
  return realm.broken ? new Realm() : realm;
}

function run({ job: id, code, entryPoint, inputs }: Extract<ToSupervisor, { type: "run" }>): void {
  const realm = takeRealm();
  const job: Job = { id, realm, inputs, index: -2, since: 0 };
  jobs.set(id, job);
  refill();
  realm.use(
    () => {
      begin(job, -1);
      realm.load({ code, entryPoint });
    },
    (kind, text) => onRealmMessage(job, kind, text),
    () => end(job, "crashed"),
  );
}

function begin(job: Job, index: number): void {
  job.index = index;
  job.since = performance.now();
  tell({ type: "begin", job: job.id, index });
}

function onRealmMessage(job: Job, kind: string, text: string): void {
  if (kind === REALM_KIND.outputLimit || text.length > OUTPUT_LIMIT + 100) end(job, "output-limit");
  else if (kind === REALM_KIND.loaded && job.index === -1) next(job);
  else if (kind === REALM_KIND.loadFailed && job.index === -1) end(job, "load-failed", text);
  else if (kind === REALM_KIND.report && job.index >= 0) {
    tell({ type: "report", job: job.id, index: job.index, ms: performance.now() - job.since, text });
    next(job);
  } else end(job, "crashed");
}

function next(job: Job): void {
  const index = job.index + 1;
  const input = job.inputs[index];
  if (input === undefined) {
    job.index = index;
    end(job, "done");
    return;
  }
  begin(job, index);
  job.realm.call(input);
}

function end(job: Job, reason: EndReason, text?: string): void {
  job.realm.terminate();
  jobs.delete(job.id);
  const ms = job.index === -2 ? 0 : performance.now() - job.since;
  tell({ type: "end", job: job.id, reason, index: job.index, ms, ...(text === undefined ? {} : { text }) });
}

function onAppMessage({ data }: MessageEvent<ToSupervisor>): void {
  if (data.type === "run") run(data);
  const job = jobs.get(data.job);
  if (data.type === "stop" && job?.index === data.index) end(job, "timeout");
  else if (data.type === "cancel" && job) {
    job.realm.terminate();
    jobs.delete(job.id);
  }
}

function adopt(event: MessageEvent): void {
  const port = event.ports[0];
  if (event.source !== window.parent || !port) return;
  window.removeEventListener("message", adopt);
  app = port;
  app.onmessage = onAppMessage;
  refill();
  tell({ type: "ready" });
}

// Opened by itself, or framed without the sandbox attribute, this page has the app's origin: then it does nothing.
if (self.origin === "null" && window.parent !== window) window.addEventListener("message", adopt);
