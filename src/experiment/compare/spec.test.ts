import { describe, expect, it } from "vitest";
import { familyOf } from "../spec/model-family";
import { SPEC } from "./compare-fixture";
import { COMPARISON_STRATEGIES, type ComparisonSpec, comparisonConfig, parseComparisonSpec } from "./spec";

describe("a comparison", () => {
  it("is taken when it is complete", () => {
    expect(parseComparisonSpec(SPEC)).toEqual(SPEC);
    const puzzles = { ...SPEC, problems: { source: "puzzles", split: "test", tier: "all" }, models: ["tiny"] };
    expect(parseComparisonSpec(puzzles)).toEqual(puzzles);
    expect(parseComparisonSpec({ ...SPEC, price: { prompt: 0.15, completion: 0.6 } }).price).toEqual({
      prompt: 0.15,
      completion: 0.6,
    });
  });

  it.each<[Partial<Record<keyof ComparisonSpec, unknown>>, string]>([
    [{ models: [] }, "models is [] but must be a list of 1 to 16 different models."],
    [{ models: ["tiny", "tiny"] }, 'models is ["tiny","tiny"] but must be a list of 1 to 16 different models.'],
    [{ models: ["gpt"] }, 'models.0 is "gpt" but must be tiny, webllm:'],
    [{ strategies: ["mcts"] }, 'strategies.0 is "mcts" but must be one of vanilla, greedy,'],
    [{ budgetTokens: 0 }, "budgetTokens is 0 but must be a whole number from 1 to 10000000."],
    [{ problems: { source: "web" } }, 'problems.source is "web" but must be one of imported, puzzles.'],
    [{ price: { prompt: -1, completion: 1 } }, "price.prompt is -1 but must be a number from 0 to 10000."],
    [{ apiKey: "secret" } as object, "There is no setting apiKey."],
  ])("is refused with %o", (change, sentence) => {
    expect(() => parseComparisonSpec({ ...SPEC, ...change })).toThrow(sentence);
  });
});

const AT_4000 = { budgetTokens: 4000, stopAtPass: false };

describe("the settings of a strategy at a budget", () => {
  it.each(COMPARISON_STRATEGIES)("%s may spend it, and no more", (strategy) => {
    for (const family of ["tiny", "chat"] as const) {
      const { budget } = comparisonConfig(strategy, family, AT_4000);
      expect(budget.maxTokens).toBe(4000);
      expect(budget.numSimulations).toBe(["vanilla", "greedy", "sample"].includes(strategy) ? 1 : 10_000);
    }
  });

  it("tell the two tree searches apart by their formula alone, and never run out of tree", () => {
    const uct = comparisonConfig("mcts-uct", "chat", AT_4000);
    const puct = comparisonConfig("mcts-puct", "chat", AT_4000);
    expect(uct.tree).toMatchObject({ selection: "uct", widening: 0.5, samplesPerExpansion: 3 });
    expect(puct).toEqual({ ...uct, tree: { ...uct.tree, selection: "puct" } });
    expect(comparisonConfig("mcts-puct", "tiny", AT_4000).tree.widening).toBe(0.8);
  });

  it("pay for nothing in vain where a run ends at a pass", () => {
    const ending = { budgetTokens: 4000, stopAtPass: true };
    const tiny = comparisonConfig("mcts-puct", "tiny", ending);
    expect(tiny).toMatchObject({
      budget: { stopAtPass: true },
      numGeneratedTests: 0,
      tree: { parallelSimulations: 1 },
    });
    expect(comparisonConfig("mcts-puct", "chat", ending).numGeneratedTests).toBe(4);
  });

  it("repeat themselves but where the strategy says not", () => {
    const without = (strategy: (typeof COMPARISON_STRATEGIES)[number]) =>
      comparisonConfig(strategy, "tiny", AT_4000).sampling.withoutReplacement;
    expect(COMPARISON_STRATEGIES.filter(without)).toEqual([
      "best-of-n-distinct",
      "best-first",
      "best-first-scorer",
      "mcts-puct-distinct",
      "mcts-scorer",
      "mcts-exact",
      "best-first-exact",
    ]);
    expect(comparisonConfig("best-of-n-distinct", "tiny", AT_4000).strategy).toBe("best-of-n");
    expect(comparisonConfig("mcts-puct-distinct", "tiny", AT_4000).tree.selection).toBe("puct");
  });

  it("value leaves by a scorer or by the maker in place of playouts, and else as tree search without repeats", () => {
    for (const [strategy, without, leafValue] of [
      ["mcts-scorer", "mcts-puct-distinct", "scorer"],
      ["mcts-exact", "mcts-puct-distinct", "exact"],
      ["best-first-scorer", "best-first", "scorer"],
      ["best-first-exact", "best-first", "exact"],
    ] as const) {
      const config = comparisonConfig(strategy, "tiny", AT_4000);
      const playouts = comparisonConfig(without, "tiny", AT_4000);
      const { widening, exploration } = config.tree;
      expect(config).toEqual({ ...playouts, tree: { ...playouts.tree, leafValue, widening, exploration } });
      // One step a simulation: widening must leave some of them to go down.
      if (config.strategy === "mcts") expect(widening).toBeLessThan(playouts.tree.widening);
    }
  });

  it("do not end at the first pass where several programs are to be looked at", () => {
    const ending = { budgetTokens: 4000, stopAtPass: true };
    for (const [strategy, answer] of [
      ["best-of-n-scorer", "scorer"],
      ["best-of-n-differing", "differing"],
      ["best-of-n-agreement", "agreement"],
    ] as const) {
      const config = comparisonConfig(strategy, "tiny", ending);
      expect(config).toMatchObject({ strategy: "best-of-n", answer, numGeneratedTests: 0 });
      expect(config.budget.stopAtPass).toBe(false);
    }
    expect(comparisonConfig("best-of-n", "tiny", ending).answer).toBe("tests");
  });

  it("suit the model", () => {
    expect(familyOf("tiny")).toBe("tiny");
    expect(familyOf("webllm:x")).toBe("webllm");
    expect(familyOf("openai:http://localhost/v1#x")).toBe("chat");
  });
});
