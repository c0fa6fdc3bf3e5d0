/**
 * How good a test-case generator is (O1-CODER, section 3.1), on puzzles whose true outputs are known. True tests are not
 * enough, since `[] -> []` is one: a set of tests is for telling wrong programs from right ones (UTGen, arXiv 2502.01619).
 */
import { isCallTest, type TestCase, type Tier } from "../../core/problem";
import { createRandom, deriveSeed, type Random } from "../../core/rng";
import { bootstrapRatio, type Proportion } from "../../core/stats";
import type { GeneratedTests, Proposals, TestGenerator } from "../../ports/test-generator";
import { agree, type Chain, evaluate } from "../../puzzles/chain";
import { generatePuzzle, type Puzzle } from "../../puzzles/generator";
import { sampleHardList, sampleReadableList } from "../../puzzles/inputs";
import { nearMisses } from "../../puzzles/operations";

/** Inputs on which a near miss has to differ somewhere, or it is no other program. */
const PROBES = 60;

/** Which generator is asked for what. */
export interface TestQualityRequest {
  readonly generator: TestGenerator;
  readonly split: "validation" | "test";
  readonly tier: Tier;
  /** The first n puzzles of the split and tier. */
  readonly n: number;
  /** Tests asked for a puzzle. */
  readonly testsPerPuzzle: number;
  readonly seed: number;
}

/** What the tests of one puzzle are worth. */
export interface PuzzleTests {
  readonly id: string;
  readonly asked: number;
  readonly written: number;
  readonly true: number;
  readonly proposals: Proposals;
  /** Near misses of the solution: programs with one operation or argument changed that differ from it somewhere. */
  readonly nearMisses: number;
  /** Those that fail one of the tests, be it true or not. */
  readonly killed: number;
  /** Pairs of a true test and a near miss that fails it. */
  readonly trueKills: number;
  /** Those that would fail if the tests had their true outputs: how well the inputs are chosen. */
  readonly killedByInputs: number;
  /** Those that fail one of as many tests with random inputs and true outputs. */
  readonly killedByRandom: number;
  /** Sampled tokens. */
  readonly tokens: number;
}

/** The figures of many puzzles, each with a 95 % interval over puzzles. */
export interface TestQuality {
  readonly puzzles: number;
  /** Tests that are well-formed and true, of all that were asked for (the paper's figure). */
  readonly agreement: Proportion;
  /** True tests, of those that were written: a generator may keep back what it is not sure of. */
  readonly precision: Proportion;
  /** Of the proposed inputs. */
  readonly malformed: Proportion;
  /** Of the proposed inputs. */
  readonly repeated: Proportion;
  /** Near misses that the set kills, be its tests true or not. */
  readonly attack: Proportion;
  /** Near misses that are killed by a set whose tests are all true: those of any other set count as alive. */
  readonly trueAndAttacking: Proportion;
  /** Near misses that a single test kills and is true at that; unlike the figures of whole sets it does not saturate. */
  readonly trueAndAttackingPerTest: Proportion;
  /** Near misses that the set's inputs would kill, had they true outputs. */
  readonly attackOfInputs: Proportion;
  /** Near misses that as many random inputs with true outputs kill. */
  readonly attackOfRandomInputs: Proportion;
  readonly tokensPerPuzzle: number;
}

/** Measures a generator. Yields each puzzle as it is done; the figures are a function of the seed. */
export async function* measureTests(request: TestQualityRequest): AsyncGenerator<PuzzleTests, TestQuality> {
  const { generator, split, tier, n, testsPerPuzzle, seed } = request;
  const measured: PuzzleTests[] = [];
  for (let index = 0; index < n; index++) {
    const puzzle = generatePuzzle(split, tier, index);
    const testsSeed = deriveSeed("test-quality", seed, index);
    const generated = await generator.generate(puzzle.problem, testsPerPuzzle, testsSeed);
    const outcome = judgeTests(puzzle, generated, testsPerPuzzle, createRandom(deriveSeed("probes", testsSeed)));
    measured.push(outcome);
    yield outcome;
  }
  return summarize(measured, seed);
}

