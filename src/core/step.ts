/** The three actions of a reasoning path (O1-CODER, section 3.2): name the structure, settle a part of it, write it. */
export type StepKind = "define" | "refine" | "code";

/** A reasoning step of any system, by the name it has there: what can be shown, though no search here makes it. */
export interface AnyStep {
  readonly kind: string;
  readonly text: string;
}

/** One reasoning step. A `code` step ends its path. */
export interface Step extends AnyStep {
  readonly kind: StepKind;
  /** The step without its markers, trimmed; for `code`, the whole program. */
  readonly text: string;
}

/** Whether a step is of the three kinds that the searches here make and their prompts can hold. */
export function isStep(step: AnyStep): step is Step {
  return step.kind === "define" || step.kind === "refine" || step.kind === "code";
}

/** Why a completion could not become a step. It ends its path with reward 0 and is shown as a dead end. */
export type DeadEndReason =
  /** The completion breaks the step grammar (no marker, an unknown one, ...). */
  | "grammar"
  /** The token limit cut the step off. */
  | "length"
  /** A reasoning model was cut off before its thoughts had ended. */
  | "thought"
  /** The path reached the maximal depth without a `code` step. */
  | "max-depth"
  /** The step has no text. */
  | "empty";
