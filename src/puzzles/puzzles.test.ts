import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type JsonValue, type ScoredProblem, TIERS } from "../core/problem";
import { createRandom } from "../core/rng";
import { agree, type Chain, chainKey, evaluate } from "./chain";
import { consistentFillings } from "./fillings";
import { buildNamedPuzzles, generatePuzzle, type Puzzle, sampleDraft } from "./generator";
import { MIN_HIDDEN_TESTS, sampleHardList, sampleReadableList } from "./inputs";
import { LIST_APPLICATIONS, nearMisses, parseChainKey, REDUCER_APPLICATIONS } from "./operations";
import { reasoningPath, renderSolution } from "./reasoning";
import { type Split, splitOf } from "./splits";

function run(code: string, input: readonly JsonValue[]): unknown {
  return new Function(`${code}\nreturn solve;`)()(...structuredClone(input));
}

function sample(split: Split, perTier: number): readonly Puzzle[] {
  return TIERS.flatMap((tier) => Array.from({ length: perTier }, (_, i) => generatePuzzle(split, tier, i)));
}

describe("operations", () => {
  it("do in JavaScript what they do in the world, empty and negative lists included", () => {
    const random = createRandom(1);
    const lists = [[], [0], [-1, -2, -2], ...Array.from({ length: 40 }, () => sampleHardList(random))];
    for (const application of [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS]) {
      const code = renderSolution([application]);
      for (const list of lists) expect(run(code, [list]), `${code}\non ${list}`).toEqual(evaluate([application], list));
    }
  });

  it("are named by keys that read back", () => {
    for (const key of ["even|add:3|sum", "take:2|reverse"]) expect(chainKey(parseChainKey(key))).toBe(key);
    expect(() => parseChainKey("evn")).toThrow('no operation "evn"');
  });
});

describe("generated puzzles", () => {
  const puzzles = sample("test", 60);

  it("have a reference solution that passes its own tests", () => {
    for (const { chain, problem, hiddenTests } of puzzles) {
      const code = renderSolution(chain);
      for (const test of [...problem.visibleTests, ...hiddenTests])
        expect(run(code, test.input)).toEqual(test.expected);
    }
  });

  it("hide at least eight tests, among them an empty list, repeated values and negatives", () => {
    for (const { hiddenTests, problem } of puzzles) {
      expect(hiddenTests.length).toBeGreaterThanOrEqual(MIN_HIDDEN_TESTS);
      if (problem.tier !== "two-hidden") expect(problem.visibleTests).toHaveLength(2);
      const inputs = hiddenTests.map((test) => test.input[0] as readonly number[]);
      expect(inputs.some((list) => list.length === 0)).toBe(true);
      expect(inputs.some((list) => new Set(list).size < list.length)).toBe(true);
      expect(inputs.some((list) => list.some((x) => x < 0))).toBe(true);
    }
  });

  it("hide tests that tell every near miss from the solution", () => {
    const random = createRandom(2);
    const probes = Array.from({ length: 200 }, () => sampleReadableList(random));
    let missed = 0;
    let total = 0;
    for (const { chain, hiddenTests } of puzzles) {
      const inputs = hiddenTests.map((test) => test.input[0] as readonly number[]);
      for (const miss of nearMisses(chain)) {
        if (probes.every((input) => agree(chain, miss, input))) continue;
        total++;
        if (inputs.every((input) => agree(chain, miss, input))) missed++;
      }
    }
    expect(total).toBeGreaterThan(1000);
    expect(missed / total).toBeLessThan(0.01);
  });

  it("keep what they were when a tier was added", () => {
    const keys = (["described", "hinted", "examples"] as const).map((tier) =>
      chainKey(generatePuzzle("test", tier, 7).chain),
    );
    expect(keys).toEqual(["multiply:2|below:4|alternate", "square|reverse|divisible:3", "even|multiply:2"]);
  });

  it("are determined by statement and examples where two things are hidden", () => {
    for (const { chain, hints, problem, hiddenTests } of puzzles.filter((each) => each.problem.tier === "two-hidden")) {
      const inputsOf = (tests: Puzzle["hiddenTests"]) => tests.map((test) => test.input[0] as readonly number[]);
      const visible = inputsOf(problem.visibleTests);
      expect(visible.length).toBeLessThanOrEqual(4);
      const fillings = consistentFillings(chain, hints, visible);
      expect(fillings.map(chainKey)).toContain(chainKey(chain));
      for (const filling of fillings) {
        for (const input of inputsOf(hiddenTests)) expect(evaluate(filling, input)).toEqual(evaluate(chain, input));
      }
    }
  });

  it("are the same for the same arguments and differ otherwise", () => {
    expect(generatePuzzle("test", "hinted", 7)).toEqual(generatePuzzle("test", "hinted", 7));
    expect(generatePuzzle("test", "hinted", 7).problem).not.toEqual(generatePuzzle("test", "hinted", 8).problem);
    expect(generatePuzzle("test", "hinted", 7).problem).not.toEqual(generatePuzzle("test", "hinted", 7, 1).problem);
  });

  it("say what their tier allows and no more", () => {
    for (const { chain, hints, problem } of puzzles) {
      const spoken = chain.map(({ operation, arg }) =>
        operation.phrases(arg).some((phrase) => problem.statement.toLowerCase().includes(phrase)),
      );
      if (problem.tier === "described") expect(spoken.every(Boolean), problem.statement).toBe(true);
      if (problem.tier === "hinted") expect(spoken[hints[0]?.index ?? -1], problem.statement).toBe(false);
      if (problem.tier === "two-hidden") {
        expect(hints).toHaveLength(2);
        expect(chain.filter(({ operation }) => operation.kind !== "reduce").length).toBeGreaterThanOrEqual(3);
        for (const { index } of hints) expect(spoken[index], problem.statement).toBe(false);
      }
      if (problem.tier === "examples") expect(problem.statement).toBe("Find the rule from the examples.");
    }
  });
});

