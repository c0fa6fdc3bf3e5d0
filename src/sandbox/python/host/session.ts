import { deferred } from "../../../core/deferred";
import { LabError } from "../../../core/errors";
import { type JobOutcome, JobTable } from "../../frame/job-table";
import { punctuality } from "../../frame/patience";
import { within } from "../../frame/within";
import type { CandidateJob, EndReason, FromSupervisor, RealmFiles, ToSupervisor } from "../wire";

/** How far a job came. */
export type SessionOutcome = JobOutcome<EndReason>;

/** How long the page's script may take to say that it is there. */
const READY_TIMEOUT_MS = 30_000;
/** Compiling takes 0.5 s, starting from nothing 2 to 9 s; a machine under load, many times that. */
const INSTALL_TIMEOUT_MS = 300_000;
/** How long a program may wait for an interpreter before the frame counts as stuck. */
const BEGIN_TIMEOUT_MS = 300_000;
/** How often a frame that has something to do is asked whether it is alive. */
const PING_MS = 2_000;
/**
 * After so many questions in a row without a word from it, it counts as dead. Counted, because a machine that stands still asks none,
 * and one that is slow asks late: then they count less.
 */
const MISSED_PINGS = 5;
/** A realm stops Python code by itself when its time is over; what runs on after that long is terminated. */
const GRACE_MS = 100;

/**
 * The app's end of one Python sandbox frame: installs the interpreters, has jobs done, and listens for the
 * frame's pulse meanwhile. When an item's time is over and its realm has not ended it, the supervisor is told to
 * terminate the realm; when the frame does not answer either, all that runs ends `silent` and it must be removed.
 */
export class PythonSession {
  readonly #port: MessagePort;
  readonly #jobs: JobTable<EndReason>;
  readonly #ready = deferred<void>();
  readonly #installed = deferred<boolean>();
  #installing = true;
  #fromSnapshot = false;
  #unanswered = 0;
  #asked = 0;
  #pulse: ReturnType<typeof setInterval> | undefined;

  private constructor(port: MessagePort) {
    this.#port = port;
    this.#jobs = new JobTable((order) => this.#send(order));
    port.onmessage = ({ data }: MessageEvent<FromSupervisor>) => this.#receive(data);
  }

  /**
   * The session of a frame's port, with its first interpreters started.
   * @param files what they are made of; the bytes stay the caller's.
   * @throws LabError `sandbox/no-frame` when nobody answers, `sandbox/no-realm` when no interpreter starts.
   */
  static async open(port: MessagePort, files: RealmFiles, concurrency: number): Promise<PythonSession> {
    const session = new PythonSession(port);
    await within(session.#ready.promise, READY_TIMEOUT_MS, noSupervisor);
    session.#send({ type: "install", files, concurrency });
    session.#watch();
    const late = () => noInterpreter("No answer.");
    session.#fromSnapshot = await within(session.#installed.promise, INSTALL_TIMEOUT_MS, late);
    session.#installing = false;
    return session;
  }

  /** Whether interpreters start from the snapshot; false when it was of no use here and each starts from nothing. */
  get fromSnapshot(): boolean {
    return this.#fromSnapshot;
  }

  /** Runs one program; always resolves, except that it rejects with the reason of `signal` when that fires. */
  run(program: CandidateJob, signal?: AbortSignal): Promise<SessionOutcome> {
    const limits = { beginMs: BEGIN_TIMEOUT_MS, itemMs: program.timeLimitMs + GRACE_MS };
    const outcome = this.#jobs.run(limits, (job) => this.#send({ type: "run", job, program }), signal);
    this.#watch();
    return outcome;
  }

  /** Ends all that is left as `silent`. The frame itself belongs to the host. */
  close(): void {
    clearInterval(this.#pulse);
    this.#die();
    this.#port.close();
  }

  #receive(message: FromSupervisor): void {
    this.#unanswered = 0;
    if (message.type === "pong") return;
    if (message.type === "ready") this.#ready.resolve();
    else if (message.type === "installed") this.#installed.resolve(message.fromSnapshot);
    else if (message.type === "install-failed") this.#installed.reject(noInterpreter(message.message));
    else this.#jobs.receive(message);
  }

  /** Listens for the frame's pulse as long as there is something to do. */
  #watch(): void {
    if (this.#pulse !== undefined) return;
    this.#unanswered = 0;
    this.#asked = performance.now();
    this.#ping();
    this.#pulse = setInterval(() => {
      if (this.#unanswered > MISSED_PINGS - 0.5) this.#die();
      else if (this.#installing || this.#jobs.size > 0) return this.#ping();
      clearInterval(this.#pulse);
      this.#pulse = undefined;
    }, PING_MS);
  }

  #die(): void {
    this.#installed.reject(noInterpreter("No answer."));
    this.#jobs.endAll();
  }

  #ping(): void {
    const now = performance.now();
    this.#unanswered += punctuality(now - this.#asked, PING_MS);
    this.#asked = now;
    this.#send({ type: "ping" });
  }

  #send(message: ToSupervisor): void {
    this.#port.postMessage(message);
  }
}

function noSupervisor(): LabError {
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
