import type { Problem, TestCase } from "../core/problem";
import type { PromptCost } from "../core/protocol/protocol";

/** What became of the inputs that were proposed for tests. */
export interface Proposals {
  readonly inputs: number;
  /** No input of the right form, or one whose output had none. */
  readonly malformed: number;
  /** An example's input, or one that was proposed before. */
  readonly repeated: number;
}

/** Tests a model wrote, and what they cost. */
export interface GeneratedTests {
  /** Well-formed and distinct; possibly fewer than asked for, and possibly wrong. */
  readonly tests: readonly TestCase[];
  /** Sampled tokens. */
  readonly tokens: number;
  /** What its prompts came to; absent when nothing was asked. */
  readonly prompts?: PromptCost;
  /** Absent where they are not counted. */
  readonly proposals?: Proposals;
}

/** The test-case generator (TCG). It sees what the policy sees: no solution, no hidden tests. */
export interface TestGenerator {
  generate(problem: Problem, count: number, seed: number, signal?: AbortSignal): Promise<GeneratedTests>;
}
