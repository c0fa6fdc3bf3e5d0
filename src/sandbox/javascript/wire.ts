import type { JobEvent, JobOrder } from "../frame/wire";

/** From the app to the supervisor. A job is one program and the calls to make of it. */
export type ToSupervisor =
  | {
      readonly type: "run";
      readonly job: number;
      readonly code: string;
      readonly entryPoint: string;
      /** JSON text of the arguments, one per call. */
      readonly inputs: readonly string[];
    }
  | JobOrder;

/** How a job ended in its realm. */
export type EndReason =
  /** Every call was made. */
  | "done"
  /** The program did not load; `text` is the realm's report. */
  | "load-failed"
  /** Stopped by the app's clock. */
  | "timeout"
  /** It wrote or returned more than `OUTPUT_LIMIT` characters. */
  | "output-limit"
  /** The realm did not start, or said something that only a tampered realm says. */
  | "crashed";

/** From the supervisor to the app. The text of a report is the JSON text of a {@link RealmReport}. */
export type FromSupervisor = { readonly type: "ready" } | JobEvent<EndReason>;

/** What the realm says of one call, or of loading; an untrusted text until it was parsed. */
export type RealmReport =
  /** The call returned a JSON value. */
  | readonly ["value", unknown]
  /** It returned something else: where in the value, and what it is. */
  | readonly ["foreign", path: string, what: string]
  /** It threw: name, message and stack. */
  | readonly ["threw", name: string, message: string, stack: string]
  /** The program is not JavaScript: message and 1-based line (0: unknown). */
  | readonly ["syntax", message: string, line: number]
  /** The entry point is not a function: its `typeof`. */
  | readonly ["missing", kind: string];

/** The first character after the nonce of a realm's message to the supervisor. */
export const REALM_KIND = {
  booted: "B",
  loaded: "L",
  loadFailed: "F",
  report: "R",
  outputLimit: "O",
} as const;

/** The supervisor's first message to a realm; its port comes with it. */
export interface RealmStart {
  /** Stands before every message of the realm. */
  readonly nonce: string;
}

/** The supervisor's second message to a realm; every later one is the JSON text of a call's arguments. */
export interface RealmLoad {
  readonly code: string;
  /** An identifier; checked by the app. */
  readonly entryPoint: string;
}
