import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../config";
import { CONFIG, draw, drive, runWorld, searchOf, started, type World, workerOf } from "../golden-fixture";

function configOf(strategy: SearchConfig["strategy"], numSimulations: number): SearchConfig {
  return { ...CONFIG, strategy, budget: { ...CONFIG.budget, numSimulations } };
}

const SAMPLES: World = {
  says: {
    "": [
      "<define>A<end><code>half<end><eos>",
      "<define>A<end><refine>a<end><code>right<end><eos>",
      "<define>A<end><code>half<end><eos>",
      "<define>B<end>oops<eos>",
    ],
  },
  passes: { half: 1, right: 2 },
};

describe("samples with pseudocode", () => {
  it("share equal prefixes and answer with the first sample", () => {
    const { run } = runWorld(configOf("sample", 4), SAMPLES);
    expect(draw(run)).toBe(
      [
        "0 root x1 N=4 W=2",
        "  1 define A x3 N=3 W=2",
        "    2 code half x2 N=2 W=1",
        "    3 refine a x1 N=1 W=1",
        "      4 code right x1 N=1 W=1",
        "  5 define B x1 N=1 W=0",
        "    6 refine oops<eos> !grammar x1 N=1 W=0",
      ].join("\n"),
    );
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 2, code: "half" } });
  });

  it("judge an equal program once", () => {
    const { events } = runWorld(configOf("sample", 4), SAMPLES);
    expect(events.filter(({ type }) => type === "evaluated")).toHaveLength(2);
  });

  it("have no answer when the first is a dead end, whatever the others are", () => {
    const says = { "": ["oops<eos>", "<define>A<end><code>right<end><eos>"] };
    expect(runWorld(configOf("sample", 2), { says, passes: { right: 2 } }).run.ended?.answer).toBeNull();
  });

  it("draw sample k the same way however many there are", () => {
    const seeds = (count: number) => {
      const search = searchOf(started(configOf("sample", count), 5));
      return search.ask().work.map((work) => (work.kind === "sample" ? work.requests[0]?.seed : null));
    };
    expect(seeds(8).slice(0, 1)).toEqual(seeds(1));
    expect(new Set(seeds(8)).size).toBe(8);
  });
});

describe("a token budget", () => {
  const budgeted = (maxTokens: number | null): SearchConfig => {
    const config = configOf("best-of-n", 100);
    return { ...config, budget: { ...config.budget, maxTokens }, sampling: { ...config.sampling, maxPathTokens: 10 } };
  };

  it("bounds what is begun at once: no more than it reaches for, at what a sample has cost so far", () => {
    const search = searchOf(started(budgeted(35)));
    const perform = workerOf({ says: { "": ["<define>A<end><code>a<end><eos>"] } });
    // Before the first is back a sample may cost 10: 0, 10, 20 and 30 are below 35.
    const first = search.ask().work;
    expect(first).toHaveLength(4);
    for (const work of first) search.tell(work.id, perform(work));
    // Four samples cost 28, and the fifth makes it 35.
    drive(search, perform);
    expect(search.run).toMatchObject({ simulations: 5, tokens: { sampled: 35 }, ended: { reason: "budget" } });
  });

  it("does not hold back a search without one", () => {
    expect(searchOf(started(budgeted(null))).ask().work).toHaveLength(16);
  });
});

