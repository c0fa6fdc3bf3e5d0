import { describe, expect, it } from "vitest";
import { nodeAt } from "../run/tree";
import { configOf, draw, runWorld, type World } from "./golden-fixture";

/** Two structures; the first leads to a program that passes one test, the second to one that passes both. */
const TWO_WAYS: World = {
  says: {
    "": ["<define>A<end>", "<define>B<end>"],
    "<define>A<end>": ["<code>half<end><eos>", "<code>wrong<end><eos>"],
    "<define>B<end>": ["<refine>b<end><code>right<end><eos>", "<code>wrong<end><eos>"],
    "<define>B<end><refine>b<end>": ["<code>right<end><eos>"],
  },
  passes: { half: 1, right: 2 },
};

const tree = (config: ReturnType<typeof configOf>, world: World) => draw(runWorld(config, world).run);

/*
 * Checked by hand, simulation by simulation (c = 1, two samples per expansion, no widening):
 * 0: the root draws A and B; chance takes B; the playout says b, then right: reward 1.
 * 1: A is unvisited, hence first; it draws half and wrong; chance takes half: 0.5.
 * 2: A is 0.5 + sqrt(ln 2 / 1) = 1.33, B is 1 + 0.83 = 1.83: B, which has drawn 1 of 2; it draws wrong: 0.
 * 3: A is 0.5 + sqrt(ln 3 / 1) = 1.55, B is 0.5 + sqrt(ln 3 / 2) = 1.24: A, whose unjudged child is wrong: 0.
 * 4: everything under A is judged, so B, then b, which draws right again (merged) and backs its known reward up: 1.
 * Then nothing may be drawn and everything is judged: exhausted.
 */
