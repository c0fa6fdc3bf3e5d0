import type { CandidateWork } from "./host/lane";

/** A job as it crosses to the broker. */
export interface WireJob {
  readonly preamble: string;
  readonly code: string;
  readonly entryPoint: string | null;
  readonly work: CandidateWork;
  readonly timeLimitMs: number;
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

/** From the app to the broker. */
export type ToBroker =
  /** The first message: what realms are made of, and how many programs run at once. */
  | { readonly type: "install"; readonly files: RealmFiles; readonly concurrency: number }
  | { readonly type: "run"; readonly job: number; readonly program: WireJob }
  /** The clock of the app has run out for this item (-1: loading the program). Stale ones are ignored. */
  | { readonly type: "stop"; readonly job: number; readonly index: number }
  | { readonly type: "cancel"; readonly job: number }
  /** For the trusted interpreter. */
  | { readonly type: "check"; readonly check: number; readonly name: string; readonly argument: string }
  | { readonly type: "stop-check"; readonly check: number }
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
  | "no-realm";

/** From the broker to the app. */
export type FromBroker =
  /** The page is there. */
  | { readonly type: "ready" }
  /** The first realm and the checker are there; `fromSnapshot` is false when the snapshot was of no use. */
  | { readonly type: "installed"; readonly fromSnapshot: boolean }
  /** The files are of no use, or the machine is short of memory. */
  | { readonly type: "install-failed"; readonly message: string }
  /** Item `index` begins now (-1: loading). */
  | { readonly type: "begin"; readonly job: number; readonly index: number }
  | {
      readonly type: "report";
      readonly job: number;
      readonly index: number;
      /** Wall milliseconds, taken outside the realm. */
      readonly ms: number;
      /** Untrusted JSON text of a report, of limited length. */
      readonly text: string;
    }
  | {
      readonly type: "end";
      readonly job: number;
      readonly reason: EndReason;
      /** The item that ended it (-1: loading, -2: the realm did not start); for `done`, the number of items. */
      readonly index: number;
      readonly ms: number;
      readonly text?: string;
    }
  /** The checker begins with a check now; its clock starts. */
  | { readonly type: "check-begin"; readonly check: number }
  /** It was stopped, or had not begun. */
  | { readonly type: "check-stopped"; readonly check: number }
  | { readonly type: "pong" }
  | { readonly type: "checked"; readonly check: number; readonly text: string }
  | { readonly type: "check-failed"; readonly check: number; readonly message: string };

/** The first character after the nonce of a realm's message to the broker. */
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
  timeout: "T",
  memory: "M",
  outputLimit: "O",
  /** The machine's stack was too short for the program; with a report. */
  overflow: "S",
  /** The program ended the interpreter. */
  crashed: "C",
} as const;

/** The broker's first message to a realm; its port comes with it. */
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
  /** A request of candidate.py. */
  | { readonly do: "load" | "item"; readonly request: string; readonly timeLimitMs: number }
  /** A whole program: rewinds first, if need be. */
  | { readonly do: "program"; readonly request: string; readonly stdin: string; readonly timeLimitMs: number }
  /** A request of service.py. */
  | { readonly do: "check"; readonly request: string };

/** Characters of a report that the broker lets through: a capped value or output, in JSON, and what is around it. */
export const REPORT_LIMIT = 2_100_000;
