import { describe, expect, it } from "vitest";
import type { TestCase } from "../../core/problem";
import { createRandom } from "../../core/rng";
import type { TestGenerator } from "../../ports/test-generator";
import { evaluate } from "../../puzzles/chain";
import { generatePuzzle, type Puzzle } from "../../puzzles/generator";
import { testOf } from "../../puzzles/inputs";
import { judgeTests, measureTests } from "./test-quality";

const puzzle = generatePuzzle("validation", "described", 0);
const LISTS = [
  [3, 8, 8, 1, 6],
  [9, 0, 4, 4],
];
const truth = LISTS.map((list) => testOf(puzzle.chain, list));
const lie: TestCase = { input: [[5, 2, 7, 7]], expected: "never" };
const judge = (tests: readonly TestCase[], asked = 2) =>
  judgeTests(puzzle, { tests, tokens: 7 }, asked, createRandom(1));

describe("judgeTests", () => {
  it("counts what is true of what was asked for, and wants each miss told apart by some test", () => {
    const all = judge(truth, 3);
    expect(all).toMatchObject({ asked: 3, written: 2, true: 2, tokens: 7 });
    expect(all.nearMisses).toBeGreaterThan(5);
    expect(all.killed).toBe(all.killedByInputs);
    expect(all.killed).toBeLessThanOrEqual(all.nearMisses);
  });

  it("sees that a false test kills every program, but not truly, nor by its input", () => {
    const { killed, nearMisses, trueKills, true: right } = judge([lie]);
    expect({ killed, trueKills, right }).toEqual({ killed: nearMisses, trueKills: 0, right: 0 });
  });

  it("gives an input that shows nothing no credit", () => {
    const empty = testOf(puzzle.chain, []);
    expect(judge([empty]).killedByInputs).toBeLessThan(judge(truth).killedByInputs);
  });

  it("takes any test of another form as one that is not true", () => {
    const foreign: readonly TestCase[] = [
      { assertion: "assert True" },
      { stdin: "1", stdout: "1" },
      { input: [["a"]], expected: 1 },
    ];
    expect(judge(foreign)).toMatchObject({ written: 3, true: 0, killed: 0 });
  });
});

describe("measureTests", () => {
  /** Right on every puzzle but each third, where its second test is false. */
  const generator: TestGenerator = {
    generate: async (problem) => {
      const index = Number(problem.id.split("-").at(-1));
      const { chain }: Puzzle = generatePuzzle("validation", "described", index);
      const tests = LISTS.map((list) => ({ input: [list], expected: evaluate(chain, list) as readonly number[] }));
      return {
        tests: index % 3 === 2 ? [...tests.slice(0, 1), lie] : tests,
        tokens: 10,
        proposals: { inputs: 4, malformed: 1, repeated: 1 },
      };
    },
  };

  async function measureAll() {
    const request = { generator, split: "validation", tier: "described", n: 9, testsPerPuzzle: 2, seed: 3 } as const;
    const stream = measureTests(request);
    let next = await stream.next();
    while (!next.done) next = await stream.next();
    return next.value;
  }

  it("sums puzzles up, with intervals over puzzles, and a set with a false test attacks truly nothing", async () => {
    const quality = await measureAll();
    expect(quality).toMatchObject({ puzzles: 9, tokensPerPuzzle: 10 });
    expect(quality.agreement).toMatchObject({ value: 15 / 18, n: 18 });
    expect(quality.malformed.value).toBe(0.25);
    const [low, high] = quality.agreement.ci95;
    expect(low).toBeGreaterThan(0.5);
    expect(low).toBeLessThan(15 / 18);
    expect(high).toBeLessThanOrEqual(1);
    expect(quality.trueAndAttacking.value).toBeLessThan(quality.attack.value);
    expect(await measureAll()).toEqual(quality);
  });
});
