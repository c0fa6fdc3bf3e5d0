import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../core/run/events";
import { replay } from "../../core/run/fold";
import { nodeAt } from "../../core/run/tree";
import type { Step } from "../../core/step";
import { FOREIGN_RUN } from "../../testing/foreign-run";
import { SAMPLE_PROBLEM, SAMPLE_SPEC } from "../../testing/sample-run";
import { promptOf } from "./prompt-of";

const node = (
  id: number,
  parent: number | null,
  step: Step | null,
  origin: "root" | "expansion" | "playout",
): RunEvent => ({
  ...{ type: "nodeAdded", id, parent, step, origin, tokens: 1, logProb: -1 },
});

/** Define by expansion, then refine and code by one playout. */
function run(protocol: "tiny" | "chat") {
  const model = { id: "scripted", backend: "scripted", contextLength: 512, protocol };
  const { config } = SAMPLE_SPEC;
  return replay([
    { type: "started", problem: SAMPLE_PROBLEM, config, seed: 1, mode: "inference", model },
    node(0, null, null, "root"),
    node(1, 0, { kind: "define", text: "PLAN" }, "expansion"),
    node(2, 1, { kind: "refine", text: "DETAIL" }, "playout"),
    node(3, 2, { kind: "code", text: "CODE" }, "playout"),
  ]);
}

describe("promptOf", () => {
  it("is a conversation for a chat model: its own earlier steps are the assistant's turns", () => {
    const state = run("chat");
    const prompt = promptOf(state, nodeAt(state, 2));
    expect(Array.isArray(prompt)).toBe(true);
    const said = JSON.stringify(prompt);
    expect(said).toContain(SAMPLE_PROBLEM.statement);
    expect(said).toContain("PLAN");
    expect(said).not.toContain("DETAIL");
  });

  it("is where the playout began for every step of it", () => {
    for (const protocol of ["tiny", "chat"] as const) {
      const state = run(protocol);
      expect(promptOf(state, nodeAt(state, 3))).toEqual(promptOf(state, nodeAt(state, 2)));
    }
  });

  it("is not known of another system's step", () => {
    const state = replay(FOREIGN_RUN.events);
    expect(promptOf(state, nodeAt(state, 3))).toBeNull();
  });

  it("is a text for the tiny model, and nothing at the root", () => {
    const state = run("tiny");
    expect(promptOf(state, nodeAt(state, 1))).toBe("<problem>Keep the even ones.\n[1, 2] -> [2]\n<think>");
    expect(promptOf(state, nodeAt(state, 0))).toBeNull();
  });
});
