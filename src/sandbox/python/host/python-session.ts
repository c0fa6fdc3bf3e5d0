import { deferred } from "../../../core/deferred";
import { LabError } from "../../../core/errors";
import type { EndReason, FromBroker, RealmFiles, ToBroker, WireJob } from "../wire";

/** What one item said: the realm's text, untrusted, and the wall time in milliseconds. */
export interface ItemText {
  readonly text: string;
  readonly ms: number;
}

/** How far a job came and what ended it. */
export interface SessionOutcome {
  /** One per finished item, in order. */
  readonly reports: readonly ItemText[];
  /** `silent`: the frame stopped answering while the job ran, so its process is gone or stuck. */
  readonly reason: EndReason | "silent";
  /** The item that ended it (-1: loading, -2: no realm); the number of items for `done`. */
  readonly index: number;
  readonly ms: number;
  /** The realm's report, for `load-failed` and `overflow`. */
  readonly text: string;
}

/** How a check ended. */
export type CheckOutcome =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "silent" };

interface RunningJob {
  readonly program: WireJob;
  readonly reports: ItemText[];
  readonly finish: (outcome: SessionOutcome) => void;
  index: number;
  /** When the item began, on the clock of `performance.now`. */
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface RunningCheck {
  readonly timeLimitMs: number;
  readonly finish: (outcome: CheckOutcome) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const READY_TIMEOUT_MS = 10_000;
/** Compiling takes 0.5 s, starting from nothing 2 to 7 s; a machine under load, more. */
const INSTALL_TIMEOUT_MS = 60_000;
/** How long a program may wait for an interpreter before the frame counts as stuck. */
const BEGIN_TIMEOUT_MS = 60_000;
/** How often a frame that has something to do is asked whether it is alive, and for how long it may be silent. */
const PING_MS = 2_000;
const SILENCE_MS = 10_000;
/** A realm stops Python code by itself when its time is over; what runs on after that long is terminated. */
const GRACE_MS = 100;
/** How long the broker may take to stop a realm before its frame counts as dead. */
const STOP_TIMEOUT_MS = 1_000;

/**
 * The app's end of one Python sandbox frame, with the clock that counts: when an item's time is over and its realm
 * has not ended it, the broker is told to terminate the realm; when the broker does not answer either, all that runs
 * ends `silent` and the frame must be removed.
 */
export class PythonSession {
  readonly #port: MessagePort;
  readonly #jobs = new Map<number, RunningJob>();
  readonly #checks = new Map<number, RunningCheck>();
  readonly #ready = deferred<void>();
  readonly #installed = deferred<boolean>();
  #fromSnapshot = false;
  #nextId = 0;
  #heard = 0;
  #pulse: ReturnType<typeof setInterval> | undefined;

  private constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromBroker>) => this.#receive(data);
  }

  /**
   * The session of a frame's port, with its first interpreters started.
   * @param files what they are made of; the bytes stay the caller's.
   * @throws LabError `sandbox/no-frame` when nobody answers, `sandbox/no-realm` when no interpreter starts.
   */
  static async open(port: MessagePort, files: RealmFiles, concurrency: number): Promise<PythonSession> {
    const session = new PythonSession(port);
    await within(session.#ready.promise, READY_TIMEOUT_MS, noBroker);
    session.#send({ type: "install", files, concurrency });
    session.#fromSnapshot = await within(session.#installed.promise, INSTALL_TIMEOUT_MS, () =>
      noInterpreter("No answer."),
    );
    return session;
  }

  /** Whether interpreters start from the snapshot; false when it was of no use here and each starts from nothing. */
  get fromSnapshot(): boolean {
    return this.#fromSnapshot;
  }

