/** The three actions of a reasoning path (O1-CODER, section 3.2): name the structure, settle a part of it, write it. */
export type StepKind = "define" | "refine" | "code";

/** One reasoning step. A `code` step ends its path. */
export interface Step {
  readonly kind: StepKind;
  /** The step without its markers, trimmed; for `code`, the whole program. */
  readonly text: string;
}

/** Why a completion could not become a step. It ends its path with reward 0 and is shown as a dead end. */
export type DeadEndReason =
  /** The completion breaks the step grammar (no marker, an unknown one, a `code` before its `define`, ...). */
  | "grammar"
  /** The token limit cut the step off. */
  | "length"
  /** The path reached the maximal depth without a `code` step. */
  | "max-depth"
  /** The step has no text. */
  | "empty";
