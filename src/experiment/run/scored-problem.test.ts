import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { ScoredProblem } from "../../core/problem";
import type { CustomProblem } from "../spec/spec";
import { type ProblemShelves, scoredProblemOf } from "./scored-problem";

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

const shelves: ProblemShelves = {
  named: () => Promise.resolve([]),
  imported: (collection, id) =>
    collection === "mbpp" && id === "mbpp/11"
      ? Promise.resolve(mbpp11)
      : Promise.reject(new LabError("input/unknown-collection", `There is no ${collection}.`)),
};

describe("scoredProblemOf", () => {
  it("takes a problem of one's own, and keeps its hidden tests apart", async () => {
    const { problem, hiddenTests } = await scoredProblemOf(custom, shelves);
    expect(hiddenTests).toEqual(custom.hiddenTests);
    expect(problem).toMatchObject({ language: "python", entryPoint: "double" });
    expect(problem).not.toHaveProperty("hiddenTests");
  });

  it("takes an imported problem, without the programs that solve it", async () => {
    const found = await scoredProblemOf({ source: "imported", collection: "mbpp", id: "mbpp/11" }, shelves);
    expect(found).toEqual({ problem: mbpp11.problem, hiddenTests: mbpp11.hiddenTests });
  });

  it("refuses what does not exist", async () => {
    const nowhere = scoredProblemOf({ source: "named", id: "nowhere" }, shelves);
    await expect(nowhere).rejects.toMatchObject({ code: "input/unknown-problem" });
    const unheard = scoredProblemOf({ source: "imported", collection: "apps", id: "1" }, shelves);
    await expect(unheard).rejects.toMatchObject({ code: "input/unknown-collection" });
  });
});
