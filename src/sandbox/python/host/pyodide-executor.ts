import { z } from "zod";
import { LabError } from "../../../core/errors";
import type { Preparation } from "../../../ports/experiment-runner";
import type { RealmHost } from "../../frame/realm-host";
import { SharedFrame } from "../../frame/shared-frame";
import { OUTPUT_LIMIT } from "../../frame/wire";
import { type CandidateJob, type CandidateWork, itemsOf, type RealmFiles } from "../wire";
import type { CandidateItem, CandidateOutcome, CandidateReport, PythonExecutor } from "./executor";
import { fetchPyodideFiles } from "./pyodide-files";
import { PythonSession, type SessionOutcome } from "./session";

/*
 * The Python sandbox: its threat model.
 *
 * A candidate is a hostile guest that may know this code by heart. It runs in an interpreter (CPython as WebAssembly,
 * from Pyodide) in a classic worker (the realm), in a frame with an opaque origin, under a policy of its own. The
 * supervisor in the frame owns the realms and the only port to the app. `pyodide-executor-attacks.browser.test.ts` attacks
 * every claim that needs no outside observer, `e2e/sandbox-python.spec.ts` claims 1 and 2.
 *
 *  1. It reaches no network: connect-src, script-src and default-src say no, whatever is dug up. Before that:
 *     Pyodide's bridge between Python and JavaScript is never set up, the modules behind it and ctypes are taken out
 *     of the interpreter's tables, Python and the realm's script exchange nothing but texts, and once the interpreter
 *     runs, the realm's script deletes every global that could reach anything (fetch, WebAssembly, timers, messages,
 *     ...) and freezes the rest. Who corrupts the interpreter's memory still finds no function that evaluates a text
 *     ('unsafe-eval' is not allowed).
 *  2. It reaches no storage: an opaque origin has none. Its files are in the realm's memory, and go with the program.
 *  3. It cannot forge a verdict. Expected values never enter its realm. It may replace the Python half of the realm
 *     (candidate.py, live.py), and so say of itself what it likes: a report is a value or an error and is checked for its
 *     shape; a message to a test is data, or a reference by a number that is the program's to give, and the checker ends
 *     the test on anything else. The checker runs the test and never the program's code: it compares data with data. What a
 *     test hands over (a function, an instance of its class) the program can use, but not look into: no name that begins
 *     with an underscore, no frame, code, module or namespace. The nonce before each message is in a closure of
 *     JavaScript. Where the program's own `==`, order, truth, hash or class decides, the verdict is `unguarded`: so it is
 *     when the program changed what the expected side is then made of. Such a `==` about a test's plain data decides nothing
 *     unless the test speaks of the program's classes (checker.py).
 *  4. It cannot run on. Python code is stopped in its realm, by an exception of JavaScript that Python cannot catch,
 *     at the place where the interpreter looks for signals; for all other code the clock is here: after a grace of
 *     0.1 s the realm is terminated, and if the supervisor does not answer, the frame is removed.
 *     Each call of a test has the program's time, and so has all that the test does with what came back; the calls are counted.
 *  5. It cannot flood: what it writes is counted by the realm's script, one capped text per item passes the supervisor.
 *  6. It cannot take others down: 512 MB of memory and 64 MB of files, holes in them counted, then it ends. Should it kill the
 *     frame's process nevertheless, programs that shared it are run again, alone, and only one that had begun can be to blame. How
 *     long a frame may be silent grows with the machine's slowness. A checker serves one program at a time.
 *  7. It leaves nothing behind. After a program the realm's memory, stack, functions, files, streams and chance are
 *     set back to what they were, byte by byte, and a canary must sing; a realm that ended itself, or grew too large,
 *     is replaced.
 *
 * Not claimed: that a program cannot measure time, or remember earlier calls of its own tests (it may, and gains
 * nothing). Recursion that passes through C functions ends at a depth of about 700 to 1,400 with RecursionError, as
 * an error of the item that no `except` sees; recursion of Python functions ends with the memory. There are no
 * threads: one that is started runs to its end once another has to wait (source/substitutes.py).
 */

/** After so many items of one program had to be stopped by force, the rest is not run any more. */
const MAX_STOPPED = 2;

/** After so many frames that died under a program, alone, before it had begun, there are none to be had. */
const MAX_LOST = 3;
const NOT_BEGUN = -2;

/** How {@link PyodideExecutor} works. */
export interface PyodideExecutorOptions {
  /** Where the app lies, with a slash at its end: Python's files are in `pyodide/` there. */
  readonly baseUrl: string;
  /** Programs that run at once, 1 to 8; default 2. */
  readonly concurrency?: number;
}

/** The {@link PythonExecutor} of Pyodide's interpreters in a sandbox frame. Works in a window and in a worker. */
export class PyodideExecutor implements PythonExecutor {
  readonly #frame: SharedFrame<PythonSession>;
  readonly #baseUrl: string;
  #files: Promise<RealmFiles> | null = null;
  /** Programs and checks under way when it is closed must not open it again. */
  #closings = 0;
  #onPreparation: (preparation: Preparation) => void = () => {};

