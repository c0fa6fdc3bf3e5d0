import { describe, expect, it } from "vitest";
import { MCTS, outcomeOf } from "./compare-fixture";
import { solveCurve } from "./curve";

const pass = (tokens: number, ms: number, solved = true) => ({ firstPass: { tokens, ms, solved } });

describe("the curve of a cell", () => {
  it("rises where a program first passes, if the hidden tests think so too", () => {
    const curve = solveCurve([
      outcomeOf(MCTS, "a", true, { tokens: 300, ...pass(120, 900) }),
      outcomeOf(MCTS, "b", true, { tokens: 400, ...pass(400, 2500) }),
      outcomeOf(MCTS, "c", false, { tokens: 200, ...pass(50, 300, false) }),
      outcomeOf(MCTS, "d", false, { tokens: 1000 }),
    ]);
    expect(curve?.tokens.map(({ at, solved }) => [at, solved.value])).toEqual([
      [0, 0],
      [120, 0.25],
      [400, 0.5],
    ]);
    // Wilson for 1 of 4.
    expect(curve?.tokens[1]?.solved.ci95[0]).toBeCloseTo(0.0456, 4);
    // Each run took 5 s of wall time, but 2 s of its cell's: others went on beside it.
    expect(curve?.seconds.map(({ at }) => at)).toEqual([0, 0.36, 1]);
  });

  it("corrects itself at the end of a run that went on behind a pass", () => {
    const curve = solveCurve([
      outcomeOf(MCTS, "a", true, { tokens: 700, ...pass(100, 1, false) }),
      outcomeOf(MCTS, "b", false, { tokens: 700, ...pass(100, 1) }),
      outcomeOf(MCTS, "c", true, { tokens: 500 }),
    ]);
    expect(curve?.tokens.map(({ at, solved }) => [at, Math.round(3 * solved.value)])).toEqual([
      [0, 0],
      [100, 1],
      [500, 2],
      [700, 2],
    ]);
  });

  it("is not known of comparisons that noted no passes, nor before anything is done", () => {
    const { firstPass: _, ...old } = outcomeOf(MCTS, "a", true);
    expect(solveCurve([old, outcomeOf(MCTS, "b", true)])).toBeNull();
    expect(solveCurve([])).toBeNull();
  });
});
