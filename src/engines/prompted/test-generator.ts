import type { Problem } from "../../core/problem";
import { END } from "../../core/protocol/chat/templates";
import { readTests, testPrompt, wholeTests } from "../../core/protocol/chat/tests";
import { type SampleRequest, type SampleResult, totalCost } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel } from "../../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../../ports/test-generator";

/** Tests proposed for every test asked for, at most: some come out malformed, twice, or with results that others outvote. */
const OVERSAMPLING = 2;

/** Tests asked for in one answer: with more, small models begin to repeat themselves. */
const TESTS_PER_ANSWER = 5;

const MAX_TOKENS_PER_CALL = 64;
const MAX_TOKENS_PER_RUN = 160;

/** As in CodeT (Chen et al. 2023). */
const TEMPERATURE = 0.8;
const TOP_P = 0.95;

/**
 * A chat model in the role of test-case generator (O1-CODER, section 3.1), by prompt alone. As many answers are drawn as the tests that are
 * wanted need, and more only while some of those lack, malformed or drawn before; where answers give one input different results, the
 * commonest stands.
 */
export function createPromptedTestGenerator(policy: PolicyModel): TestGenerator {
  return {
    async generate(problem, count, seed, signal): Promise<GeneratedTests> {
      const perAnswer = Math.min(count, TESTS_PER_ANSWER);
      const mostAnswers = count === 0 ? 0 : Math.ceil((count * OVERSAMPLING) / perAnswer);
      const results: SampleResult[] = [];
      const answers = () => results.flatMap(({ completions }) => completions);
      const tests = () =>
        readTests(
          answers().map((answer) => wholeTests(answer, problem)),
          problem,
          count,
        );
      while (answers().length < mostAnswers && tests().length < count) {
        const lacking = Math.ceil((count - tests().length) / perAnswer);
        const wanted = Math.min(lacking, mostAnswers - answers().length);
        const [result] = await policy.sample(
          [requestFor(problem, perAnswer, wanted, deriveSeed("tests", seed, results.length))],
          signal,
        );
        if (result === undefined || result.completions.length === 0) break;
        results.push(result);
      }
      const tokens = answers().reduce((sum, answer) => sum + answer.tokens, 0);
      return { tests: tests(), tokens, ...(results.length === 0 ? {} : { prompts: totalCost(results) }) };
    },
  };
}

function requestFor(problem: Problem, perAnswer: number, count: number, seed: number): SampleRequest {
  return {
    prompt: testPrompt(problem, perAnswer),
    count,
    stop: [END],
    maxTokens: perAnswer * (problem.entryPoint === null ? MAX_TOKENS_PER_RUN : MAX_TOKENS_PER_CALL),
    temperature: TEMPERATURE,
    topK: 0,
    topP: TOP_P,
    seed,
  };
}
