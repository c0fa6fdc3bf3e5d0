/*
 * What the frames of all languages say in the same words. A job is one program and the items to be done with it (calls,
 * inputs, tests). Its items are counted from 0; -1 stands for loading the program, -2
 * for a job whose realm has not started.
 */

/** Most characters of one run's text that leave the sandbox; longer ones become the outcome `output-limit`. */
export const OUTPUT_LIMIT = 1_000_000;

/** From the app to the supervisor of a frame, about a job that it sent before. */
export type JobOrder =
  /** The clock of the app has run out for this item. Stale ones are ignored. */
  | { readonly type: "stop"; readonly job: number; readonly index: number }
  | { readonly type: "cancel"; readonly job: number };

/** From the supervisor of a frame to the app, about a job. @typeParam Reason how jobs of the language end. */
export type JobEvent<Reason extends string> =
  /** The item begins now, or a call that it makes: its clock starts. */
  | {
      readonly type: "begin";
      readonly job: number;
      readonly index: number;
      /** Wall milliseconds it may take, where they are not those of the job. */
      readonly limitMs?: number;
    }
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
      readonly reason: Reason;
      /** The item that ended it; for `done`, the number of items. */
      readonly index: number;
      readonly ms: number;
      readonly text?: string;
    };
