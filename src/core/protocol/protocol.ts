import type { Problem } from "../problem";
import type { DeadEndReason, Step } from "../step";
import type { Completion, Prompt } from "./completion";

/** The protocols there are: the tiny model's own format, and conversations with chat models. */
export type ProtocolName = "tiny" | "chat";

/** A step as a model drew it, and what it cost. */
export interface DrawnStep {
  /** For a dead end, `text` is the raw rest of the completion, markers included. */
  readonly step: Step;
  /** Sampled tokens of this step, its markers included. */
  readonly tokens: number;
  /** Sum of their raw log-probabilities, at most 0. */
  readonly logProb: number;
  /** Set when the text could not become a step. */
  readonly deadEnd?: DeadEndReason;
}

/**
 * How reasoning steps travel as text: what a model is asked, where it stops, and how its answer is read. Parsing never throws:
 * what breaks the format is a dead end with a reason.
 */
export interface StepProtocol {
  readonly id: ProtocolName;
  /** The prompt that asks for what follows `steps`: the one next step, or the whole rest of the path. */
  policyPrompt(problem: Problem, steps: readonly Step[], wanted: "step" | "path"): Prompt;
  /** The prompt that asks for code at once. */
  vanillaPrompt(problem: Problem): Prompt;
  /** Where one step ends. */
  readonly stepStop: readonly string[];
  /** Where a whole path (a playout, or code at once) ends. */
  readonly pathStop: readonly string[];
  /** The one step that follows `prefix`; all tokens are counted to it. */
  parseStep(completion: Completion, prefix: readonly Step[]): DrawnStep;
  /** The steps that follow `prefix`, at least one. Only the last is a code step or a dead end, and it is one of the two. */
  parsePath(completion: Completion, prefix: readonly Step[]): readonly DrawnStep[];
  /** The answer to `vanillaPrompt`. */
  parseCode(completion: Completion): DrawnStep;
}
