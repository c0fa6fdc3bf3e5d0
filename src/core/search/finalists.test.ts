import { describe, expect, it } from "vitest";
import type { JsonValue } from "../problem";
import type { TestVerdict } from "../verdict";
import { finalistsOf, rankFinalists, secondLook, supportOf, type Tried } from "./finalists";
import { CONFIG, runWorld, type World } from "./golden-fixture";

const path = (code: string) => `<define>A<end><code>${code}<end><eos>`;

function runOf(world: Omit<World, "says">, ...programs: readonly string[]) {
  const config = { ...CONFIG, strategy: "best-of-n", budget: { ...CONFIG.budget, numSimulations: programs.length } };
  return runWorld(config as typeof CONFIG, { says: { "": programs.map(path) }, ...world }).run;
}

const codes = (finalists: readonly { readonly code: string }[]) => finalists.map(({ code }) => code);

describe("a second look", () => {
  it("is for strategies that answer by tests, where it is wanted", () => {
    const look = (strategy: typeof CONFIG.strategy, answer: typeof CONFIG.answer) => secondLook({ strategy, answer });
    expect(look("best-of-n", "differing")).toBe("differing");
    expect(look("mcts", "scorer")).toBe("scorer");
    expect(look("mcts", "tests")).toBeNull();
    // These have rules of their own.
    for (const strategy of ["sample", "greedy", "majority", "beam"] as const) {
      expect(look(strategy, "differing")).toBeNull();
    }
  });

  it("is at programs that pass all given tests, each text once, the search's own choice first", () => {
    const run = runOf({ passes: { a: 2, b: 2, c: 1 } }, "a", "c", "b", "b");
    expect(run.ended?.answer?.code).toBe("b");
    expect(finalistsOf(run, "differing")).toMatchObject([
      { code: "b", draws: 2 },
      { code: "a", draws: 1 },
    ]);
  });

  it("is none where there is nothing to choose", () => {
    expect(finalistsOf(runOf({ passes: { a: 2 } }, "a", "a", "b"), "agreement")).toEqual([]);
    expect(finalistsOf(runOf({}, "a", "b"), "differing")).toEqual([]);
    expect(finalistsOf(runOf({}, "oops", "oops"), "scorer")).toEqual([]);
  });

  it("by the step scorer is at what has the highest reward, also where nothing passes", () => {
    const run = runOf({ passes: { a: 1, b: 1, c: 0 } }, "a", "b", "c");
    expect(codes(finalistsOf(run, "scorer"))).toEqual(["a", "b"]);
  });
});

describe("new tests", () => {
  /** Verdicts on tests that expect 0, by what came back. */
  const tried = (code: string, draws: number, ...results: readonly JsonValue[]): Tried => ({
    nodeId: 0,
    code,
    draws,
    verdicts: results.map(
      (got, index): TestVerdict => ({
        ...{ kind: "generated", index, verdict: got === 0 ? "passed" : "failed", expected: 0, got, ms: 1 },
      }),
    ),
  });

  it("speak where finalists differ, and say nothing where all do the same, right or wrong", () => {
    // Test 0: all right. Test 1: all wrong alike. Tests 2 and 3 tell them apart; on test 3 both are wrong.
    const all = [tried("a", 1, 0, 5, 7, 8), tried("b", 1, 0, 5, 0, 9)];
    expect(supportOf(all, "differing")).toEqual([0, 1]);
    expect(codes(rankFinalists(all, supportOf(all, "differing")))).toEqual(["b", "a"]);
  });

  it("leave the search's order where they do not tell", () => {
    const all = [tried("a", 1), tried("b", 9)];
    expect(rankFinalists(all, supportOf(all, "differing"))).toMatchObject([
      { code: "a", support: 0 },
      { code: "b", support: 0 },
    ]);
  });

  it("and programs vouch for one another by dual execution agreement", () => {
    // a and b pass the same one test, as 2 programs drawn 3 times: 3. c passes two tests alone, once: 2.
    const all = [tried("c", 1, 0, 0, 1), tried("a", 2, 1, 1, 0), tried("b", 1, 2, 2, 0)];
    expect(supportOf(all, "agreement")).toEqual([2, 3, 3]);
    expect(codes(rankFinalists(all, supportOf(all, "agreement")))).toEqual(["a", "b", "c"]);
    expect(codes(rankFinalists(all, supportOf(all, "differing")))).toEqual(["c", "a", "b"]);
  });
});
