import {
  type CandidateJob,
  type EndReason,
  type FromSupervisor,
  itemsOf,
  REALM_KIND,
  REPORT_LIMIT,
  type RealmFiles,
  type TestCode,
  type ToSupervisor,
} from "../wire";
import { type Realm, type RealmParts, RealmPool } from "./realms";
import { TEST_LIMIT_MS, Trial, type TrialListener } from "./trial";

/*
 * The script of the Python sandbox page. It owns the realms, speaks with the app over one port, and lets nothing
 * through but one capped text per item. It has no clock: the app's is the one that counts, and it says `stop`.
 */

/** The text of the realm's bundled script; the page's build fills it in. */
declare const REALM_SOURCE: string;

interface Job {
  readonly id: number;
  readonly program: CandidateJob;
  readonly realm: Realm;
  /** The item that runs, -1 while the program loads. */
  index: number;
  since: number;
  /** Of a job of tests. */
  trial: Trial | null;
}

let app: MessagePort;
let pool: RealmPool;
let checkers: RealmPool;
const jobs = new Map<number, Job>();
/** Jobs that wait for a realm. */
const waiting = new Set<number>();

const tell = (message: FromSupervisor): void => app.postMessage(message);

async function install({ files, concurrency }: Extract<ToSupervisor, { type: "install" }>): Promise<void> {
  try {
    const parts = await compile(files);
    // The first realm alone finds out whether the snapshot is of use.
    pool = new RealmPool(parts, "candidate", concurrency + 1);
    checkers = new RealmPool(parts, "checker", concurrency);
    for (const one of [pool, checkers]) {
      const first = await one.take();
      if (!first) throw new Error("No interpreter started.");
      one.giveBack(first);
    }
    tell({ type: "installed", fromSnapshot: parts.snapshot !== null });
  } catch (thrown) {
    tell({ type: "install-failed", message: String(thrown) });
  }
}

async function compile({ wasm, script, stdlib, snapshot }: RealmFiles): Promise<RealmParts> {
  const text = ['(() => {"use strict";', script, "\n", REALM_SOURCE, "})();"];
  const url = URL.createObjectURL(new Blob(text, { type: "text/javascript" }));
  return { url, wasm: await WebAssembly.compile(wasm), stdlib, snapshot };
}

async function run(id: number, program: CandidateJob): Promise<void> {
  waiting.add(id);
  const realm = await pool.take();
  const checker = program.work.kind === "tests" && realm ? await checkers.take() : null;
  const missing = !realm || (program.work.kind === "tests" && !checker);
  const cancelled = !waiting.delete(id);
  if (cancelled || missing) {
    if (realm) pool.giveBack(realm);
    if (checker) checkers.giveBack(checker);
    if (!cancelled) tell({ type: "end", job: id, reason: "no-realm", index: -2, ms: 0 });
    return;
  }
  const job: Job = { id, program, realm, index: -2, since: 0, trial: null };
  jobs.set(id, job);
  realm.onMessage = (kind, text) => onRealmMessage(job, kind, text);
  if (checker) job.trial = new Trial(program, realm, checker, listenerOf(job));
  if (program.work.kind === "programs") {
    job.index = -1;
    next(job);
  } else load(job);
}

function load(job: Job): void {
  const { preamble, code, entryPoint, timeLimitMs } = job.program;
  begin(job, -1);
  job.realm.tell({ do: "load", request: JSON.stringify({ do: "load", preamble, code, entryPoint }), timeLimitMs });
}

function begin(job: Job, index: number, limitMs?: number): void {
  job.index = index;
  job.since = performance.now();
  tell({ type: "begin", job: job.id, index, ...(limitMs === undefined ? {} : { limitMs }) });
}

function listenerOf(job: Job): TrialListener {
  return {
    onCall: () => tell({ type: "begin", job: job.id, index: job.index }),
    onJudged: (text, clean) => {
      tell({ type: "report", job: job.id, index: job.index, ms: performance.now() - job.since, text });
      if (clean) next(job);
      else end(job, "interrupted");
    },
    onProgramEnd: (kind, text) => onRealmMessage(job, kind, text),
    onCheckerEnd: (kind) => overrun(job, kind === REALM_KIND.timeout ? TOO_LONG : BROKEN),
  };
}

