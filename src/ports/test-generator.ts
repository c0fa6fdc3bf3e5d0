import type { Problem, TestCase } from "../core/problem";
import type { PromptCost } from "../core/protocol/protocol";

/** Tests a model wrote, and what they cost. */
export interface GeneratedTests {
  /** Well-formed and distinct; possibly fewer than asked for, and possibly wrong. */
  readonly tests: readonly TestCase[];
  /** Sampled tokens. */
  readonly tokens: number;
  /** What its prompts came to; absent when nothing was asked. */
  readonly prompts?: PromptCost;
}

/** The test-case generator (TCG). It sees what the policy sees: no solution, no hidden tests. */
export interface TestGenerator {
  generate(problem: Problem, count: number, seed: number, signal?: AbortSignal): Promise<GeneratedTests>;
}
