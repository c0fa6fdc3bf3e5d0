import { describe, expect, it } from "vitest";
import { MCTS, outcomeOf, VANILLA } from "../../experiment/compare/compare-fixture";
import { listOutcomes, problemTitle } from "./outcomes";

const OUTCOMES = [
  outcomeOf(MCTS, "mbpp/10", true),
  outcomeOf(MCTS, "mbpp/2", true),
  outcomeOf(MCTS, "mbpp/3", false, { ended: "error" }),
  outcomeOf(MCTS, "mbpp/4", false),
  outcomeOf(MCTS, "mbpp/3", false),
  outcomeOf(MCTS, "mbpp/5", true, { ended: "stopped" }),
  outcomeOf(VANILLA, "mbpp/10", false),
  outcomeOf(VANILLA, "mbpp/2", true),
  outcomeOf(VANILLA, "mbpp/4", true),
];

const ids = (list: ReturnType<typeof listOutcomes>["all"]) => list.map(({ outcome }) => outcome.id);

describe("the problems of a row", () => {
  it("are listed once each, by number, the newest outcome counting", () => {
    const { all, solved, unsolved, errors } = listOutcomes(OUTCOMES, MCTS, null);
    expect(ids(all)).toEqual(["mbpp/2", "mbpp/3", "mbpp/4", "mbpp/10"]);
    expect(ids(solved)).toEqual(["mbpp/2", "mbpp/10"]);
    expect(ids(unsolved)).toEqual(["mbpp/3", "mbpp/4"]);
    expect(ids(errors)).toEqual([]);
  });

  it("are told apart by which of two rows solved them", () => {
    const { gained, lost, all } = listOutcomes(OUTCOMES, MCTS, VANILLA);
    expect(ids(gained)).toEqual(["mbpp/10"]);
    expect(ids(lost)).toEqual(["mbpp/4"]);
    expect(all.map(({ other }) => other?.solved ?? null)).toEqual([true, null, true, false]);
  });
});

describe("what a problem is called", () => {
  it.each([
    ["mbpp/2", "mbpp/2 · Share of two lists"],
    ["mbpp/3", "mbpp/3"],
    ["test-hinted-0", "Hinted 1"],
    ["test-two-hidden-3", "Two hidden 4"],
    ["test-examples-11", "Examples only 12"],
  ])("%s is %s", (id, title) => {
    expect(
      problemTitle(
        id,
        new Map([
          ["mbpp/2", "Share of two lists"],
          ["mbpp/3", "mbpp/3"],
        ]),
      ),
    ).toBe(title);
  });
});
