import type { JsonValue, Problem, TestCase } from "../../core/problem";
import { totalCost } from "../../core/protocol/protocol";
import { executionPrompt, MARKERS, readTestInput, readTestOutput, testInputPrompt } from "../../core/protocol/tiny";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../../ports/test-generator";

/** Inputs proposed for every test asked for: some come out malformed, or twice. */
const OVERSAMPLING = 2;

const MAX_INPUT_TOKENS = 24;
const MAX_EXECUTION_TOKENS = 160;

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * The tiny model in its role as test-case generator (O1-CODER, section 3.1). Inputs are sampled at temperature 1, because at
 * 0 they collapse to repeated values; each is then executed greedily, one operation a line, to its output.
 */
export function createTinyTestGenerator(policy: PolicyModel): TestGenerator {
  async function proposeInputs(problem: Problem, count: number, seed: number, signal?: AbortSignal) {
    const request: SampleRequest = {
      prompt: testInputPrompt(problem),
      count: count * OVERSAMPLING,
      stop: [MARKERS.end],
      maxTokens: MAX_INPUT_TOKENS,
      temperature: 1,
      topK: 0,
      topP: 1,
      seed: deriveSeed("tests", seed),
    };
    const results = await policy.sample([request], signal);
    const completions = results.flatMap((result) => result.completions);
    const known = new Set(problem.visibleTests.map((test) => JSON.stringify("input" in test ? test.input : null)));
    const inputs: JsonValue[] = [];
    for (const { text } of completions) {
      const input = readTestInput(text);
      if (input === undefined || inputs.length === count) continue;
      const key = JSON.stringify([input]);
      if (known.has(key)) continue;
      known.add(key);
      inputs.push(input);
    }
    const tokens = sum(completions.map((completion) => completion.tokens));
    return { inputs, tokens, prompts: totalCost(results) };
  }

  return {
    async generate(problem, count, seed, signal): Promise<GeneratedTests> {
      if (count === 0) return { tests: [], tokens: 0 };
      const { inputs, tokens, prompts } = await proposeInputs(problem, count, seed, signal);
      if (inputs.length === 0) return { tests: [], tokens, prompts };
      const requests = inputs.map(
        (input): SampleRequest => ({
          prompt: executionPrompt(problem, input),
          count: 1,
          stop: [MARKERS.eos],
          maxTokens: MAX_EXECUTION_TOKENS,
          temperature: 0,
          topK: 0,
          topP: 1,
          seed,
        }),
      );
      const results = await policy.sample(requests, signal);
      const executions = results.map((result) => result.completions[0]);
      const tests = inputs.flatMap((input, index): readonly TestCase[] => {
        const expected = readTestOutput(executions[index]?.text ?? "");
        return expected === undefined ? [] : [{ input: [input], expected }];
      });
      return {
        tests,
        tokens: tokens + sum(executions.map((execution) => execution?.tokens ?? 0)),
        prompts: totalCost([prompts, ...results]),
      };
    },
  };
}