describe("a golden search", () => {
  it("after one simulation", () => {
    expect(tree(configOf({}, 1), TWO_WAYS)).toMatchInlineSnapshot(`
      "0 root x1 N=1 W=1
        1 define A x1 N=0 W=0
        2 define B x1 N=1 W=1
          3 refine b x1 N=1 W=1
            4 code right x1 N=1 W=1"
    `);
  });

  it("after three simulations", () => {
    expect(tree(configOf({}, 3), TWO_WAYS)).toMatchInlineSnapshot(`
      "0 root x1 N=3 W=1.5
        1 define A x1 N=1 W=0.5
          5 code half x1 N=1 W=0.5
          6 code wrong x1 N=0 W=0
        2 define B x1 N=2 W=1
          3 refine b x1 N=1 W=1
            4 code right x1 N=1 W=1
          7 code wrong x1 N=1 W=0"
    `);
  });

  it("when it is exhausted", () => {
    const { run } = runWorld(configOf({}, 100), TWO_WAYS);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=5 W=2.5
        1 define A x1 N=2 W=0.5
          5 code half x1 N=1 W=0.5
          6 code wrong x1 N=1 W=0
        2 define B x1 N=3 W=2
          3 refine b x1 N=2 W=2
            4 code right x2 N=2 W=2
          7 code wrong x1 N=1 W=0"
    `);
    expect(run.ended).toEqual({ reason: "exhausted", answer: { nodeId: 4, code: "right" } });
    expect(run.simulations).toBe(5);
    // 3 per step; the playout's <eos> is the seventh of its tokens: 6 + 7 + 6 + 3 + 3.
    expect(run.tokens.sampled).toBe(25);
  });

  it("logs one simulation like this", () => {
    const { events } = runWorld(configOf({}, 1), TWO_WAYS);
    expect(events.map((event) => [event.type, "path" in event ? event.path : "id" in event ? event.id : null])).toEqual(
      [
        ["nodeAdded", 0],
        ["selected", [0]],
        ["nodeAdded", 1],
        ["nodeAdded", 2],
        ["selected", [0, 2]],
        ["nodeAdded", 3],
        ["nodeAdded", 4],
        ["evaluated", 4],
        ["backedUp", [0, 2, 3, 4]],
        ["ended", null],
      ],
    );
    expect(
      events.filter((event) => event.type === "nodeAdded").map((event) => [event.tokens, event.logProb, event.origin]),
    ).toEqual([
      [0, 0, "root"],
      [3, -3, "expansion"],
      [3, -3, "expansion"],
      [3, -3, "playout"],
      [4, -4, "playout"],
    ]);
  });
});

describe("progressive widening", () => {
  /** One structure is drawn first again and again; the third draw is the good one. */
  const LATE: World = {
    says: {
      "": ["<define>A<end>", "<define>A<end>", "<define>B<end>"],
      "<define>A<end>": ["<code>wrong<end><eos>"],
      "<define>B<end>": ["<code>right<end><eos>"],
    },
    passes: { right: 2 },
  };

  it("finds what the first samples missed", () => {
    expect(runWorld(configOf({ widening: 0 }, 50), LATE).run.ended).toMatchObject({
      reason: "exhausted",
      answer: { code: "wrong" },
    });
    expect(runWorld(configOf({ widening: 0.5 }, 50), LATE).run.ended).toMatchObject({ answer: { code: "right" } });
  });

  it("never draws more than the visits allow, in the textbook search", () => {
    const { run } = runWorld(configOf({ widening: 0.5 }, 50), LATE);
    const drawn = [...nodeAt(run, 0).children].reduce((sum, id) => sum + (run.nodes.get(id)?.count ?? 0), 0);
    // The last expansion of the root happened before its last visits were backed up.
    expect(drawn).toBeLessThanOrEqual(Math.ceil(2 * Math.sqrt(run.simulations)));
    expect(drawn).toBeGreaterThanOrEqual(10);
  });

  it("ends when a policy that always says the same brings nothing new for long", () => {
    const same: World = { says: { "": ["<define>A<end>"], "<define>A<end>": ["<code>wrong<end><eos>"] } };
    const { run } = runWorld(configOf({ widening: 0.5 }, 1000), same);
    expect(run.ended).toEqual({ reason: "exhausted", answer: { nodeId: 2, code: "wrong" } });
    expect(run.simulations).toBe(33);
    expect(run.nodes).toHaveLength(3);
  });
});

describe("dead ends", () => {
  const BROKEN: World = {
    says: {
      "": ["<define>A<end>", "<code>too early<end>"],
      "<define>A<end>": ["<refine>a<end>oops<eos>", "<refine> <end>"],
      "<define>A<end><refine>a<end>": ["<define>again<end>"],
    },
  };

  it("are kept with their reason, worth nothing, and never gone to again", () => {
    const { run } = runWorld(configOf({}, 20), BROKEN);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=2 W=0
        1 define A x1 N=2 W=0
          3 refine a x1 N=2 W=0
            4 refine oops<eos> !grammar x1 N=1 W=0
            6 define <define>again<end> !grammar x1 N=0 W=0
          5 refine <refine> <end> !empty x1 N=0 W=0
        2 code <code>too early<end> !grammar x1 N=0 W=0"
    `);
    expect(run.ended).toEqual({ reason: "exhausted", answer: null });
  });

  it("at the maximal depth, with what the cut-off rest cost", () => {
    const deep: World = {
      says: {
        "": ["<define>A<end><refine>a<end><refine>b<end><code>x<end><eos>"],
        "<define>A<end>": ["<refine>a<end><refine>b<end><code>x<end><eos>"],
      },
    };
    const { run } = runWorld(configOf({ maxDepth: 2, samplesPerExpansion: 1 }, 20), deep);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=1 W=0
        1 define A x1 N=1 W=0
          2 refine a !max-depth x1 N=1 W=0"
    `);
    expect(run.nodes.get(2)).toMatchObject({ deadEnd: "max-depth", tokens: 10, step: { kind: "refine", text: "a" } });
    expect(run.ended).toEqual({ reason: "exhausted", answer: null });
  });

  it("everywhere end the search without an answer", () => {
    const nonsense: World = { says: { "": ["hello<eos>", "<eos>"] } };
    const { run } = runWorld(configOf({}, 20), nonsense);
    expect(run.ended).toEqual({ reason: "exhausted", answer: null });
    expect([...run.nodes].map((node) => node.deadEnd)).toEqual([undefined, "grammar", "grammar"]);
  });
});

describe("the step scorer", () => {
  it("stands in for the playout until there is a program", () => {
    const world: World = { ...TWO_WAYS, scores: { A: 0.25, B: 0.75, b: 0.5 } };
    const { run, events } = runWorld(configOf({ leafValue: "scorer" }, 3), world);
    // 0: B of the root's two: 0.75. 1: A is unvisited; it draws half and wrong; half is judged: 0.5. 2: B; it draws b and wrong; b: 0.5.
    expect(events.filter((event) => event.type === "scored").map(({ id, value }) => [id, value])).toEqual([
      [2, 0.75],
      [5, 0.5],
    ]);
    expect(events.filter((event) => event.type === "backedUp").map(({ value }) => value)).toEqual([0.75, 0.5, 0.5]);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=3 W=1.75
        1 define A x1 N=1 W=0.5
          3 code half x1 N=1 W=0.5
          4 code wrong x1 N=0 W=0
        2 define B x1 N=2 W=1.25
          5 refine b x1 N=1 W=0.5
          6 code wrong x1 N=0 W=0"
    `);
  });
});