describe("splits", () => {
  it("never share a composition, whatever the seed", () => {
    const random = createRandom(3);
    const keys = new Map<string, Split>();
    for (const split of ["train", "validation", "test"] as const) {
      for (let i = 0; i < 600; i++) {
        const { chain } = sampleDraft(split, random.pick(TIERS), random);
        expect(splitOf(chain)).toBe(split);
        expect(keys.get(chainKey(chain)) ?? split).toBe(split);
        keys.set(chainKey(chain), split);
      }
    }
  });

  it("keep every named puzzle out of training", () => {
    for (const { chain } of buildNamedPuzzles()) expect(splitOf(chain)).toBe("test");
  });
});

describe("reasoning paths", () => {
  it("have 4 to 7 steps and work the first example through to its answer", () => {
    const depths = new Set<number>();
    for (const { chain, problem } of sample("validation", 60)) {
      const test = problem.visibleTests[0];
      const path = reasoningPath(chain, test?.input[0] as readonly number[]);
      depths.add(path.length);
      expect(path[0]?.kind).toBe("define");
      expect(path.at(-1)?.kind).toBe("code");
      const last = path.at(-2)?.text.split(" -> ").at(-1);
      expect(JSON.parse(last ?? "")).toEqual(test?.expected);
    }
    expect([...depths].sort()).toEqual([4, 5, 6, 7]);
  });

  it("read as the pseudocode of a person", () => {
    const chain: Chain = parseChainKey("even|add:3|sum");
    expect(reasoningPath(chain, [4, 7, 2]).map((step) => step.text)).toEqual([
      "2 operations: filter, map; return a number",
      "1. keep the even ones: [4, 7, 2] -> [4, 2]",
      "2. add 3 to each: [4, 2] -> [7, 5]",
      "3. return the sum: [7, 5] -> 12",
      "function solve(xs) {\n  xs = xs.filter(x => x % 2 === 0);\n  xs = xs.map(x => x + 3);\n  return xs.reduce((a, b) => a + b, 0);\n}",
    ]);
  });
});

describe("named puzzles", () => {
  it("are served exactly as they are built, with ids of their own", () => {
    const file = new URL("../../public/puzzles/named.json", import.meta.url);
    const served = JSON.parse(readFileSync(file, "utf8")) as readonly ScoredProblem[];
    const built = buildNamedPuzzles();
    expect(served).toEqual(built.map(({ problem, hiddenTests }) => ({ problem, hiddenTests })));
    expect(new Set(built.map((puzzle) => puzzle.problem.id)).size).toBe(built.length);
    expect(built.length).toBeGreaterThanOrEqual(40);
  });
});
