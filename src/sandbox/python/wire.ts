import type { JobEvent, JobOrder } from "../frame/wire";

/** One call of a function that the program defines. */
export interface CandidateCall {
  /** A global name of the program; usually the entry point. */
  readonly name: string;
  /** JSON text of `[args, kwargs]` in the tagged form of tagged.py. */
  readonly arguments: string;
}

/** What is asked of a program. Every item ends within `timeLimitMs` of its own. */
export type CandidateWork =
  /** The program is loaded once; the calls are made in order in the same namespace. */
  | { readonly kind: "calls"; readonly calls: readonly CandidateCall[] }
  /** The program is run from the start for each input, as `__main__`, in an interpreter as good as new. */
  | { readonly kind: "programs"; readonly inputs: readonly string[] }
  /** The program is loaded once; the tests run in order, each in the checker, which asks the program call by call. */
  | { readonly kind: "tests"; readonly tests: readonly TestCode[] };

/** A test that is code. It goes to the checker alone. */
export interface TestCode {
  readonly setup: string;
  readonly assertion: string;
}

/** A program and what is asked of it. The program's realm is told no expected value. */
export interface CandidateJob {
  readonly preamble: string;
  readonly code: string;
  /** Must be a global function or class after loading; null for whole programs. */
  readonly entryPoint: string | null;
  readonly work: CandidateWork;
  /** Wall milliseconds for each item, and for loading; of a test, for each call of the program with what is done with its answer. */
  readonly timeLimitMs: number;
}

/** The calls, inputs or tests of a job. */
export function itemsOf(work: CandidateWork): readonly unknown[] {
  if (work.kind === "calls") return work.calls;
  return work.kind === "programs" ? work.inputs : work.tests;
}

/** What realms are made of, handed in as bytes because the frame reaches no network. */
export interface RealmFiles {
  readonly wasm: ArrayBuffer;
  /** UTF-8 text of Pyodide's script. */
  readonly script: ArrayBuffer;
  readonly stdlib: ArrayBuffer;
  /** Null: every realm starts from nothing. */
  readonly snapshot: ArrayBuffer | null;
}

/** From the app to the supervisor. */
export type ToSupervisor =
  /** The first message: what realms are made of, and how many programs run at once. */
  | { readonly type: "install"; readonly files: RealmFiles; readonly concurrency: number }
  | { readonly type: "run"; readonly job: number; readonly program: CandidateJob }
  | JobOrder
  /** Asks for a `pong`: a frame whose process is gone says nothing. */
  | { readonly type: "ping" };

/** How a job ended in its realm. */
export type EndReason =
  /** Every item was run. */
  | "done"
  /** The program did not load; `text` is the report. */
  | "load-failed"
  | "timeout"
  | "memory"
  | "output-limit"
  /** The machine's stack was too short; `text` is the report of the item. */
  | "overflow"
  /** The realm ended itself, or said something that only a tampered realm says. */
  | "crashed"
  /** The realm did not start. */
  | "no-realm"
  /** The test ended while the program waited for an answer of it: the rest needs a fresh realm. */
  | "interrupted"
  /** The checker broke, or the test ran too long by itself; `text` says more. */
  | "checker-broke";

/** From the supervisor to the app. */
export type FromSupervisor =
  /** The page is there. */
  | { readonly type: "ready" }
  /** The first realm and the checker are there; `fromSnapshot` is false when the snapshot was of no use. */
  | { readonly type: "installed"; readonly fromSnapshot: boolean }
  /** The files are of no use, or the machine is short of memory. */
  | { readonly type: "install-failed"; readonly message: string }
  | { readonly type: "pong" }
  | JobEvent<EndReason>;

/** The first character after the nonce of a realm's message to the supervisor. */
export const REALM_KIND = {
  /** It started, from its snapshot. */
  booted: "B",
  /** It started, from nothing, because the snapshot was of no use. */
  bootedPlain: "P",
  /** It did not start, and why. */
  broken: "X",
  /** It is as good as new again. */
  rewound: "W",
  /** It is not to be used again. */
  worn: "V",
  loaded: "L",
  loadFailed: "F",
  report: "R",
  /** It asks the other realm, and waits. */
  asked: "Q",
  timeout: "T",
  memory: "M",
  outputLimit: "O",
  /** The machine's stack was too short for the program; with a report. */
  overflow: "S",
  /** The program ended the interpreter. */
  crashed: "C",
} as const;

/** The supervisor's first message to a realm; its port comes with it. */
export interface RealmStart {
  /** Stands before every message of the realm. */
  readonly nonce: string;
  readonly wasm: WebAssembly.Module;
  readonly stdlib: ArrayBuffer;
  readonly snapshot: ArrayBuffer | null;
  readonly role: "candidate" | "checker";
}

/** Every later message to a realm. */
export type ToRealm =
  | { readonly do: "rewind" }
  /** A request of candidate.py, or a message of a test. */
  | { readonly do: "load" | "item"; readonly request: string; readonly timeLimitMs: number }
  /** A whole program: rewinds first, if need be. */
  | { readonly do: "program"; readonly request: string; readonly stdin: string; readonly timeLimitMs: number }
  /** A request of checker.py. */
  | { readonly do: "test"; readonly request: string; readonly timeLimitMs: number }
  /** What the other realm answers. */
  | { readonly do: "answer"; readonly text: string };

/** Characters of a report that the supervisor lets through: a capped value or output, in JSON, and what is around it. */
export const REPORT_LIMIT = 2_100_000;
