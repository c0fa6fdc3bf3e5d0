import { describe, expect, it } from "vitest";
import { PRESETS, presetOfStrategy, presetSuits, strategyConfig } from "./presets";
import { STRATEGY_NAMES } from "./spec";

describe("strategyConfig", () => {
  it.each(STRATEGY_NAMES)("has settings for %s with each family of models", (strategy) => {
    for (const family of ["tiny", "chat", "webllm"] as const) {
      const preset = PRESETS[presetOfStrategy(strategy, family)];
      expect(strategyConfig(strategy, undefined, family)).toEqual({ ...preset, strategy });
      expect(presetSuits(presetOfStrategy(strategy, family), family)).toBe(true);
    }
  });

  it("takes another number of simulations, and nothing else", () => {
    const { budget, ...rest } = strategyConfig("mcts", 5, "chat");
    expect(budget).toEqual({ numSimulations: 5, maxTokens: null, maxSeconds: null, stopAtPass: false });
    expect(rest).toMatchObject({ testTrust: "agreement", tree: { selection: "uct", samplesPerExpansion: 3 } });
  });

  it("tells which presets suit which models", () => {
    expect(presetSuits("mcts-chat", "webllm")).toBe(false);
    expect(presetSuits("mcts-webllm", "webllm")).toBe(true);
    expect(presetSuits("paper", "tiny")).toBe(true);
    expect(presetSuits("paper", "chat")).toBe(false);
  });

  it("draws one sample where one is the answer", () => {
    for (const strategy of ["greedy", "vanilla", "sample"] as const) {
      expect(strategyConfig(strategy, undefined, "chat").budget.numSimulations).toBe(1);
    }
  });
});

describe("released presets", () => {
  // Links and published figures depend on these numbers.
  it("have not moved", () => {
    expect(PRESETS["mcts-tiny"]).toEqual({
      strategy: "mcts",
      budget: { numSimulations: 64, maxTokens: null, maxSeconds: null, stopAtPass: false },
      sampling: {
        temperature: 0.8,
        topK: 40,
        topP: 0.95,
        maxStepTokens: 128,
        maxPathTokens: 256,
        withoutReplacement: false,
      },
      tree: {
        selection: "puct",
        exploration: 2,
        schedule: "const",
        samplesPerExpansion: 2,
        widening: 0.8,
        maxDepth: 8,
        parallelSimulations: 8,
        beamWidth: 4,
        leafValue: "playout",
      },
      compileWeight: 0,
      numGeneratedTests: 4,
      testTrust: "share",
      answer: "tests",
    });
    expect(PRESETS["mcts-chat"]).toEqual({
      strategy: "mcts",
      budget: { numSimulations: 15, maxTokens: null, maxSeconds: null, stopAtPass: false },
      sampling: {
        temperature: 0.8,
        topK: 40,
        topP: 0.95,
        maxStepTokens: 512,
        maxPathTokens: 1536,
        withoutReplacement: false,
      },
      tree: {
        selection: "uct",
        exploration: 2,
        schedule: "const",
        samplesPerExpansion: 3,
        widening: 0,
        maxDepth: 8,
        parallelSimulations: 4,
        beamWidth: 4,
        leafValue: "playout",
      },
      compileWeight: 0,
      numGeneratedTests: 4,
      testTrust: "agreement",
      answer: "tests",
    });
  });
});