  /** Runs one program; always resolves, except that it rejects with the reason of `signal` when that fires. */
  run(program: WireJob, signal?: AbortSignal): Promise<SessionOutcome> {
    const { promise, resolve, reject } = deferred<SessionOutcome>();
    const id = this.#nextId++;
    const onAbort = () => {
      this.#dropJob(id);
      this.#send({ type: "cancel", job: id });
      reject(signal?.reason);
    };
    const finish = (outcome: SessionOutcome) => {
      this.#dropJob(id);
      resolve(outcome);
    };
    const running: RunningJob = { program, reports: [], finish, index: -2, since: performance.now(), timer: undefined };
    this.#jobs.set(id, running);
    this.#watch();
    this.#arm(running, BEGIN_TIMEOUT_MS, () => this.#die());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    else this.#send({ type: "run", job: id, program });
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /**
   * Asks the trusted interpreter; always resolves, except that it rejects with the reason of `signal` when that
   * fires.
   */
  check(name: string, argument: string, timeLimitMs: number, signal?: AbortSignal): Promise<CheckOutcome> {
    const { promise, resolve, reject } = deferred<CheckOutcome>();
    const id = this.#nextId++;
    const onAbort = () => {
      this.#dropCheck(id);
      this.#send({ type: "stop-check", check: id });
      reject(signal?.reason);
    };
    const finish = (outcome: CheckOutcome) => {
      this.#dropCheck(id);
      resolve(outcome);
    };
    const running: RunningCheck = { timeLimitMs, finish, timer: undefined };
    this.#checks.set(id, running);
    this.#watch();
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    else this.#send({ type: "check", check: id, name, argument });
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /** Ends all that is left as `silent`. The frame itself belongs to the host. */
  close(): void {
    this.#die();
    this.#port.close();
  }

  #receive(message: FromBroker): void {
    this.#heard = performance.now();
    if (message.type === "pong") return;
    if (message.type === "ready") this.#ready.resolve();
    else if (message.type === "installed") this.#installed.resolve(message.fromSnapshot);
    else if (message.type === "install-failed") this.#installed.reject(noInterpreter(message.message));
    else if ("check" in message) this.#receiveCheck(message);
    else this.#receiveJob(message);
  }

  #receiveJob(message: Extract<FromBroker, { job: number }>): void {
    const running = this.#jobs.get(message.job);
    if (!running) return;
    if (message.type === "begin") this.#begin(message.job, running, message.index);
    else if (message.type === "report") running.reports.push({ text: message.text, ms: tenths(message.ms) });
    else {
      const { reason, index, ms, text = "" } = message;
      running.finish({ reports: running.reports, reason, index, ms: tenths(ms), text });
    }
  }

  #receiveCheck(message: Extract<FromBroker, { check: number }>): void {
    const running = this.#checks.get(message.check);
    if (!running) return;
    const { check, type } = message;
    if (type === "checked") running.finish({ kind: "answer", text: message.text });
    else if (type === "check-failed") running.finish({ kind: "failed", message: message.message });
    else if (type === "check-stopped") running.finish({ kind: "timeout" });
    else {
      this.#arm(running, running.timeLimitMs, () => {
        this.#send({ type: "stop-check", check });
        this.#arm(running, STOP_TIMEOUT_MS, () => this.#die());
      });
    }
  }

  #begin(id: number, running: RunningJob, index: number): void {
    running.index = index;
    running.since = performance.now();
    this.#arm(running, running.program.timeLimitMs + GRACE_MS, () => {
      this.#send({ type: "stop", job: id, index });
      this.#arm(running, STOP_TIMEOUT_MS, () => this.#die());
    });
  }

  /** Listens for the frame's pulse as long as there is something to do. */
  #watch(): void {
    if (this.#pulse !== undefined) return;
    this.#heard = performance.now();
    this.#send({ type: "ping" });
    this.#pulse = setInterval(() => {
      if (this.#jobs.size + this.#checks.size === 0) {
        clearInterval(this.#pulse);
        this.#pulse = undefined;
      } else if (performance.now() - this.#heard > SILENCE_MS) this.#die();
      else this.#send({ type: "ping" });
    }, PING_MS);
  }

  #arm(running: RunningJob | RunningCheck, ms: number, onTime: () => void): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(onTime, ms);
  }

  #dropJob(id: number): void {
    clearTimeout(this.#jobs.get(id)?.timer);
    this.#jobs.delete(id);
  }

  #dropCheck(id: number): void {
    clearTimeout(this.#checks.get(id)?.timer);
    this.#checks.delete(id);
  }

  #die(): void {
    clearInterval(this.#pulse);
    for (const { finish, reports, index, since } of [...this.#jobs.values()]) {
      finish({ reports, reason: "silent", index, ms: tenths(performance.now() - since), text: "" });
    }
    for (const { finish } of [...this.#checks.values()]) finish({ kind: "silent" });
  }

  #send(message: ToBroker): void {
    this.#port.postMessage(message);
  }
}

/** The clock of a frame ticks in tenths of a millisecond; more digits would be noise. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function within<T>(promise: Promise<T>, ms: number, error: () => LabError): Promise<T> {
  const { promise: late, reject } = deferred<T>();
  const timer = setTimeout(() => reject(error()), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function noBroker(): LabError {
  return new LabError(
    "sandbox/no-frame",
    "The Python sandbox page did not answer.",
    "Check that sandbox-python.html is served beside the app with the Cross-Origin-Embedder-Policy header, and reload the page.",
  );
}

function noInterpreter(why: string): LabError {
  return new LabError(
    "sandbox/no-realm",
    `The Python interpreter did not start. ${why}`,
    "The machine may be short of memory: close other tabs, and run it again.",
  );
}
