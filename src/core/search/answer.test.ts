import { describe, expect, it } from "vitest";
import type { JsonValue } from "../problem";
import { applyEvent, initialState } from "../replay";
import type { RunState } from "../tree";
import type { TestVerdict } from "../verdict";
import { bestAnswer } from "./answer";

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

/** A run in which each program hangs under a parent of its own. */
function runOf(programs: readonly Program[]): RunState {
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
    const verdicts = generated.map(
      (passed, test): TestVerdict => ({
        kind: "generated",
        index: test,
        verdict: passed ? "passed" : "failed",
        expected: 1,
        got,
        ms: 0,
      }),
    );
    run = applyEvent(run, { type: "evaluated", id, reward: { reward, compile: 1, pass: reward }, verdicts });
    run = applyEvent(run, { type: "backedUp", simulation: index, path: [0, parent], value: parentValue });
  });
  return run;
}

const chosen = (...programs: Program[]) => bestAnswer(runOf(programs))?.code;

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

  it("is nothing when nothing was judged", () => {
    expect(bestAnswer(initialState())).toBeNull();
  });
});
