import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../config";
import { CONFIG, configOf, draw, runWorld, type World } from "../golden-fixture";

function beamOf(numSimulations: number, tree: Partial<SearchConfig["tree"]> = {}): SearchConfig {
  return { ...configOf({ beamWidth: 2, ...tree }, numSimulations), strategy: "beam" };
}

const WORLD: World = {
  says: {
    "": ["<define>A<end>", "<define>B<end>"],
    "<define>A<end>": ["<refine>a<end>", "<code>wrong<end>"],
    "<define>B<end>": ["<refine>b<end>", "<code>unlikely<end>"],
    "<define>A<end><refine>a<end>": ["<code>mid<end>", "oops<end>"],
    "<define>B<end><refine>b<end>": ["<code>half<end>", "<refine>c<end>"],
    "<define>B<end><refine>b<end><refine>c<end>": ["<code>bad<end>", "<code>right<end>"],
  },
  scores: {
    A: 0.625,
    B: 0.5,
    a: 0.375,
    wrong: 0.125,
    b: 0.875,
    unlikely: 0.25,
    mid: 0.5,
    half: 0.75,
    c: 0.625,
    bad: 0.125,
    right: 0.6875,
  },
  passes: { half: 1, right: 2 },
};

/*
 * Checked by hand (two kept, two draws each):
 * 1: A and B, both kept.
 * 2: a 0.375, wrong 0.125, b 0.875, unlikely 0.25: b and a stay; wrong and unlikely end with their scores.
 * 3: b draws half 0.75 and c 0.625, a draws mid 0.5 and nonsense: half and c stay, nonsense is worth 0, mid 0.5.
 * 4: c draws bad 0.125 and right 0.6875, half waits with its 0.75: half and right stay, which are programs: judged 0.5 and 1.
 * Seven paths were begun, which is the whole budget.
 */
describe("a golden beam", () => {
  it("keeps the best scored paths and answers with the best reward", () => {
    const { run } = runWorld(beamOf(7), WORLD);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=7 W=2.5
        1 define A x1 N=3 W=0.625
          3 refine a x1 N=2 W=0.5
            9 code mid x1 N=1 W=0.5
            10 refine oops<end> !grammar x1 N=1 W=0
          4 code wrong x1 N=1 W=0.125
        2 define B x1 N=4 W=1.875
          5 refine b x1 N=3 W=1.625
            7 code half x1 N=1 W=0.5
            8 refine c x1 N=2 W=1.125
              11 code bad x1 N=1 W=0.125
              12 code right x1 N=1 W=1
          6 code unlikely x1 N=1 W=0.25"
    `);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 12, code: "right" } });
    // Only what the beam kept to its end was judged.
    expect([...run.nodes].filter((node) => node.reward).map(({ id }) => id)).toEqual([7, 12]);
  });

  it("answers with the higher score among equal rewards", () => {
    const { run } = runWorld(beamOf(7), { ...WORLD, passes: { half: 2, right: 2 } });
    expect(run.ended?.answer?.code).toBe("half");
  });

  it("narrows when no more paths may begin, and still comes to its programs", () => {
    // A and B are 2 paths; A branches into a and wrong, which makes 3; b and a then draw one step each.
    const { run } = runWorld(beamOf(3), WORLD);
    expect([...run.nodes].map((node) => node.step?.text ?? "root")).toEqual([
      "root",
      "A",
      "B",
      "a",
      "wrong",
      "b",
      "half",
      "mid",
    ]);
    expect(run.simulations).toBe(3);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 6, code: "half" } });
  });

  it("shows where it goes on, the best path first", () => {
    const { events } = runWorld(beamOf(7), WORLD);
    expect(events.flatMap((event) => (event.type === "selected" ? [event.path] : []))).toEqual([
      [0],
      [0, 1],
      [0, 2],
      [0, 2, 5],
      [0, 1, 3],
      [0, 2, 5, 8],
    ]);
  });
});

describe("several beams", () => {
  const SAME: World = {
    says: { "": ["<define>A<end>"], "<define>A<end>": ["<code>half<end>", "<code>right<end>", "<code>bad<end>"] },
    scores: { A: 0.5, half: 0.25, right: 0.5, bad: 0.125 },
    passes: { half: 1, right: 2 },
  };

  it("draw anew, ask the scorer about a step once, and judge a program once", () => {
    // The first beam judges half and right; the second draws bad and half, the third right and bad.
    const { run, events } = runWorld(beamOf(6), SAME);
    expect(draw(run)).toMatchInlineSnapshot(`
      "0 root x1 N=6 W=3
        1 define A x6 N=6 W=3
          2 code half x2 N=2 W=1
          3 code right x2 N=2 W=2
          4 code bad x2 N=2 W=0"
    `);
    expect(events.filter(({ type }) => type === "scored")).toHaveLength(4);
    expect(events.filter(({ type }) => type === "evaluated")).toHaveLength(3);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 3, code: "right" } });
  });

  it("go on until the tokens are spent", () => {
    const config = beamOf(1000);
    const { run } = runWorld({ ...config, budget: { ...config.budget, maxTokens: 30 } }, SAME);
    // 12 tokens a beam: the third meets the bound after its first step and is given up.
    expect(run.tokens.sampled).toBe(30);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 3, code: "right" } });
  });

  it("end when they bring nothing new for long", () => {
    const { run } = runWorld(beamOf(1000), SAME);
    expect(run.ended).toEqual({ reason: "exhausted", answer: { nodeId: 3, code: "right" } });
  });
});

describe("a beam that cannot go on", () => {
  const FORK: World = {
    says: { "": ["<define>A<end>"], "<define>A<end>": ["<code>half<end>", "<refine>a<end>"] },
    scores: { A: 0.5, half: 0.25, a: 0.75 },
    passes: { half: 1 },
  };

  it("judges the programs it has when the tokens are spent, and drops the rest", () => {
    const config = beamOf(100);
    const { run } = runWorld({ ...config, budget: { ...config.budget, maxTokens: 12 } }, FORK);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 2, code: "half" } });
    expect(run.simulations).toBe(1);
  });

  it("drops what comes to the maximal depth without a program", () => {
    const { run } = runWorld(beamOf(2, { maxDepth: 2 }), FORK);
    expect(run.nodes.get(3)).toMatchObject({ deadEnd: "max-depth", visitCount: 1, valueSum: 0 });
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 2, code: "half" } });
  });

  it("has no answer when everything is a dead end", () => {
    const { run } = runWorld(beamOf(4), { says: { "": ["oops<eos>", "<eos>"] } });
    expect(run.ended?.answer).toBeNull();
  });

  it("is refused a score that is none", () => {
    const world: World = { ...FORK, scores: { ...FORK.scores, A: Number.NaN } };
    expect(() => runWorld({ ...CONFIG, strategy: "beam" }, world)).toThrow("does not fit");
  });
});
