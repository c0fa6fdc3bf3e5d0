import { deferred } from "../../../core/deferred";
import { LabError } from "../../../core/errors";
import { exactText, plainJson } from "../../../core/exact-json";
import { type CallTest, isCallTest } from "../../../core/problem";
import type { Outcome, Verdict } from "../../../core/verdict";
import type { CodeRunner, JudgeRequest } from "../../../ports/code-runner";
import { type JobOutcome, JobTable } from "../../frame/job-table";
import type { RealmHost } from "../../frame/realm-host";
import { SharedFrame } from "../../frame/shared-frame";
import { OUTPUT_LIMIT } from "../../frame/wire";
import { within } from "../../frame/within";
import type { EndReason, FromSupervisor, ToSupervisor } from "../wire";
import { parseReport, verdictOf } from "./verdict";

/*
 * The JavaScript sandbox: its threat model.
 *
 * A candidate is a hostile guest that may know this code by heart. It runs in a classic worker (the realm), in a frame with
 * an opaque origin, under a policy of its own. The supervisor in the frame owns the realms and the only port to the app.
 * `attacks.browser.test.ts` attacks every claim that needs no outside observer, `e2e/sandbox-network.spec.ts` claims 1 and 2,
 * and `e2e/sandbox-memory.spec.ts` claim 6.
 *
 *  1. It reaches no network: connect-src, script-src and default-src say no, whatever global it digs up.
 *  2. It reaches no storage: an opaque origin has none, and no cookies; the app's database is another origin's.
 *  3. It cannot forge a verdict. Expected values never enter its realm; what it returns is written down by code that took
 *     its built-ins before it ran, as JSON or as "not JSON" (getters, proxies, toJSON, odd prototypes), and is compared
 *     here. It holds no port, so it cannot speak in the realm's name, and the nonce before each message is in a closure.
 *  4. It cannot run on: the clock is here, outside its realm and its frame. First the worker is terminated, then, if the
 *     supervisor does not answer, the frame is removed. On an idle machine a test ends within its limit plus 200 ms.
 *  5. It cannot flood: one capped text per call passes the supervisor, and what it prints is counted and dropped.
 *  6. It cannot take others down: out of memory, it kills the frame's process, not the page. Programs that shared the frame
 *     are run again, alone, so that no verdict depends on a neighbour.
 *  7. It leaves nothing behind: a realm serves one program. Arguments are parsed anew for every call.
 *
 * Not claimed: that a program cannot remember earlier inputs of its own tests (it may, and gains nothing), that it cannot
 * measure time, or that it is kept from memory up to what the browser gives a process until its time is over.
 */

/** Default wall milliseconds for one test; puzzles need less than one. */
export const DEFAULT_TIME_LIMIT_MS = 1_000;

/** After so many realms of one program had to be stopped, its remaining tests are not run any more. */
const MAX_STOPPED = 2;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const RESERVED = new Set(
  (
    "break case catch class const continue debugger default delete do else enum export extends false finally for function " +
    "if import in instanceof new null return super switch this throw true try typeof var void while with"
  ).split(" "),
);

/** How many programs run at once, and how long a test may take when the request does not say. */
export interface JavaScriptRunnerOptions {
  /** 1 to 8; default 2. */
  readonly concurrency?: number;
  /** Default {@link DEFAULT_TIME_LIMIT_MS}. */
  readonly timeLimitMs?: number;
}

/** Judges JavaScript programs in the sandbox frame of a {@link RealmHost}. Works in a window and in a worker. */
export class JavaScriptRunner implements CodeRunner {
  readonly #frame: SharedFrame<Session>;
  readonly #timeLimitMs: number;

  constructor(host: RealmHost, options: JavaScriptRunnerOptions = {}) {
    this.#frame = new SharedFrame(host, "javascript", options.concurrency ?? 2, Session.open);
    this.#timeLimitMs = options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
  }

  /** Opens the sandbox before the first program comes. @throws LabError `sandbox/*` when there is none to be had. */
  async warm(): Promise<void> {
    await this.#frame.warm();
  }

  /** Removes the sandbox. */
  close(): void {
    this.#frame.close();
  }

  /**
   * See {@link CodeRunner.judge}. A test whose realm had to be stopped (timeout, output-limit, memory, crashed) does not end
   * the program: the rest runs in a fresh realm. At the second such test the rest gets its verdict without being run.
   * @throws LabError `sandbox/*` when no realm can be had, `input/entry-point` when that is no name; the signal's reason.
   */
  async judge(request: JudgeRequest, signal?: AbortSignal): Promise<readonly Verdict[]> {
    signal?.throwIfAborted();
    const program = programOf(request);
    const timeLimitMs = request.timeLimitMs ?? this.#timeLimitMs;
    const verdicts: Verdict[] = [];
    let stopped = 0;
    let alone = false;
    while (verdicts.length < program.tests.length) {
      const rest = program.tests.slice(verdicts.length);
      const outcome = await this.#run(program, rest, timeLimitMs, alone, signal);
      outcome.reports.forEach(({ text, ms }, i) => {
        verdicts.push(verdictOf(parseReport(text), rest[i] as CallTest, ms, program));
      });
      const left = program.tests.slice(verdicts.length);
      if (left.length === 0) break;
      if (outcome.reason === "silent" && !alone) {
        // Another program may have killed the frame: only a program that does so alone is to blame.
        alone = true;
        continue;
      }
      if (outcome.index === -2) throw noRealm();
      const verdict = endVerdict(outcome, timeLimitMs, program);
      stopped++;
      const whole = outcome.index < 0;
      const final = whole || stopped === MAX_STOPPED;
      verdicts.push(...left.slice(0, final ? left.length : 1).map((test, i) => verdict(test, whole ? 0 : i)));
    }
    return verdicts;
  }

