import { describe, expect, it } from "vitest";
import type { TreeNode } from "../core/run/tree";
import { fitCamera, panInto, roomFor } from "./camera";
import {
  chooseLabels,
  crowdedNodes,
  ellipsize,
  type LabelCandidate,
  passesThrough,
  shortLabel,
  spokenLabel,
  valuesLabel,
} from "./labels";
import { layoutTree, moveFrom } from "./layout";
import { markOf, nodeFill, valueFill } from "./marks";
import { approach } from "./stage";
import { growTree } from "./tree-fixture";

const [, refine] = growTree([null, 0]) as [TreeNode, TreeNode];
const code = (pass: number, outcome: "failed" | "timeout" = "failed"): TreeNode => ({
  ...refine,
  step: { kind: "code", text: "function solve(xs) {}" },
  reward: { reward: pass, compile: 1, pass },
  verdicts: [0, 1].map((index) => ({
    kind: "visible",
    index,
    verdict: index < pass * 2 ? "passed" : outcome,
    expected: 1,
    ms: 0,
  })),
});

describe("markOf", () => {
  it.each([
    [{ ...refine, step: null }, "root"],
    [refine, "refine"],
    [{ ...refine, step: { kind: "thought", text: "" } }, "step"],
    [{ ...refine, deadEnd: "grammar" as const }, "dead-end"],
    [{ ...refine, step: { kind: "code" as const, text: "" } }, "pending"],
    [code(1), "passed"],
    [code(0.5), "partial"],
    [code(0), "failed"],
    [code(0, "timeout"), "error"],
    [{ ...code(0), reward: { reward: 1.5 } }, "judged"],
  ])("tells what ends a path by shape", (node, mark) => {
    expect(markOf(node)).toBe(mark);
  });
});

describe("a node's colour", () => {
  it("tells its Q or what the step scorer thinks of it", () => {
    const scored = { ...refine, score: 1 };
    expect([nodeFill(scored, "value"), nodeFill(scored, "score")]).toEqual([valueFill(0.5), valueFill(1)]);
    expect(nodeFill(refine, "score")).toBeUndefined();
    expect(nodeFill({ ...refine, visitCount: 0 }, "value")).toBeUndefined();
  });
});

