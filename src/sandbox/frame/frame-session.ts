import { deferred } from "../../core/deferred";
import { LabError } from "../../core/errors";
import type { EndReason, FromBroker, ToBroker } from "../javascript/wire";

/** One program and the calls to make of it. */
export interface SessionJob {
  readonly code: string;
  readonly entryPoint: string;
  /** JSON text of the arguments, one per call. */
  readonly inputs: readonly string[];
  /** Wall milliseconds for each call, and for loading. */
  readonly timeLimitMs: number;
}

/** What one call said: the realm's text, untrusted, and the wall time in milliseconds. */
export interface CallReport {
  readonly text: string;
  readonly ms: number;
}

/** How far a job came and what ended it. */
export interface JobOutcome {
  /** One per finished call, in order. */
  readonly reports: readonly CallReport[];
  /** `silent`: the frame stopped answering while the job ran, so its process is gone or stuck. */
  readonly reason: EndReason | "silent";
  /** The call that ended it (-1: loading, -2: the realm did not start); the number of calls for `done`. */
  readonly index: number;
  readonly ms: number;
  /** The realm's report, for `load-failed`. */
  readonly text: string;
}

interface RunningJob {
  readonly job: SessionJob;
  readonly reports: CallReport[];
  readonly finish: (outcome: JobOutcome) => void;
  index: number;
  /** When the call began, on the clock of `performance.now`. */
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const READY_TIMEOUT_MS = 10_000;
/** A new worker needs 10 to 100 ms; a machine under load, more. */
const BOOT_TIMEOUT_MS = 10_000;
/** How long the broker may take to stop a realm before its frame counts as dead. */
const STOP_TIMEOUT_MS = 1_000;

/**
 * The app's end of one sandbox frame, with the only clock that counts: when a call's time is over it tells the broker to
 * terminate the realm, and when the broker does not answer either, the session is `dead` and its frame must be removed.
 */
export class FrameSession {
  /** Resolves when the broker has said that it is there; rejects with LabError `sandbox/no-frame` when it has not. */
  readonly ready: Promise<void>;
  readonly #port: MessagePort;
  readonly #running = new Map<number, RunningJob>();
  readonly #becomeReady: () => void;
  #nextJob = 0;
  #dead = false;

  constructor(port: MessagePort) {
    this.#port = port;
    const { promise, resolve, reject } = deferred<void>();
    const timer = setTimeout(() => reject(noBroker()), READY_TIMEOUT_MS);
    this.ready = promise.finally(() => clearTimeout(timer));
    this.#becomeReady = resolve;
    port.onmessage = ({ data }: MessageEvent<FromBroker>) => this.#receive(data);
  }

  /** True once the frame stopped answering. */
  get dead(): boolean {
    return this.#dead;
  }

  /** The session of a frame's port. @throws LabError `sandbox/no-frame` when nobody answers. */
  static async open(port: MessagePort): Promise<FrameSession> {
    const session = new FrameSession(port);
    await session.ready;
    return session;
  }

  /** Runs one program; always resolves, except that it rejects with the reason of `signal` when that fires. */
  run(job: SessionJob, signal?: AbortSignal): Promise<JobOutcome> {
    const { promise, resolve, reject } = deferred<JobOutcome>();
    const id = this.#nextJob++;
    const onAbort = () => {
      this.#drop(id);
      this.#send({ type: "cancel", job: id });
      reject(signal?.reason);
    };
    const finish = (outcome: JobOutcome) => {
      this.#drop(id);
      resolve(outcome);
    };
    const running: RunningJob = { job, reports: [], finish, index: -2, since: performance.now(), timer: undefined };
    this.#running.set(id, running);
    this.#arm(running, BOOT_TIMEOUT_MS, () => this.#die());
    signal?.addEventListener("abort", onAbort);
    const { code, entryPoint, inputs } = job;
    if (signal?.aborted) onAbort();
    else this.#send({ type: "run", job: id, code, entryPoint, inputs });
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /** Ends every job that is left as `silent`. The frame itself belongs to the host. */
  close(): void {
    this.#die();
    this.#port.close();
  }

  #receive(message: FromBroker): void {
    if (message.type === "ready") {
      this.#becomeReady();
      return;
    }
    const running = this.#running.get(message.job);
    if (!running) return;
    if (message.type === "begin") this.#begin(message.job, running, message.index);
    else if (message.type === "report") running.reports.push({ text: message.text, ms: tenths(message.ms) });
    else {
      const { reason, index, ms, text = "" } = message;
      running.finish({ reports: running.reports, reason, index, ms: tenths(ms), text });
    }
  }

  #begin(id: number, running: RunningJob, index: number): void {
    running.index = index;
    running.since = performance.now();
    this.#arm(running, running.job.timeLimitMs, () => {
      this.#send({ type: "stop", job: id, index });
      this.#arm(running, STOP_TIMEOUT_MS, () => this.#die());
    });
  }

  #arm(running: RunningJob, ms: number, onTime: () => void): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(onTime, ms);
  }

  #drop(id: number): void {
    clearTimeout(this.#running.get(id)?.timer);
    this.#running.delete(id);
  }

  #die(): void {
    this.#dead = true;
    for (const { finish, reports, index, since } of [...this.#running.values()]) {
      finish({ reports, reason: "silent", index, ms: tenths(performance.now() - since), text: "" });
    }
  }

  #send(message: ToBroker): void {
    this.#port.postMessage(message);
  }
}

/** The clock of a frame ticks in tenths of a millisecond; more digits would be noise. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

function noBroker(): LabError {
  return new LabError(
    "sandbox/no-frame",
    "The sandbox page did not answer.",
    "Check that sandbox-js.html is served beside the app with the Cross-Origin-Embedder-Policy header, and reload the page.",
  );
}