  async #run(
    program: Program,
    tests: readonly CallTest[],
    timeLimitMs: number,
    alone: boolean,
    signal: AbortSignal | undefined,
  ): Promise<JobOutcome<EndReason>> {
    const { session, release } = await this.#frame.acquire(alone, signal);
    let renew = true;
    try {
      const outcome = await session.run(program, tests, timeLimitMs, signal);
      renew = outcome.reason !== "done" && outcome.reason !== "load-failed";
      return outcome;
    } finally {
      release(renew);
    }
  }
}

/** How long the page's script may take to say that it is there. */
const READY_TIMEOUT_MS = 30_000;
/** A new worker needs 10 to 100 ms; a machine under load, more. */
const BOOT_TIMEOUT_MS = 30_000;

/** The app's end of a JavaScript sandbox frame. */
class Session {
  readonly #port: MessagePort;
  readonly #jobs: JobTable<EndReason>;
  readonly #ready = deferred<void>();

  private constructor(port: MessagePort) {
    this.#port = port;
    this.#jobs = new JobTable((order) => this.#send(order));
    port.onmessage = ({ data }: MessageEvent<FromSupervisor>) => {
      if (data.type === "ready") this.#ready.resolve();
      else this.#jobs.receive(data);
    };
  }

  /** The session of a frame's port. @throws LabError `sandbox/no-frame` when nobody answers. */
  static async open(port: MessagePort): Promise<Session> {
    const session = new Session(port);
    await within(session.#ready.promise, READY_TIMEOUT_MS, noSupervisor);
    return session;
  }

  /** Runs one program; always resolves, except that it rejects with the reason of `signal` when that fires. */
  run(
    { code, entryPoint }: Program,
    tests: readonly CallTest[],
    timeLimitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<JobOutcome<EndReason>> {
    const inputs = tests.map((test) => `[${test.input.map((value) => exactText(value)).join(",")}]`);
    const limits = { beginMs: BOOT_TIMEOUT_MS, itemMs: timeLimitMs };
    return this.#jobs.run(limits, (job) => this.#send({ type: "run", job, code, entryPoint, inputs }), signal);
  }

  /** Ends every job that is left as `silent`. The frame itself belongs to the host. */
  close(): void {
    this.#jobs.endAll();
    this.#port.close();
  }

  #send(message: ToSupervisor): void {
    this.#port.postMessage(message);
  }
}

function noSupervisor(): LabError {
  return new LabError(
    "sandbox/no-frame",
    "The sandbox page did not answer.",
    "Check that sandbox-js.html is served beside the app with the Cross-Origin-Embedder-Policy header, and reload the page.",
  );
}

/** A request that this sandbox can serve: calls of a function. */
interface Program extends JudgeRequest {
  readonly entryPoint: string;
  readonly tests: readonly CallTest[];
}

function programOf(request: JudgeRequest): Program {
  const { language, entryPoint, tests } = request;
  if (language !== "javascript") {
    throw new LabError(
      "sandbox/language",
      `The JavaScript sandbox cannot run ${language}.`,
      "Choose a JavaScript problem.",
    );
  }
  if (entryPoint === null || !tests.every(isCallTest)) {
    throw new LabError(
      "input/test-kind",
      "The JavaScript sandbox runs functions on arguments, and nothing else.",
      "Give the function's name, and tests with input and expected.",
    );
  }
  if (!IDENTIFIER.test(entryPoint) || RESERVED.has(entryPoint)) {
    const hint = "Give the name of the function the tests call, such as solve.";
    throw new LabError("input/entry-point", `"${entryPoint}" is not the name of a function.`, hint);
  }
  return { ...request, entryPoint, tests: tests.map((test) => ({ ...test, expected: plainJson(test.expected) })) };
}

function noRealm(): LabError {
  return new LabError(
    "sandbox/no-realm",
    "The sandbox could not start a worker for the program.",
    "The machine may be short of memory: close other tabs, and run it again.",
  );
}

/** What ended a job early, as the verdict on the test that ended it (`after` 0) and on those that were not run for it. */
function endVerdict(
  outcome: JobOutcome<EndReason>,
  timeLimitMs: number,
  program: Program,
): (test: CallTest, after: number) => Verdict {
  if (outcome.reason === "load-failed") {
    const report = parseReport(outcome.text);
    return (test) => verdictOf(report, test, outcome.ms, program);
  }
  const [verdict, message] = STOPPED[outcome.reason === "done" ? "crashed" : outcome.reason](timeLimitMs);
  return ({ expected }, after) =>
    after === 0
      ? { verdict, expected, message, ms: outcome.ms }
      : { verdict, expected, message: `Not run, because of tests before it: ${message}`, ms: 0 };
}

const STOPPED: Record<"timeout" | "output-limit" | "crashed" | "silent", (ms: number) => [Outcome, string]> = {
  timeout: (ms) => ["timeout", `It was stopped after ${ms} ms.`],
  "output-limit": () => ["output-limit", `It wrote or returned more than ${OUTPUT_LIMIT} characters.`],
  crashed: () => ["crashed", "Its realm did not start, or was tampered with."],
  silent: () => ["memory", "The process of the sandbox died under it; most likely it used too much memory."],
};
