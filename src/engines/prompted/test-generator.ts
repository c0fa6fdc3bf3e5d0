import type { Problem } from "../../core/problem";
import { readTests } from "../../core/protocol/chat/generated-tests";
import { END } from "../../core/protocol/chat/markers";
import { testPrompt } from "../../core/protocol/chat/test-prompt";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel } from "../../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../../ports/test-generator";

/** Tests proposed for every test asked for: some come out malformed, twice, or with results that others outvote. */
const OVERSAMPLING = 2;

/** Tests asked for in one answer: with more, small models begin to repeat themselves. */
const TESTS_PER_ANSWER = 5;

const MAX_TOKENS_PER_CALL = 64;
const MAX_TOKENS_PER_RUN = 160;

/** How tests are sampled. */
export interface TestSampling {
  /** 0.8 where it is not said, as in CodeT (Chen et al. 2023). */
  readonly temperature?: number;
  /** In (0, 1]; 0.95 where it is not said, as in CodeT. */
  readonly topP?: number;
}

/** A {@link TestGenerator} that can also be shown a candidate program. */
export interface PromptedTestGenerator extends TestGenerator {
  /** Tests on which a program like `candidate` could fail. The candidate may be wrong: no result is to come from it. */
  generateFor(
    candidate: string,
    problem: Problem,
    count: number,
    seed: number,
    signal?: AbortSignal,
  ): Promise<GeneratedTests>;
}

/**
 * A chat model in the role of test-case generator (O1-CODER, section 3.1), by prompt alone. Several answers are drawn; where they give
 * one input different results, the commonest stands.
 */
export function createPromptedTestGenerator(
  policy: PolicyModel,
  { temperature = 0.8, topP = 0.95 }: TestSampling = {},
): PromptedTestGenerator {
  async function draw(
    candidate: string | undefined,
    problem: Problem,
    count: number,
    seed: number,
    signal?: AbortSignal,
  ): Promise<GeneratedTests> {
    if (count === 0) return { tests: [], tokens: 0 };
    const perAnswer = Math.min(count * OVERSAMPLING, TESTS_PER_ANSWER);
    const request = {
      prompt: testPrompt(problem, perAnswer, candidate),
      count: Math.ceil((count * OVERSAMPLING) / perAnswer),
      stop: [END],
      maxTokens: perAnswer * (problem.entryPoint === null ? MAX_TOKENS_PER_RUN : MAX_TOKENS_PER_CALL),
      temperature,
      topK: 0,
      topP,
      seed: deriveSeed("tests", seed),
    };
    const [result] = await policy.sample([request], signal);
    const completions = result?.completions ?? [];
    const { promptTokens = 0, prefilledTokens = 0 } = result ?? {};
    return {
      tests: readTests(
        completions.map(({ text }) => text),
        problem,
        count,
      ),
      tokens: completions.reduce((sum, { tokens }) => sum + tokens, 0),
      prompts: { promptTokens, prefilledTokens },
    };
  }

  return {
    generate: (problem, count, seed, signal) => draw(undefined, problem, count, seed, signal),
    generateFor: (candidate, problem, count, seed, signal) => draw(candidate, problem, count, seed, signal),
  };
}
