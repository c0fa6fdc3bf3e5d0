import { TIERS, type Tier } from "../core/problem";
import { createPlannedTestGenerator } from "../engines/tiny/planned-test-generator";
import { createTinyTestGenerator } from "../engines/tiny/test-generator";
import { measureTests, type TestQuality, type TestQualityRequest } from "../experiment/evaluate/test-quality";
import type { PolicyModel, WeightsHolder } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";

/** How the tiny model is asked for tests: one output for each input, a vote of five, or plans that the examples bear out. */
export const TEST_METHODS = ["direct", "vote", "planned"] as const;

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
  return createTinyTestGenerator(policy, method === "vote" ? VOTES : 1);
}

/** Measures the tests of a tiny model. @throws LabError `model/*` when the weights are none of its own. */
export async function evalTests(
  model: PolicyModel & WeightsHolder,
  { method, weights, tier, ...request }: EvalTestsRequest,
  say: (line: string) => void,
): Promise<EvalTestsReport> {
  if (weights !== undefined) await model.loadWeights(Uint8Array.from(atob(weights), (byte) => byte.charCodeAt(0)));
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
