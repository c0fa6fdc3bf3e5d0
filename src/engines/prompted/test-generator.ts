import { END } from "../../core/protocol/chat/templates";
import { readTests, testPrompt } from "../../core/protocol/chat/tests";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel } from "../../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../../ports/test-generator";

/** Tests proposed for every test asked for: some come out malformed, twice, or with results that others outvote. */
const OVERSAMPLING = 2;

/** Tests asked for in one answer: with more, small models begin to repeat themselves. */
const TESTS_PER_ANSWER = 5;

const MAX_TOKENS_PER_CALL = 64;
const MAX_TOKENS_PER_RUN = 160;

/** As in CodeT (Chen et al. 2023). */
const TEMPERATURE = 0.8;
const TOP_P = 0.95;

/**
 * A chat model in the role of test-case generator (O1-CODER, section 3.1), by prompt alone. Several answers are drawn; where they give
 * one input different results, the commonest stands.
 */
export function createPromptedTestGenerator(policy: PolicyModel): TestGenerator {
  return {
    async generate(problem, count, seed, signal): Promise<GeneratedTests> {
      if (count === 0) return { tests: [], tokens: 0 };
      const perAnswer = Math.min(count * OVERSAMPLING, TESTS_PER_ANSWER);
      const request = {
        prompt: testPrompt(problem, perAnswer),
        count: Math.ceil((count * OVERSAMPLING) / perAnswer),
        stop: [END],
        maxTokens: perAnswer * (problem.entryPoint === null ? MAX_TOKENS_PER_RUN : MAX_TOKENS_PER_CALL),
        temperature: TEMPERATURE,
        topK: 0,
        topP: TOP_P,
        seed: deriveSeed("tests", seed),
      };
      const [result] = await policy.sample([request], signal);
      const completions = result?.completions ?? [];
      const { promptTokens = 0, prefilledTokens = 0 } = result ?? {};
      const texts = completions.map(({ text }) => text);
      return {
        tests: readTests(texts, problem, count),
        tokens: completions.reduce((sum, { tokens }) => sum + tokens, 0),
        prompts: { promptTokens, prefilledTokens },
      };
    },
  };
}
