import { isCallTest, type JsonValue, type Problem, type TestCase } from "../../core/problem";
import { totalCost } from "../../core/protocol/protocol";
import { MARKERS, readTestOutput } from "../../core/protocol/tiny";
import { planExecutionPrompt, plannedInputPrompt, planPrompt, readPlan } from "../../core/protocol/tiny-tests";
import { deriveSeed } from "../../core/rng";
import type { PolicyModel, SampleRequest, SampleResult } from "../../ports/policy-model";
import type { GeneratedTests, TestGenerator } from "../../ports/test-generator";
import { commonest, InputSieve, MAX_EXECUTION_TOKENS, MAX_INPUT_TOKENS, OVERSAMPLING } from "./test-generator";

/** How long a plan is looked for. */
export interface PlanSearch {
  /** Plans drawn at once. */
  readonly plansPerRound: number;
  /** Rounds at most. */
  readonly rounds: number;
  /** Executions of a plan on an input, at least 1. One is greedy; several are drawn. */
  readonly executions: number;
}

export const PLAN_SEARCH: PlanSearch = { plansPerRound: 16, rounds: 4, executions: 1 };

/** Where a plan is executed several times on the same input. */
const EXECUTION_TEMPERATURE = 0.8;

const MAX_PLAN_TOKENS = 72;

/** A plan that is gone by, and how often it was drawn. */
interface Plan {
  readonly text: string;
  readonly draws: number;
}

/**
 * The test-case generator that looks before it answers (O1-CODER, section 3.1, with the model as its own interpreter):
 *
 * 1. It draws plans, the operations that it believes a problem to be made of, and executes each on the examples' inputs, out
 *    of sight of their outputs. A plan none of whose executions gives an example's output is wrong: it is slips in executing a
 *    right one that are common, not slips to the very output. It goes on until a plan is right or the rounds are over.
 * 2. It draws inputs at temperature 1, because at 0 they collapse to repeated values.
 * 3. It executes the plans on them. All executions vote on the output, each as often as its plan was drawn.
 *
 * When no plan is right, either all are wrong or the model executes none of them without a mistake. If more than half of all
 * draws were the same plan, that one is gone by; else it writes no tests, which would be guesses.
 */
export function createPlannedTestGenerator(policy: PolicyModel, search: PlanSearch = PLAN_SEARCH): TestGenerator {
  return {
    async generate(problem, count, seed, signal): Promise<GeneratedTests> {
      if (count === 0) return { tests: [], tokens: 0 };
      const session = new Session(policy, signal);
      const plans = await findPlans(session, problem, search, seed);
      const { inputs, proposals } = await drawInputs(session, problem, plans, count, seed);
      const outputs = await executeAll(session, plans, inputs, search.executions, seed);
      const tests = inputs.flatMap((input, index): readonly TestCase[] => {
        const expected = vote(plans, outputs[index] ?? []);
        return expected === undefined ? [] : [{ input: [input], expected }];
      });
      const malformed = proposals.malformed + inputs.length - tests.length;
      return { tests, ...session.cost, proposals: { ...proposals, malformed } };
    },
  };
}

/** Requests of one problem, and what they came to. */
class Session {
  #results: readonly SampleResult[] = [];

