import type { JsonValue, Problem, TestCase } from "../../core/problem";
import { totalCost } from "../../core/protocol/protocol";
import { executionPrompt, MARKERS, readTestInput, readTestOutput, testInputPrompt } from "../../core/protocol/tiny";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import type { GeneratedTests, Proposals, TestGenerator } from "../../ports/test-generator";

/** Inputs proposed for every test asked for: some come out malformed, or twice. */
export const OVERSAMPLING = 2;

export const MAX_INPUT_TOKENS = 24;
export const MAX_EXECUTION_TOKENS = 160;

/** Where outputs are voted on, they are drawn at this temperature. */
const VOTING_TEMPERATURE = 0.8;

/** Takes proposed inputs in until there are enough: those that are well-formed, none of the examples' and none of the others'. */
export class InputSieve {
  readonly inputs: JsonValue[] = [];
  readonly #known: Set<string>;
  #total = 0;
  #malformed = 0;
  #repeated = 0;

  /** @param count inputs that are enough. */
  constructor(
    problem: Problem,
    private readonly count: number,
  ) {
    this.#known = new Set(problem.visibleTests.map((test) => JSON.stringify("input" in test ? test.input : null)));
  }

  /** @param text the answer of the model that was asked for an input. */
  add(text: string): void {
    const input = readTestInput(text);
    this.#total++;
    const key = JSON.stringify([input]);
    if (input === undefined) this.#malformed++;
    else if (this.#known.has(key)) this.#repeated++;
    else if (this.inputs.length < this.count) this.inputs.push(input);
    this.#known.add(key);
  }

  get proposals(): Proposals {
    return { inputs: this.#total, malformed: this.#malformed, repeated: this.#repeated };
  }
}

/** The value that most of `values` are; among equals the first. Undefined when there is none. */
export function commonest(values: readonly JsonValue[]): JsonValue | undefined {
  const votes = new Map<string, number>();
  for (const value of values) votes.set(JSON.stringify(value), (votes.get(JSON.stringify(value)) ?? 0) + 1);
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best && (JSON.parse(best[0]) as JsonValue);
}

/**
 * The tiny model in its role as test-case generator (O1-CODER, section 3.1). Inputs are sampled at temperature 1, because at
 * 0 they collapse to repeated values; each is then executed, one operation a line, to its output: greedily, or with a vote.
 * @param votes executions that vote on an output; 1 is greedy.
 */
export function createTinyTestGenerator(policy: PolicyModel, votes = 1): TestGenerator {
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
    const sieve = new InputSieve(problem, count);
    const completions = results.flatMap((result) => result.completions);
    for (const { text } of completions) sieve.add(text);
    return { sieve, completions, prompts: totalCost(results) };
  }

  return {
    async generate(problem, count, seed, signal): Promise<GeneratedTests> {
      if (count === 0) return { tests: [], tokens: 0 };
      const { sieve, completions, prompts } = await proposeInputs(problem, count, seed, signal);
      const { inputs, proposals } = sieve;
      if (inputs.length === 0) return { tests: [], tokens: tokensOf(completions), prompts, proposals };
      const requests = inputs.map(
        (input): SampleRequest => ({
          prompt: executionPrompt(problem, input),
          count: votes,
          stop: [MARKERS.eos],
          maxTokens: MAX_EXECUTION_TOKENS,
          temperature: votes === 1 ? 0 : VOTING_TEMPERATURE,
          topK: 0,
          topP: 1,
          seed,
        }),
      );
      const results = await policy.sample(requests, signal);
      const tests = inputs.flatMap((input, index): readonly TestCase[] => {
        const outputs = results[index]?.completions.map(({ text }) => readTestOutput(text)) ?? [];
        const expected = commonest(outputs.filter((output) => output !== undefined));
        return expected === undefined ? [] : [{ input: [input], expected }];
      });
      const malformed = proposals.malformed + inputs.length - tests.length;
      return {
        tests,
        tokens: tokensOf([...completions, ...results.flatMap((result) => result.completions)]),
        prompts: totalCost([prompts, ...results]),
        proposals: { ...proposals, malformed },
      };
    },
  };
}

function tokensOf(completions: readonly { readonly tokens: number }[]): number {
  return completions.reduce((total, { tokens }) => total + tokens, 0);
}