const TOO_LONG = `It ran for more than ${TEST_LIMIT_MS / 1_000} s.`;
const BROKEN = "The checker's interpreter broke on it.";

/** Ends a test that runs too long: by what the program gave it, if it has called the program. */
function overrun(job: Job, text: string): void {
  const { trial } = job;
  job.trial = null;
  if (trial) checkers.drop(trial.checker);
  if (trial && trial.calls > 0) end(job, text === TOO_LONG ? "timeout" : "crashed");
  else end(job, "checker-broke", text);
}

function next(job: Job): void {
  const { work, preamble, code, timeLimitMs } = job.program;
  const index = job.index + 1;
  const items = itemsOf(work);
  if (index >= items.length) {
    job.index = index;
    end(job, "done");
    return;
  }
  begin(job, index, work.kind === "tests" ? Math.max(TEST_LIMIT_MS, job.program.timeLimitMs) : undefined);
  if (work.kind === "tests") {
    job.trial?.begin(work.tests[index] as TestCode);
    return;
  }
  if (work.kind === "programs") {
    const request = JSON.stringify({ do: "program", preamble, code });
    job.realm.tell({ do: "program", request, stdin: work.inputs[index] ?? "", timeLimitMs });
    return;
  }
  job.realm.tell({ do: "item", request: JSON.stringify({ do: "call", ...work.calls[index] }), timeLimitMs });
}

function onRealmMessage(job: Job, kind: string, text: string): void {
  if (text.length > REPORT_LIMIT) end(job, "output-limit");
  else if (kind === REALM_KIND.loaded && job.index === -1) next(job);
  else if (kind === REALM_KIND.loadFailed && job.index === -1) end(job, "load-failed", text);
  else if (kind === REALM_KIND.report && job.index >= 0 && job.trial === null) {
    tell({ type: "report", job: job.id, index: job.index, ms: performance.now() - job.since, text });
    next(job);
  } else if (kind === REALM_KIND.overflow) end(job, "overflow", text);
  else if (kind === REALM_KIND.timeout) end(job, "timeout");
  else if (kind === REALM_KIND.memory) end(job, "memory");
  else if (kind === REALM_KIND.outputLimit) end(job, "output-limit");
  else end(job, "crashed", undefined, true);
}

function end(job: Job, reason: EndReason, text?: string, broken = false): void {
  jobs.delete(job.id);
  if (job.trial) checkers.giveBack(job.trial.checker);
  if (broken) pool.drop(job.realm);
  else pool.giveBack(job.realm);
  const ms = performance.now() - job.since;
  tell({ type: "end", job: job.id, reason, index: job.index, ms, ...(text === undefined ? {} : { text }) });
}

function stop(id: number, index: number): void {
  const job = jobs.get(id);
  if (job?.index !== index) return;
  if (job.trial?.isProgramsTurn === false) overrun(job, TOO_LONG);
  else end(job, "timeout", undefined, true);
}

function cancel(id: number): void {
  if (waiting.delete(id)) return;
  const job = jobs.get(id);
  jobs.delete(id);
  if (!job) return;
  pool.drop(job.realm);
  if (job.trial) checkers.drop(job.trial.checker);
}

function onAppMessage({ data }: MessageEvent<ToSupervisor>): void {
  if (data.type === "install") void install(data);
  else if (data.type === "run") void run(data.job, data.program);
  else if (data.type === "stop") stop(data.job, data.index);
  else if (data.type === "cancel") cancel(data.job);
  else tell({ type: "pong" });
}

function adopt(event: MessageEvent): void {
  const port = event.ports[0];
  if (event.source !== window.parent || !port) return;
  window.removeEventListener("message", adopt);
  app = port;
  app.onmessage = onAppMessage;
  tell({ type: "ready" });
}

// Opened by itself, or framed without the sandbox attribute, this page has the app's origin: then it does nothing.
if (self.origin === "null" && window.parent !== window) window.addEventListener("message", adopt);
