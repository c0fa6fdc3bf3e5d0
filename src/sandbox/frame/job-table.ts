import { deferred } from "../../core/deferred";
import { patiently } from "./patience";
import type { JobEvent, JobOrder } from "./wire";

/** What one item said: the realm's text, untrusted, and the wall time in milliseconds. */
export interface ItemReport {
  readonly text: string;
  readonly ms: number;
}

/** How far a job came and what ended it. */
export interface JobOutcome<Reason extends string> {
  /** One per finished item, in order. */
  readonly reports: readonly ItemReport[];
  /** `silent`: the frame stopped answering while the job ran, so its process is gone or stuck. */
  readonly reason: Reason | "silent";
  /** The item that ended it (-1: loading, -2: it did not begin); the number of items for `done`. */
  readonly index: number;
  readonly ms: number;
  /** What the frame says of the end; "" when it says nothing. */
  readonly text: string;
}

/** Wall milliseconds that a job is given. */
export interface JobLimits {
  /** Until it begins; without it, it may wait as long as the frame lives. */
  readonly beginMs?: number;
  /** For each item, and for loading. */
  readonly itemMs: number;
}

interface Job<Reason extends string> {
  readonly limits: JobLimits;
  readonly reports: ItemReport[];
  readonly finish: (outcome: JobOutcome<Reason>) => void;
  index: number;
  /** When the item began, on the clock of `performance.now`. */
  since: number;
  /** Ends the wait for what comes next. */
  unarm: () => void;
}

/** How long the supervisor may take to stop a realm before its frame counts as dead; it needs a few milliseconds of processor. */
const STOP_TIMEOUT_MS = 4_000;

/**
 * The app's book of the jobs that a frame is at work on, with the only clock that counts: when an item's time is over,
 * the supervisor is told to end its realm, and when the supervisor does not answer either, the frame is dead, and
 * all jobs end `silent`.
 */
export class JobTable<Reason extends string> {
  readonly #send: (order: JobOrder) => void;
  readonly #jobs = new Map<number, Job<Reason>>();
  #next = 0;

  constructor(send: (order: JobOrder) => void) {
    this.#send = send;
  }

  /** Jobs under way. */
  get size(): number {
    return this.#jobs.size;
  }

  /**
   * Enters a job. Always resolves, except that it rejects with the reason of `signal` when that fires.
   * @param start sends it to the frame, under the number it got.
   */
  run(limits: JobLimits, start: (job: number) => void, signal?: AbortSignal): Promise<JobOutcome<Reason>> {
    const { promise, resolve, reject } = deferred<JobOutcome<Reason>>();
    const id = this.#next++;
    const onAbort = () => {
      this.#drop(id);
      this.#send({ type: "cancel", job: id });
      reject(signal?.reason);
    };
    const finish = (outcome: JobOutcome<Reason>) => {
      this.#drop(id);
      resolve(outcome);
    };
    const job: Job<Reason> = { limits, reports: [], finish, index: -2, since: performance.now(), unarm: () => {} };
    this.#jobs.set(id, job);
    if (limits.beginMs !== undefined) job.unarm = patiently(limits.beginMs, () => this.endAll());
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    else start(id);
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  /** Takes in what the frame says. What it says of jobs that are over is ignored. */
  receive(event: JobEvent<Reason>): void {
    const job = this.#jobs.get(event.job);
    if (!job) return;
    if (event.type === "begin") this.#begin(event.job, job, event.index, event.limitMs);
    else if (event.type === "report") job.reports.push({ text: event.text, ms: tenths(event.ms) });
    else {
      const { reason, index, ms, text = "" } = event;
      job.finish({ reports: job.reports, reason, index, ms: tenths(ms), text });
    }
  }

  /** Ends all jobs as `silent`. */
  endAll(): void {
    for (const { finish, reports, index, since } of [...this.#jobs.values()]) {
      finish({ reports, reason: "silent", index, ms: tenths(performance.now() - since), text: "" });
    }
  }

  #begin(id: number, job: Job<Reason>, index: number, limitMs = job.limits.itemMs): void {
    job.index = index;
    job.since = performance.now();
    this.#arm(job, limitMs, () => {
      this.#send({ type: "stop", job: id, index });
      job.unarm = patiently(STOP_TIMEOUT_MS, () => this.endAll());
    });
  }

  #arm(job: Job<Reason>, ms: number, onTime: () => void): void {
    job.unarm();
    const timer = setTimeout(onTime, ms);
    job.unarm = () => clearTimeout(timer);
  }

  #drop(id: number): void {
    this.#jobs.get(id)?.unarm();
    this.#jobs.delete(id);
  }
}

/** The clock of a frame ticks in tenths of a millisecond; more digits would be noise. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;
