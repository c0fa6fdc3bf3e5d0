import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { ScoredProblem } from "../../core/problem";
import { generatePuzzle } from "../../puzzles/generator";
import { type CustomProblem, puzzleRefOf } from "./problem-ref";
import { type ProblemShelves, resolveProblem } from "./problem-shelves";

const custom: CustomProblem = {
  source: "custom",
  title: "Twice",
  statement: "Double it.",
  entryPoint: "double",
  language: "python",
  visibleTests: [{ input: [2], expected: 4 }],
  hiddenTests: [{ input: [3], expected: 6 }],
};

const mbpp11: ScoredProblem & { readonly references: readonly string[] } = {
  problem: {
    id: "mbpp/11",
    title: "Remove",
    statement: "Remove it.",
    language: "python",
    entryPoint: "remove",
    visibleTests: [],
  },
  hiddenTests: [{ assertion: "assert remove(1) == 1" }],
  references: ["def remove(x): return x"],
};

const shelves: ProblemShelves<ScoredProblem> = {
  named: () => Promise.resolve(undefined),
  generated: async ({ split, tier, index, seed }) => generatePuzzle(split, tier, index, seed),
  own: (problem) => problem,
  imported: (collection, id) =>
    collection === "mbpp" && id === "mbpp/11"
      ? Promise.resolve(mbpp11)
      : Promise.reject(new LabError("input/unknown-collection", `There is no ${collection}.`)),
};

describe("a problem that a reference names", () => {
  it("takes a problem of one's own, and keeps its hidden tests apart", async () => {
    const { problem, hiddenTests } = await resolveProblem(custom, shelves);
    expect(hiddenTests).toEqual(custom.hiddenTests);
    expect(problem).toMatchObject({ language: "python", entryPoint: "double" });
    expect(problem).not.toHaveProperty("hiddenTests");
  });

  it("takes an imported problem, and a generated one", async () => {
    const imported = resolveProblem({ source: "imported", collection: "mbpp", id: "mbpp/11" }, shelves);
    expect(await imported).toBe(mbpp11);
    const ref = { source: "generated", split: "test", tier: "hinted", index: 3, seed: 7 } as const;
    expect((await resolveProblem(ref, shelves)).problem.id).toBe("test-hinted-3-s7");
  });

  it("refuses what does not exist", async () => {
    const nowhere = resolveProblem({ source: "named", id: "nowhere" }, shelves);
    await expect(nowhere).rejects.toMatchObject({ code: "input/unknown-problem" });
    const unheard = resolveProblem({ source: "imported", collection: "apps", id: "1" }, shelves);
    await expect(unheard).rejects.toMatchObject({ code: "input/unknown-collection" });
  });
});

describe("the id of a generated puzzle", () => {
  it("names that puzzle", () => {
    for (const [tier, index, seed] of [
      ["described", 0, 0],
      ["hinted", 12, 7],
      ["two-hidden", 3, 0],
      ["examples", 999_999, 0],
    ] as const) {
      const { problem } = generatePuzzle("validation", tier, index, seed);
      expect(puzzleRefOf(problem.id)).toEqual({ source: "generated", split: "validation", tier, index, seed });
    }
  });

  it.each([
    "",
    "test-hinted",
    "train-hinted-1",
    "test-hinted-99999999",
    "test-hinted-1-s",
    "x test-hinted-1",
    "even-steven",
  ])("is not %j", (id) => {
    expect(puzzleRefOf(id)).toBeNull();
  });
});