  constructor(
    private readonly policy: PolicyModel,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async sample(requests: readonly Omit<SampleRequest, "topK" | "topP">[]): Promise<readonly SampleResult[]> {
    if (requests.length === 0) return [];
    const whole = requests.map((request): SampleRequest => ({ ...request, topK: 0, topP: 1 }));
    const results = await this.policy.sample(whole, this.signal);
    this.#results = [...this.#results, ...results];
    return results;
  }

  get cost() {
    const completions = this.#results.flatMap((result) => result.completions);
    const tokens = completions.reduce((sum, completion) => sum + completion.tokens, 0);
    return { tokens, prompts: totalCost(this.#results) };
  }
}

/** Step 1: the plans of the first round in which any is right; else the one that the model is sure of, if it is of any. */
async function findPlans(
  session: Session,
  problem: Problem,
  { plansPerRound, rounds, executions }: PlanSearch,
  seed: number,
): Promise<readonly Plan[]> {
  const draws = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const drawn = await drawPlans(session, problem, plansPerRound, deriveSeed("plans", seed, round));
    const fresh = [...drawn.keys()].filter((plan) => !draws.has(plan));
    for (const [plan, count] of drawn) draws.set(plan, (draws.get(plan) ?? 0) + count);
    const right = await checkPlans(session, problem, fresh, executions, seed);
    if (right.length > 0) return right.map((text) => ({ text, draws: drawn.get(text) ?? 0 }));
  }
  const sure = [...draws].filter(([, count]) => count > (plansPerRound * rounds) / 2);
  return sure.map(([text, count]) => ({ text, draws: count }));
}

/** Distinct well-formed plans, and how often each was drawn. */
async function drawPlans(session: Session, problem: Problem, count: number, seed: number) {
  const prompt = planPrompt(problem);
  const [result] = await session.sample([
    { prompt, count, stop: [MARKERS.end], maxTokens: MAX_PLAN_TOKENS, temperature: 1, seed },
  ]);
  const draws = new Map<string, number>();
  for (const { text } of result?.completions ?? []) {
    const plan = readPlan(text);
    if (plan !== undefined) draws.set(plan, (draws.get(plan) ?? 0) + 1);
  }
  return draws;
}

/** Those that give the examples' outputs, one example after the other: most wrong plans fail on the first. */
async function checkPlans(
  session: Session,
  problem: Problem,
  plans: readonly string[],
  executions: number,
  seed: number,
): Promise<readonly string[]> {
  let right = plans;
  for (const test of problem.visibleTests) {
    const input = isCallTest(test) && test.input.length === 1 ? test.input[0] : undefined;
    if (input === undefined || !isCallTest(test)) continue;
    const pairs = right.map((plan) => [plan, input] as const);
    const outputs = await execute(session, pairs, executions, seed);
    right = right.filter((_, index) => outputs[index]?.some((output) => isSame(output, test.expected)));
  }
  return right;
}

/** Executes plans on inputs; the outputs of each pair's executions. */
async function execute(
  session: Session,
  pairs: readonly (readonly [plan: string, input: JsonValue])[],
  executions: number,
  seed: number,
): Promise<readonly (readonly (JsonValue | undefined)[])[]> {
  const results = await session.sample(
    pairs.map(([plan, input], index) => ({
      prompt: planExecutionPrompt(plan, input),
      count: executions,
      stop: [MARKERS.eos],
      maxTokens: MAX_EXECUTION_TOKENS,
      temperature: executions === 1 ? 0 : EXECUTION_TEMPERATURE,
      seed: deriveSeed("executions", seed, index),
    })),
  );
  return results.map(({ completions }) => completions.map(({ text }) => readTestOutput(text)));
}

/** Step 2: distinct inputs that are none of the examples', for the plan that was drawn most. */
async function drawInputs(
  session: Session,
  problem: Problem,
  plans: readonly Plan[],
  count: number,
  seed: number,
): Promise<InputSieve> {
  const sieve = new InputSieve(problem, count);
  const [likeliest] = [...plans].sort((a, b) => b.draws - a.draws);
  if (!likeliest) return sieve;
  const prompt = plannedInputPrompt(problem, likeliest.text);
  const [result] = await session.sample([
    {
      ...{ prompt, count: count * OVERSAMPLING, stop: [MARKERS.end], maxTokens: MAX_INPUT_TOKENS },
      ...{ temperature: 1, seed: deriveSeed("tests", seed) },
    },
  ]);
  for (const { text } of result?.completions ?? []) sieve.add(text);
  return sieve;
}

/** Step 3: for each input, what the executions of each plan give. */
async function executeAll(
  session: Session,
  plans: readonly Plan[],
  inputs: readonly JsonValue[],
  executions: number,
  seed: number,
) {
  const pairs = inputs.flatMap((input) => plans.map(({ text }) => [text, input] as const));
  const outputs = await execute(session, pairs, executions, seed);
  return inputs.map((_, index) => outputs.slice(index * plans.length, (index + 1) * plans.length));
}

/** The output that most draws stand behind; among equals the first. */
function vote(plans: readonly Plan[], outputs: readonly (readonly (JsonValue | undefined)[])[]): JsonValue | undefined {
  const votes = outputs.flatMap((executions, index) =>
    executions
      .filter((output) => output !== undefined)
      .flatMap((output) => Array.from({ length: plans[index]?.draws ?? 0 }, () => output)),
  );
  return commonest(votes);
}

function isSame(a: JsonValue | undefined, b: JsonValue): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