describe("a budget that ends at a pass", () => {
  const ending = (strategy: SearchConfig["strategy"], numSimulations = 50): SearchConfig => {
    const config = configOf(strategy, numSimulations);
    return { ...config, budget: { ...config.budget, stopAtPass: true } };
  };

  it("draws no sample behind the first that passes", () => {
    const { run } = runWorld(ending("best-of-n"), SAMPLES);
    expect(run).toMatchObject({ simulations: 2, ended: { reason: "passed", answer: { code: "right" } } });
    // <define>, A, <end>, <code>, half, <end>, <eos>; then three more for the refinement.
    expect(run.tokens.sampled).toBe(7 + 10);
  });

  it("answers with the program that passes even where the commonest would be the answer", () => {
    const path = (code: string) => `<define>A<end><code>${code}<end><eos>`;
    const world: World = {
      says: { "": ["a", "b", "right"].map(path) },
      passes: { right: 2 },
      returns: { a: [1, 1], b: [1, 1], right: [2, 4] },
    };
    expect(runWorld(ending("majority"), world).run.ended).toMatchObject({
      reason: "passed",
      answer: { code: "right" },
    });
    expect(runWorld(ending("majority", 2), world).run.ended).toMatchObject({ reason: "budget", answer: { code: "a" } });
  });

  it("leaves Pass@1 to the first sample", () => {
    expect(runWorld(ending("sample"), SAMPLES).run.ended).toMatchObject({ reason: "passed", answer: { code: "half" } });
  });

  it("drops what is under way", () => {
    const says = { "": ["<define>A<end>"], "<define>A<end>": ["<code>right<end>", "<code>half<end>"] };
    const config = { ...ending("mcts"), tree: { ...CONFIG.tree, samplesPerExpansion: 2, parallelSimulations: 4 } };
    const search = searchOf(started(config));
    const perform = workerOf({ says, passes: { right: 2 } });
    drive(search, perform);
    expect(search.run.ended).toMatchObject({ reason: "passed", answer: { code: "right" } });
    expect(search.ask().work).toEqual([]);
  });

  it("is not ended by generated tests", () => {
    const search = searchOf(started(ending("best-of-n", 3)));
    const perform = workerOf(SAMPLES);
    drive(search, (work) => {
      const result = perform(work);
      if (result.kind !== "judge") return result;
      return { kind: "judge", verdicts: result.verdicts.map((verdict) => ({ ...verdict, kind: "generated" })) };
    });
    expect(search.run).toMatchObject({ simulations: 3, ended: { reason: "budget" } });
  });
});

describe("best of n", () => {
  it("answers with the best of the same samples", () => {
    const { run } = runWorld(configOf("best-of-n", 4), SAMPLES);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 4, code: "right" } });
  });
});

describe("majority", () => {
  const paths = (...programs: string[]) => ({
    "": programs.map((program) => `<define>${program}<end><code>${program}<end><eos>`),
  });

  it("answers with the first program of the commonest behaviour, whatever was expected", () => {
    const world: World = {
      says: paths("right", "a", "b", "lost", "lost", "lost"),
      passes: { right: 2 },
      // a and b are different texts that return the same; `lost` returns nothing, three times.
      returns: { right: [2, 4], a: [1, 1], b: [1, 1] },
    };
    const { run } = runWorld(configOf("majority", 6), world);
    expect(run.nodes.get(2)?.reward?.reward).toBe(1);
    expect(run.ended).toEqual({ reason: "budget", answer: { nodeId: 4, code: "a" } });
  });

  it("counts draws, and takes the first found among equals", () => {
    const returns = { a: [1, 1], b: [2, 2], c: [3, 3] };
    expect(
      runWorld(configOf("majority", 4), { says: paths("a", "b", "c", "b"), returns }).run.ended?.answer?.code,
    ).toBe("b");
    expect(
      runWorld(configOf("majority", 4), { says: paths("c", "a", "a", "c"), returns }).run.ended?.answer?.code,
    ).toBe("c");
  });

  it("prefers any program that returns something", () => {
    const world: World = { says: paths("lost", "lost", "a"), returns: { a: [7] } };
    expect(runWorld(configOf("majority", 3), world).run.ended?.answer?.code).toBe("a");
    expect(runWorld(configOf("majority", 2), world).run.ended?.answer?.code).toBe("lost");
  });
});

describe("vanilla", () => {
  it("asks for code at once, under the root", () => {
    const says = { "": ["<code>half<end><eos>", "<define>A<end>", "<code>half<end><eos>"] };
    const { run } = runWorld(configOf("vanilla", 3), { says, passes: { half: 1 } });
    expect(draw(run)).toBe(
      ["0 root x1 N=3 W=1", "  1 code half x2 N=2 W=1", "  2 define <define>A<end> !grammar x1 N=1 W=0"].join("\n"),
    );
    expect(run.ended?.answer).toEqual({ nodeId: 1, code: "half" });
  });
});

describe("greedy", () => {
  it("draws one path at temperature 0", () => {
    const search = searchOf(started(configOf("greedy", 64)));
    const { work } = search.ask();
    expect(work).toMatchObject([
      { kind: "sample", purpose: "playout", requests: [{ temperature: 0, count: 1, maxTokens: 100 }] },
    ]);
    for (const piece of work) search.tell(piece.id, workerOf(SAMPLES)(piece));
    drive(search, workerOf(SAMPLES));
    expect(search.run).toMatchObject({ simulations: 1, ended: { reason: "budget", answer: { code: "half" } } });
  });
});