/** Compares tests with what the puzzle's chain gives. `random` draws probes and the random tests they are compared with. */
export function judgeTests(
  { chain, problem }: Puzzle,
  { tests, tokens, proposals }: GeneratedTests,
  asked: number,
  random: Random,
): PuzzleTests {
  const calls = tests.flatMap(readTest);
  const misses = tellableMisses(chain, random);
  const inputs = calls.map(({ input }) => input);
  const randomInputs = Array.from({ length: asked }, () => sampleReadableList(random));
  return {
    id: problem.id,
    asked,
    written: tests.length,
    true: calls.filter(({ input, expected }) => isTrue(chain, input, expected)).length,
    proposals: proposals ?? { inputs: tests.length, malformed: 0, repeated: 0 },
    nearMisses: misses.length,
    killed: misses.filter((miss) => calls.some(({ input, expected }) => !isTrue(miss, input, expected))).length,
    trueKills: calls
      .filter(({ input, expected }) => isTrue(chain, input, expected))
      .reduce((sum, { input }) => sum + misses.filter((miss) => !agree(chain, miss, input)).length, 0),
    killedByInputs: misses.filter((miss) => inputs.some((input) => !agree(chain, miss, input))).length,
    killedByRandom: misses.filter((miss) => randomInputs.some((input) => !agree(chain, miss, input))).length,
    tokens,
  };
}

interface ListCall {
  readonly input: readonly number[];
  readonly expected: unknown;
}

/** A test as a call with a list of numbers; none for any other test. */
function readTest(test: TestCase): readonly ListCall[] {
  if (!isCallTest(test)) return [];
  const [input] = test.input;
  const isList = Array.isArray(input) && input.every((x) => typeof x === "number");
  return isList ? [{ input: input as readonly number[], expected: test.expected }] : [];
}

function isTrue(chain: Chain, input: readonly number[], expected: unknown): boolean {
  return JSON.stringify(evaluate(chain, input)) === JSON.stringify(expected);
}

function tellableMisses(chain: Chain, random: Random): readonly Chain[] {
  const probes = Array.from({ length: PROBES }, (_, i) =>
    i % 2 === 0 ? sampleReadableList(random) : sampleHardList(random),
  );
  return nearMisses(chain).filter((miss) => probes.some((input) => !agree(chain, miss, input)));
}

function summarize(measured: readonly PuzzleTests[], seed: number): TestQuality {
  const ratio = (hits: (each: PuzzleTests) => number, total: (each: PuzzleTests) => number): Proportion =>
    bootstrapRatio(
      measured.map((each) => ({ hits: hits(each), total: total(each) })),
      deriveSeed("bootstrap", seed),
    );
  const ofProposals = (count: (proposals: Proposals) => number) =>
    ratio(
      ({ proposals }) => count(proposals),
      ({ proposals }) => proposals.inputs,
    );
  const ofMisses = (count: (each: PuzzleTests) => number) => ratio(count, ({ nearMisses }) => nearMisses);
  const isSound = (each: PuzzleTests) => each.true === each.written;
  const tokens = measured.reduce((sum, each) => sum + each.tokens, 0);
  return {
    puzzles: measured.length,
    agreement: ratio(
      (each) => each.true,
      (each) => each.asked,
    ),
    precision: ratio(
      (each) => each.true,
      (each) => each.written,
    ),
    malformed: ofProposals(({ malformed }) => malformed),
    repeated: ofProposals(({ repeated }) => repeated),
    attack: ofMisses(({ killed }) => killed),
    trueAndAttacking: ofMisses((each) => (isSound(each) ? each.killed : 0)),
    trueAndAttackingPerTest: ratio(
      (each) => each.trueKills,
      (each) => each.asked * each.nearMisses,
    ),
    attackOfInputs: ofMisses(({ killedByInputs }) => killedByInputs),
    attackOfRandomInputs: ofMisses(({ killedByRandom }) => killedByRandom),
    tokensPerPuzzle: measured.length === 0 ? 0 : tokens / measured.length,
  };
}
