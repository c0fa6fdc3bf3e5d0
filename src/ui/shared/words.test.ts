import { describe, expect, it } from "vitest";
import type { EndReason, SecondLook } from "../../core/run/events";
import { initialState, replay } from "../../core/run/fold";
import type { RunState } from "../../core/run/tree";
import type { TestVerdict } from "../../core/verdict";
import { PRESETS } from "../../experiment/spec/presets";
import { FOREIGN_RUN } from "../../testing/foreign-run";
import { environmentNote, qualifiedVerdict } from "./words";

const PASSED: TestVerdict = { kind: "hidden", index: 0, verdict: "passed", expected: 1, got: 1, ms: 1 };
const FAILED: TestVerdict = { kind: "hidden", index: 1, verdict: "failed", expected: 1, got: 2, ms: 1 };

function over(reason: EndReason, simulations: number, verdicts: readonly TestVerdict[]): RunState {
  const config = PRESETS["mcts-tiny"];
  const solved = verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === "passed");
  return {
    ...initialState(),
    config: { ...config, budget: { ...config.budget, numSimulations: 15 } },
    simulations,
    ended: { reason, answer: null },
    hidden: { solved, tests: [], verdicts },
  };
}

describe("qualifiedVerdict", () => {
  it.each([
    ["budget", 15, [PASSED], "Solved: all hidden tests pass."],
    ["stopped", 6, [PASSED], "Stopped after 6 simulations. Solved: all hidden tests pass."],
    ["stopped", 1, [], "Stopped after 1 simulation. Not solved: no program was found."],
    [
      "exhausted",
      5,
      [PASSED, FAILED],
      "Nothing new left to try after 5 of 15 simulations. Not solved: 1 of 2 hidden tests pass.",
    ],
    [
      "budget",
      7,
      [FAILED],
      "Token or time budget spent after 7 of 15 simulations. Not solved: 0 of 1 hidden tests pass.",
    ],
  ] as const)("says why a run ended: %s after %i", (reason, simulations, verdicts, sentence) => {
    expect(qualifiedVerdict(over(reason, simulations, verdicts), "ended")).toBe(sentence);
  });

  it("does not count simulations against a bound when it was the tokens that ran out", () => {
    const run = over("budget", 7, [PASSED]);
    const config = run.config && { ...run.config, budget: { ...run.config.budget, maxTokens: 600 } };
    const spent = { ...run, config, tokens: { ...run.tokens, sampled: 603 } };
    expect(qualifiedVerdict(spent, "ended")).toBe(
      "Token budget spent after 7 simulations. Solved: all hidden tests pass.",
    );
  });

  it("says of another system's run what is known of it", () => {
    const state = replay(FOREIGN_RUN.events);
    expect(qualifiedVerdict(state, "ended")).toBe("Which tests the answer passes is not known.");
    const hidden = { solved: true, tests: [], verdicts: [] };
    expect(qualifiedVerdict({ ...state, hidden }, "ended")).toBe("Solved: all hidden tests pass.");
  });

  it("says how the answer was chosen where the search could not", () => {
    const chosen = (by: SecondLook, tests: number) => {
      const one = { nodeId: 1, code: "", verdicts: [], support: 1 };
      const run = { ...over("budget", 15, [PASSED]), finalists: { by, tests, all: [one, one, one] } };
      return qualifiedVerdict(run, "ended").replace(" Solved: all hidden tests pass.", "");
    };
    expect(chosen("differing", 4)).toBe("Chosen among 3 programs by new tests on which they differ.");
    expect(chosen("agreement", 4)).toBe("Chosen among 3 programs by agreement on new tests.");
    expect(chosen("differing", 0)).toBe("3 programs pass, and no new test was written.");
    expect(chosen("scorer", 0)).toBe("Chosen among 3 programs by the step scorer.");
  });

  it("has nothing to say before the end", () => {
    expect(qualifiedVerdict(initialState(), "running")).toBe("");
  });
});

describe("environmentNote", () => {
  it("says nothing where nothing is missing", () => {
    expect(environmentNote({ isolated: true, webgpu: true })).toBeNull();
  });

  it("says what is missing and how to mend it", () => {
    expect(environmentNote({ isolated: false, webgpu: true })).toMatch(/one thread.*npm start/);
    expect(environmentNote({ isolated: false, webgpu: false })).toMatch(/without WebGPU/);
    expect(environmentNote({ isolated: true, webgpu: false })).toMatch(/No WebGPU/);
  });
});
