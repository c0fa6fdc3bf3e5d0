import { TIERS, type Tier } from "../core/problem";
import { createPlannedTestGenerator, PLAN_SEARCH } from "../engines/tiny/planned-test-generator";
import { createTinyTestGenerator } from "../engines/tiny/test-generator";
import { measureTests, type TestQuality, type TestQualityRequest } from "../experiment/evaluate/test-quality";
import type { PolicyModel, WeightsHolder } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";
import { drawnPairs, exchangedPairs, type TestPair } from "../training/data/test-pairs";

/** How the tiny model is asked for tests: one output for each input, a vote of five, or plans that the examples bear out; these too with a vote. */
export const TEST_METHODS = ["direct", "vote", "planned", "planned-vote"] as const;

export type TestMethod = (typeof TEST_METHODS)[number];

/** Whose tests are to be measured, and on what. */
export interface EvalTestsRequest extends Omit<TestQualityRequest, "generator" | "tier"> {
  readonly tier: Tier | "all";
  readonly method: TestMethod;
  /** `model.safetensors` in base64; without it, the shipped weights. */
  readonly weights?: string;
}

/** What they are worth. */
export interface EvalTestsReport {
  readonly tiers: Readonly<Partial<Record<Tier, TestQuality>>>;
  readonly method: TestMethod;
  readonly seed: number;
  /** Of the weights, as `ModelInfo` has it. */
  readonly weights: string | null;
  readonly backend: string;
  readonly wallMs: number;
}

const VOTES = 5;

function generatorOf(policy: PolicyModel, method: TestMethod): TestGenerator {
  if (method === "planned") return createPlannedTestGenerator(policy);
  if (method === "planned-vote") return createPlannedTestGenerator(policy, { ...PLAN_SEARCH, executions: VOTES });
  return createTinyTestGenerator(policy, method === "vote" ? VOTES : 1);
}

/** Preference pairs for DPO. */
export interface TestPairsRequest {
  /** Outputs exchanged between inputs, as in the paper, or what the model gets wrong. */
  readonly kind: TestPairKind;
  /** Training puzzles that are asked about. */
  readonly puzzles: number;
  readonly seed: number;
  /** As in {@link EvalTestsRequest}. */
  readonly weights?: string;
}

export const TEST_PAIR_KINDS = ["exchanged", "drawn"] as const;

type TestPairKind = (typeof TEST_PAIR_KINDS)[number];

/** Puzzles that are asked about at once. */
const PUZZLES_AT_ONCE = 16;

/** Pairs from training puzzles, in the order of the puzzles. @throws LabError as {@link evalTests}. */
export async function testPairs(
  model: PolicyModel & WeightsHolder,
  { kind, puzzles, seed, weights }: TestPairsRequest,
  say: (line: string) => void,
): Promise<readonly TestPair[]> {
  const numbers = [...Array(puzzles).keys()];
  if (kind === "exchanged") return numbers.flatMap((index) => exchangedPairs(seed, index));
  await loadWeights(model, weights);
  const pairs: TestPair[] = [];
  for (let from = 0; from < puzzles; from += PUZZLES_AT_ONCE) {
    const to = Math.min(puzzles, from + PUZZLES_AT_ONCE);
    pairs.push(...(await drawnPairs(model, seed, from, to)));
    say(`${to} of ${puzzles} puzzles, ${pairs.length} pairs`);
  }
  return pairs;
}

async function loadWeights(model: WeightsHolder, weights: string | undefined): Promise<void> {
  if (weights !== undefined) await model.loadWeights(Uint8Array.from(atob(weights), (byte) => byte.charCodeAt(0)));
}

/** Measures the tests of a tiny model. @throws LabError `model/*` when the weights are none of its own. */
export async function evalTests(
  model: PolicyModel & WeightsHolder,
  { method, weights, tier, ...request }: EvalTestsRequest,
  say: (line: string) => void,
): Promise<EvalTestsReport> {
  await loadWeights(model, weights);
  const begun = performance.now();
  const generator = generatorOf(model, method);
  const tiers: Partial<Record<Tier, TestQuality>> = {};
  for (const each of tier === "all" ? TIERS : [tier]) {
    tiers[each] = await measureAll({ ...request, tier: each, generator }, say);
  }
  const { weights: hash = null, backend } = model.info;
  return { tiers, method, seed: request.seed, weights: hash, backend, wallMs: performance.now() - begun };
}

async function measureAll(request: TestQualityRequest, say: (line: string) => void): Promise<TestQuality> {
  const stream = measureTests(request);
  let next = await stream.next();
  for (let done = 1; !next.done; done++, next = await stream.next()) {
    const { id, asked, written, true: right } = next.value;
    say(`${done} of ${request.n}: ${id} ${right} true of ${written} written, ${asked} asked`);
  }
  return next.value;
}
