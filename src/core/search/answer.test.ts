import { describe, expect, it } from "vitest";
import type { TestTrust } from "../config";
import type { JsonValue } from "../problem";
import { applyEvent, initialState } from "../run/fold";
import type { RunState } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { bestAnswer } from "./answer";
import { CONFIG } from "./golden-fixture";

interface Program {
  readonly code: string;
  readonly draws?: number;
  readonly reward: number;
  /** Did generated test i pass? */
  readonly generated?: readonly boolean[];
  readonly got?: JsonValue;
  /** Q of the parent it hangs under. */
  readonly parentValue?: number;
}

/** A run in which each program hangs under a parent of its own; with `given` it passes a visible test besides. */
function runOf(programs: readonly Program[], ...given: readonly "visible"[]): RunState {
  let run = applyEvent(initialState(), {
    type: "nodeAdded",
    id: 0,
    parent: null,
    step: null,
    tokens: 0,
    logProb: 0,
    origin: "root",
  });
  const add = (parent: number, kind: "define" | "code", text: string): number => {
    const id = run.nodes.length;
    run = applyEvent(run, {
      type: "nodeAdded",
      id,
      parent,
      step: { kind, text },
      tokens: 1,
      logProb: -1,
      origin: "playout",
    });
    return id;
  };
  programs.forEach(({ code, draws = 1, reward, generated = [], got = 0, parentValue = 0 }, index) => {
    const parent = add(0, "define", `${index}`);
    const id = add(parent, "code", code);
    for (let i = 1; i < draws; i++) run = applyEvent(run, { type: "nodeMerged", id, tokens: 1 });
    const visible = given.map(
      (kind): TestVerdict => ({ kind, index: 0, verdict: "passed", expected: 1, got: 1, ms: 0 }),
    );
    const written = generated.map(
      (passed, test): TestVerdict => ({
        kind: "generated",
        index: test,
        verdict: passed ? "passed" : "failed",
        expected: 1,
        got,
        ms: 0,
      }),
    );
    run = applyEvent(run, {
      type: "evaluated",
      id,
      reward: { reward, compile: 1, pass: reward },
      verdicts: [...visible, ...written],
    });
    run = applyEvent(run, { type: "backedUp", simulation: index, path: [0, parent], value: parentValue });
  });
  return run;
}

const chosen = (...programs: Program[]) => bestAnswer(runOf(programs))?.code;

const trusting = (testTrust: TestTrust, run: RunState): RunState => ({ ...run, config: { ...CONFIG, testTrust } });

describe("agreement", () => {
  const PROGRAMS: readonly Program[] = [
    // Passes most of the tests, alone: 1 x 3. A set of three draws that pass the same two: 3 x 2.
    { code: "a", reward: 1, generated: [true, true, true] },
    { code: "b", reward: 1, generated: [true, true, false], draws: 2 },
    { code: "c", reward: 1, generated: [true, true, false] },
    // Draws that are known to be worse vouch for nobody: with them, a's set would have 6 x 3.
    { code: "d", reward: 0.5, generated: [true, true, true], draws: 5 },
  ];

  it("follows the larger consensus set, where the share follows the single program", () => {
    const run = runOf(PROGRAMS, "visible");
    expect(bestAnswer(trusting("share", run))?.code).toBe("a");
    expect(bestAnswer(trusting("agreement", run))?.code).toBe("b");
  });

  it("decides before a reward that is made of generated tests alone", () => {
    // No visible test: the reward is the share. a: 1 x 3, b and c: 3 x 2, d is in a's set: 6 x 3.
    const run = runOf(PROGRAMS);
    expect(bestAnswer(trusting("agreement", run))?.code).toBe("d");
    expect(bestAnswer(trusting("share", run))?.code).toBe("a");
  });
});

describe("the answer", () => {
  it("has the highest reward, whatever the generated tests say", () => {
    expect(
      chosen({ code: "a", reward: 0.5, generated: [true, true] }, { code: "b", reward: 1, generated: [false, false] }),
    ).toBe("b");
  });

  it("passes more of the generated tests among equals", () => {
    expect(
      chosen(
        { code: "a", reward: 1, generated: [true, false], draws: 9 },
        { code: "b", reward: 1, generated: [true, true] },
      ),
    ).toBe("b");
  });

  it("behaves like most draws, even if no one text is common", () => {
    expect(
      chosen(
        { code: "a", reward: 1, generated: [false], got: 1, draws: 2 },
        { code: "b", reward: 1, generated: [false], got: 2 },
        { code: "c", reward: 1, generated: [false], got: 2 },
        { code: "d", reward: 1, generated: [false], got: 2 },
      ),
    ).toBe("b");
  });

  it("is the commonest text among programs that behave alike, wherever it was drawn", () => {
    expect(
      chosen({ code: "a", reward: 1, draws: 2 }, { code: "b", reward: 1, draws: 2 }, { code: "b", reward: 1 }),
    ).toBe("b");
  });

  it("hangs under the more valuable parent, then is the first found", () => {
    expect(chosen({ code: "a", reward: 1 }, { code: "b", reward: 1, parentValue: 0.5 })).toBe("b");
    expect(chosen({ code: "a", reward: 1 }, { code: "b", reward: 1 })).toBe("a");
  });

  it("is the same under either trust when nothing was generated", () => {
    const programs = [
      { code: "a", reward: 0.5 },
      { code: "b", reward: 1 },
    ];
    expect(bestAnswer(trusting("agreement", runOf(programs, "visible")))?.code).toBe("b");
  });

  it("is nothing when nothing was judged", () => {
    expect(bestAnswer(initialState())).toBeNull();
  });
});
