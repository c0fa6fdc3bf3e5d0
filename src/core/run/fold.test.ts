import { describe, expect, it } from "vitest";
import { priorOf } from "../search/formulas";
import { configOf, runWorld, started } from "../search/golden-fixture";
import type { AnyStep, Step } from "../step";
import type { RunEvent } from "./events";
import { applyEvent, replay } from "./fold";
import { isTerminal, nodeAt, pathTo, qValue, type RunState, stepsTo } from "./tree";
import { Vector } from "./vector";

const added = (id: number, parent: number | null, step: AnyStep | null, logProb = -1): RunEvent => ({
  type: "nodeAdded",
  id,
  parent,
  step,
  tokens: parent === null ? 0 : 2,
  logProb: parent === null ? 0 : logProb,
  origin: parent === null ? "root" : "expansion",
});

const DEFINE: Step = { kind: "define", text: "a" };
const OTHER: Step = { kind: "define", text: "b" };
const CODE: Step = { kind: "code", text: "x" };

const LOG: readonly RunEvent[] = [
  added(0, null, null),
  added(1, 0, DEFINE),
  added(2, 0, OTHER, -2),
  added(3, 1, CODE),
  { type: "backedUp", simulation: 0, path: [0, 1, 3], value: 0.5 },
];

describe("the fold", () => {
  it("builds the tree and its statistics", () => {
    const state = replay(LOG);
    expect(
      [...state.nodes].map(({ children, depth, visitCount, valueSum }) => [[...children], depth, visitCount, valueSum]),
    ).toEqual([
      [[1, 2], 0, 1, 0.5],
      [[3], 1, 1, 0.5],
      [[], 1, 0, 0],
      [[], 2, 1, 0.5],
    ]);
    expect(state).toMatchObject({ simulations: 1, firstLeaf: 3, tokens: { sampled: 6 } });
  });

  it("tells the priors of siblings", () => {
    const prior = (state: RunState, id: number) => priorOf(state, nodeAt(state, id));
    // exp(-1/2) = 0.606531, exp(-2/2) = 0.367879
    expect(prior(replay(LOG), 1)).toBeCloseTo(0.606531 / (0.606531 + 0.367879), 6);
    expect(prior(replay(LOG.slice(0, 2)), 1)).toBe(1);
    const merged = applyEvent(replay(LOG), { type: "nodeMerged", id: 2, tokens: 2 });
    expect(prior(merged, 1)).toBeCloseTo(0.606531 / (0.606531 + 2 * 0.367879), 6);
    expect(nodeAt(merged, 2).count).toBe(2);
  });

  it("leaves what an event does not touch as it is", () => {
    const before = replay(LOG.slice(0, 4));
    const after = applyEvent(before, LOG[4] as RunEvent);
    expect(after.nodes.get(2)).toBe(before.nodes.get(2));
    expect(after.nodes.get(1)).not.toBe(before.nodes.get(1));
    expect(after.generatedTests).toBe(before.generatedTests);
    expect(applyEvent(after, { type: "selected", simulation: 1, path: [0] }).nodes).toBe(after.nodes);
  });

  it("never changes a state it was given", () => {
    const deepFreeze = <T>(value: T): T => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
      return value;
    };
    const { events } = runWorld(configOf({ widening: 0.5 }, 10), {
      says: {
        "": ["<define>A<end>", "<define>B<end>"],
        "<define>A<end>": ["<code>x<end>"],
        "<define>B<end>": ["<code>y<end>"],
      },
      passes: { x: 1, y: 2 },
    });
    expect(() =>
      events.reduce((state, event) => deepFreeze(applyEvent(state, event)), deepFreeze(started(configOf({}, 1)))),
    ).not.toThrow();
  });

  it("starts over with a `started` event", () => {
    const again = applyEvent(replay(LOG), {
      type: "started",
      problem: { id: "p", title: "P", statement: "", language: "javascript", entryPoint: "f", visibleTests: [] },
      config: configOf({}, 1),
      seed: 4,
      mode: "synthesis",
      model: { id: "m", backend: "b", contextLength: 1 },
    });
    expect(again).toMatchObject({ nodes: Vector.of(), simulations: 0, seed: 4, mode: "synthesis" });
  });

  it("reads a log with its times, too", () => {
    expect(replay(LOG.map((event, at) => ({ at, event })))).toEqual(replay(LOG));
  });

  it.each<[string, RunEvent]>([
    ["a child without its parent", added(4, 9, CODE)],
    ["a node out of order", added(7, 0, CODE)],
    ["a verdict on nothing", { type: "scored", id: 9, value: 1 }],
    ["a backup through nothing", { type: "backedUp", simulation: 1, path: [0, 9], value: 1 }],
  ])("refuses %s", (_, event) => {
    expect(() => applyEvent(replay(LOG), event)).toThrow(RangeError);
  });
});

describe("the tree of another system", () => {
  const FOREIGN: readonly RunEvent[] = [
    {
      type: "started",
      problem: { id: "p", title: "P", statement: "", language: "python", entryPoint: null, visibleTests: [] },
      config: null,
      seed: 0,
      mode: "inference",
      model: null,
    },
    added(0, null, null),
    { ...added(1, 0, { kind: "thought", text: "try 4 * 6" }), logProb: null } as RunEvent,
    added(2, 0, { kind: "thought", text: "try 3 * 8" }),
    added(3, 1, CODE),
    { type: "evaluated", id: 3, reward: { reward: -2.5 }, verdicts: [] },
    { type: "scored", id: 2, value: 17 },
    { type: "backedUp", simulation: 0, path: [0, 1, 3], value: -2.5 },
  ];

  it("is folded, though no search here makes such steps, values and rewards", () => {
    const state = replay(FOREIGN);
    expect(state).toMatchObject({ config: null, model: null, simulations: 1 });
    expect(nodeAt(state, 1)).toMatchObject({ step: { kind: "thought" }, logProb: null, valueSum: -2.5 });
    expect(nodeAt(state, 2).score).toBe(17);
    expect(nodeAt(state, 3).reward).toEqual({ reward: -2.5 });
    expect(qValue(nodeAt(state, 0))).toBe(-2.5);
    expect(isTerminal(nodeAt(state, 1))).toBe(false);
  });

  it("has no priors among siblings one of which tells no likelihood", () => {
    const state = replay(FOREIGN);
    expect([1, 2, 3].map((id) => priorOf(state, nodeAt(state, id)))).toEqual([null, null, 1]);
  });

  it("has no steps that a prompt could hold, but those of our kinds", () => {
    expect(stepsTo(replay(FOREIGN), 3)).toEqual([CODE]);
  });
});

describe("selectors", () => {
  it("Q is W / N, and unknown at N = 0", () => {
    expect(qValue({ visitCount: 4, valueSum: 3 })).toBe(0.75);
    expect(qValue({ visitCount: 0, valueSum: 0 })).toBeUndefined();
  });

  it("paths begin at the root", () => {
    expect(pathTo(replay(LOG), 3)).toEqual([0, 1, 3]);
    expect(pathTo(replay(LOG), 0)).toEqual([0]);
    expect(stepsTo(replay(LOG), 3)).toEqual([DEFINE, CODE]);
    expect(stepsTo(replay(LOG), 0)).toEqual([]);
  });

  it("programs and dead ends are terminal", () => {
    expect(isTerminal({ step: CODE })).toBe(true);
    expect(isTerminal({ step: DEFINE })).toBe(false);
    expect(isTerminal({ step: DEFINE, deadEnd: "length" })).toBe(true);
    expect(isTerminal({ step: null })).toBe(false);
  });
});