  constructor(host: RealmHost, { baseUrl, concurrency = 2 }: PyodideExecutorOptions) {
    this.#baseUrl = baseUrl;
    this.#frame = new SharedFrame(host, "python", concurrency, async (port) => {
      const files = await this.#download();
      this.#onPreparation({ message: "Starting Python", fraction: null });
      return PythonSession.open(port, files, concurrency);
    });
  }

  async warm(onPreparation: (preparation: Preparation) => void = () => {}): Promise<void> {
    this.#onPreparation = onPreparation;
    await this.#frame.warm();
  }

  close(): void {
    this.#closings++;
    this.#frame.close();
  }

  async run(job: CandidateJob, signal?: AbortSignal): Promise<CandidateOutcome> {
    signal?.throwIfAborted();
    const items: CandidateItem[] = [];
    const count = itemsOf(job.work).length;
    let stopped = 0;
    let lost = 0;
    let alone = false;
    let loaded = false;
    const closings = this.#closings;
    while (items.length < count || !loaded) {
      const outcome = await this.#runRest({ ...job, work: rest(job.work, items.length) }, alone, signal);
      const read = job.work.kind === "tests" ? judged : parseReport;
      for (const { text, ms } of outcome.reports) items.push({ report: read(text), ms });
      if (outcome.reason === "done") break;
      if (outcome.reason === "interrupted") {
        loaded = true;
        continue;
      }
      if (outcome.reason === "no-realm") throw noRealm();
      if (closings !== this.#closings) throw closed();
      if (outcome.reason === "silent" && (!alone || outcome.index === NOT_BEGUN)) {
        // Another program may have killed the frame: only a program that does so alone is to blame, and only once it has begun.
        if (alone && ++lost === MAX_LOST) throw noRealm();
        alone = true;
        continue;
      }
      const report = endReport(outcome, job.timeLimitMs);
      if (outcome.index < 0) return items.length > 0 ? { load: null, items } : { load: report, items: [] };
      loaded = true;
      items.push({ report, ms: outcome.ms });
      const isForced = outcome.reason !== "overflow" && outcome.reason !== "checker-broke";
      if (isForced && ++stopped === MAX_STOPPED) break;
    }
    return { load: null, items };
  }

  async #runRest(job: CandidateJob, alone: boolean, signal: AbortSignal | undefined): Promise<SessionOutcome> {
    const { session, release } = await this.#frame.acquire(alone, signal);
    try {
      const outcome = await session.run(job, signal);
      if (outcome.reason === "silent") await this.#frame.retire(session);
      return outcome;
    } finally {
      release(false);
    }
  }

  #download(): Promise<RealmFiles> {
    this.#files ??= fetchPyodideFiles(this.#baseUrl, (preparation) => this.#onPreparation(preparation)).catch(
      (thrown) => {
        this.#files = null;
        throw thrown;
      },
    );
    return this.#files;
  }
}

/** The work without its first items. */
function rest(work: CandidateWork, done: number): CandidateWork {
  if (work.kind === "calls") return { ...work, calls: work.calls.slice(done) };
  if (work.kind === "programs") return { ...work, inputs: work.inputs.slice(done) };
  return { ...work, tests: work.tests.slice(done) };
}

const line = z.int().positive().optional();
const message = z.string().max(10_000);
const REPORT = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("value"), value: z.string().max(OUTPUT_LIMIT) }),
  z.object({ kind: z.literal("output"), stdout: z.string().max(OUTPUT_LIMIT) }),
  z.object({ kind: z.literal("unwritable"), message }),
  z.object({ kind: z.literal("error"), type: z.string().max(10_000), message, line }),
  z.object({ kind: z.literal("syntax-error"), message, line }),
  z.object({ kind: z.enum(["missing-entry-point", "memory", "output-limit"]), message }),
]);

/** The report of an item. What a realm says is not to be trusted: anything that is no report reads as `crashed`. */
function parseReport(text: string): CandidateReport {
  try {
    // Optional fields that are absent stay absent.
    return REPORT.parse(JSON.parse(text)) as CandidateReport;
  } catch {
    return crashed();
  }
}

const judged = (outcome: string): CandidateReport => ({ kind: "judged", outcome });

/** What ended a job early, as a report on the item that ended it. */
function endReport({ reason, text }: SessionOutcome, timeLimitMs: number): CandidateReport {
  switch (reason) {
    case "load-failed":
    case "overflow":
      return parseReport(text);
    case "checker-broke":
      return judged(JSON.stringify({ kind: "broken", message: text }));
    case "timeout":
      return { kind: "timeout", message: `It was stopped after ${timeLimitMs} ms.` };
    case "memory":
      return { kind: "memory", message: "It used more than 512 MB of memory." };
    case "output-limit":
      return { kind: "output-limit", message: `It wrote or returned more than ${OUTPUT_LIMIT} characters.` };
    case "silent":
      return {
        kind: "memory",
        message: "The process of the sandbox died under it; most likely it used too much memory.",
      };
    default:
      return crashed();
  }
}

const crashed = (): CandidateReport => ({
  kind: "crashed",
  message: "It ended the interpreter, or tampered with it.",
});

const closed = (): LabError =>
  new LabError("sandbox/closed", "The Python sandbox was closed while it was at work.", "Run it again.");

function noRealm(): LabError {
  return new LabError(
    "sandbox/no-realm",
    "The sandbox could not start a Python interpreter for the program.",
    "The machine may be short of memory: close other tabs, and run it again.",
  );
}
