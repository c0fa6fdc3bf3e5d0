/** Most characters of one run's text that leave the sandbox; longer ones become the outcome `output-limit`. */
export const OUTPUT_LIMIT = 1_000_000;

/** From the app to the broker. A job is one program and the calls to make of it. */
export type ToBroker =
  | {
      readonly type: "run";
      readonly job: number;
      readonly code: string;
      readonly entryPoint: string;
      /** JSON text of the arguments, one per call. */
      readonly inputs: readonly string[];
    }
  | {
      /** The clock of the app has run out for this call of the job (-1: loading the program). Stale ones are ignored. */
      readonly type: "stop";
      readonly job: number;
      readonly index: number;
    }
  | { readonly type: "cancel"; readonly job: number };

/** How a job ended in its realm. */
export type EndReason =
  /** Every call was made. */
  | "done"
  /** The program did not load; `text` is the realm's report. */
  | "load-failed"
  /** Stopped by the app's clock. */
  | "timeout"
  /** It wrote or returned more than {@link OUTPUT_LIMIT} characters. */
  | "output-limit"
  /** The realm did not start, or said something that only a tampered realm says. */
  | "crashed";

/** From the broker to the app. */
export type FromBroker =
  | { readonly type: "ready" }
  | {
      /** Call `index` begins now (-1: loading). */
      readonly type: "begin";
      readonly job: number;
      readonly index: number;
    }
  | {
      readonly type: "report";
      readonly job: number;
      readonly index: number;
      /** Wall milliseconds, taken outside the realm. */
      readonly ms: number;
      /** JSON text of a {@link RealmReport}, at most {@link OUTPUT_LIMIT} characters and a few. */
      readonly text: string;
    }
  | {
      readonly type: "end";
      readonly job: number;
      readonly reason: EndReason;
      /** The call that ended it (-1: loading, -2: the realm did not start); for `done`, the number of calls. */
      readonly index: number;
      readonly ms: number;
      readonly text?: string;
    };

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

/** The first character after the nonce of a realm's message to the broker. */
export const REALM_KIND = {
  booted: "B",
  loaded: "L",
  loadFailed: "F",
  report: "R",
  outputLimit: "O",
} as const;

/** The broker's first message to a realm; its port comes with it. */
export interface RealmStart {
  /** Stands before every message of the realm. */
  readonly nonce: string;
}

/** The broker's second message to a realm; every later one is the JSON text of a call's arguments. */
export interface RealmLoad {
  readonly code: string;
  /** An identifier; checked by the app. */
  readonly entryPoint: string;
}