describe("labels", () => {
  it("are short: no number, no worked example", () => {
    expect(shortLabel(refine)).toBe("keep the even ones");
    const text = "2 operations: filter, map; return a list";
    const define = (line: string) => shortLabel({ ...refine, step: { kind: "define", text: line } });
    expect(define(text)).toBe("filter, map");
    expect(define(text.replace("list", "number"))).toBe("filter, map → number");
    expect(shortLabel(code(0.5))).toBe("1/2");
    expect(ellipsize("keep the even ones", 10)).toBe("keep the…");
  });

  it("are spoken with kind, value and visits", () => {
    expect(spokenLabel(refine)).toBe("refine, keep the even ones, value 0.50, 1 visit");
    expect(spokenLabel({ ...code(1), visitCount: 0 })).toBe("code, all passed, 2 of 2 tests, no value yet, 0 visits");
    const scored = { ...refine, score: 0.625 };
    expect(spokenLabel(scored)).toBe("refine, keep the even ones, value 0.50, PRM 0.63, 1 visit");
    expect([refine, scored, { ...scored, visitCount: 0 }].map(valuesLabel)).toEqual([
      "",
      "Q 0.50 · PRM 0.63",
      "PRM 0.63",
    ]);
  });

  const label = (id: number, lane: number, y: number, priority = 0, isCrowded = false): LabelCandidate => {
    return { id, lane, ys: [y], priority, isCrowded };
  };

  it("are left out where nodes are crowded, unless they matter", () => {
    const chosen = chooseLabels([label(1, 0, 0), label(2, 0, 20, 0, true), label(3, 0, 40, 1, true)], 14);
    expect([...chosen.keys()].sort()).toEqual([1, 3]);
    const column = [0, 8, 16, 40, 60].map((y, id) => ({ id, y }));
    expect([...crowdedNodes(column, 14)]).toEqual([0, 1, 2]);
  });

  it("stand on another line where the first is taken, those of the answer's path before others", () => {
    const parent: LabelCandidate = { ...label(1, 2, 40, 2), ys: [40] };
    const fork: LabelCandidate = { ...label(2, 2, 40, 2), ys: [40, 56] };
    const leaf = label(3, 2, 56);
    expect([...chooseLabels([leaf, fork, parent], 14)]).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it("never overlap, whatever wants to be drawn", () => {
    const crowd = Array.from({ length: 60 }, (_, id) => label(id, id % 3, (id * 37) % 101, id % 4));
    const chosen = chooseLabels(crowd, 14);
    const drawn = crowd.filter(({ id }) => chosen.has(id));
    for (const a of drawn) {
      for (const b of drawn) {
        if (a.id < b.id && a.lane === b.lane)
          expect(Math.abs((a.ys[0] ?? 0) - (b.ys[0] ?? 0))).toBeGreaterThanOrEqual(14);
      }
    }
    expect(drawn.length).toBeGreaterThan(5);
  });
});

describe("the camera", () => {
  const size = { width: 800, height: 600 };
  const layout = layoutTree(growTree([null, 0, 0, 1, 1, 2, 2, 3, 3, 4]));

  it("shows the whole tree", () => {
    const { left, top, level, slot } = fitCamera(layout, size, false);
    expect(left).toBeGreaterThan(0);
    expect(left + layout.depth * level).toBeLessThan(size.width);
    expect(top).toBeGreaterThan(0);
    expect(top + layout.height * slot).toBeLessThan(size.height);
  });

  it("shows a thousand leaves as well", () => {
    const wide = layoutTree(growTree([null, ...Array.from({ length: 1000 }, () => 0)]));
    const { top, slot } = fitCamera(wide, size, true);
    expect(top + wide.height * slot).toBeLessThan(size.height);
  });

  it("gives a growing tree room in steps", () => {
    expect([3, 6, 7, 12, 100].map(roomFor)).toEqual([6, 6, 8, 15, 115]);
  });

  it("pans only as far as it must", () => {
    const camera = fitCamera(layout, size, false);
    expect(panInto(camera, size, 400, 300, 40)).toEqual(camera);
    expect(panInto(camera, size, -10, 300, 40).left).toBeCloseTo(camera.left + 50);
  });
});

describe("an edge passes through words", () => {
  const edge = { x0: 0, y0: 0, x1: 100, y1: 80 };
  const box = (left: number, top: number) => ({ left, right: left + 30, top, bottom: top + 12 });

  it("where its curve does, which is flat at both ends and steep half-way", () => {
    expect(passesThrough(edge, box(65, 74))).toBe(true);
    expect(passesThrough(edge, box(65, 84))).toBe(false);
    expect(passesThrough(edge, box(35, 34))).toBe(true);
    expect(passesThrough(edge, box(65, 34))).toBe(false);
    expect(passesThrough({ ...edge, y1: -80 }, box(65, -80))).toBe(true);
  });
});

describe("the arrow keys", () => {
  const nodes = growTree([null, 0, 0, 1, 1, 2]);
  const layout = layoutTree(nodes);
  it.each([
    [1, "parent", 0],
    [0, "parent", 0],
    [0, "child", 1],
    [5, "child", 5],
    [1, "next", 2],
    [2, "previous", 1],
    [4, "next", 5],
    [3, "previous", 3],
    [5, "root", 0],
  ] as const)("lead from %i by %s to %i", (from, move, to) => {
    expect(moveFrom(nodes, layout, from, move)).toBe(to);
  });
});

describe("approach", () => {
  it("glides without overshooting, whatever the frame rate, and arrives", () => {
    let slow = 0;
    let fast = 0;
    for (let i = 0; i < 10; i++) slow = approach(slow, 10, 32, 0.01);
    for (let i = 0; i < 20; i++) fast = approach(fast, 10, 16, 0.01);
    expect(slow).toBeCloseTo(fast, 5);
    expect(slow).toBeLessThan(10);
    expect(approach(0, 10, Number.POSITIVE_INFINITY, 0.01)).toBe(10);
  });
});
