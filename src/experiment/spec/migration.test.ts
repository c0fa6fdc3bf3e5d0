import { describe, expect, it } from "vitest";
import { migrateConfig, migrateSpec } from "./migration";
import { PRESETS } from "./presets";
import { parseSpec } from "./spec";

/** A specification as version 1 wrote it, kept for ever. */
const FROZEN_V1 = {
  version: 1,
  preset: "mcts-tiny",
  problem: { source: "named", id: "even-steven" },
  model: "tiny",
  seed: 7,
  config: {
    strategy: "mcts",
    budget: { numSimulations: 64, maxTokens: null, maxSeconds: null },
    sampling: { temperature: 0.8, topK: 40, topP: 0.95, maxStepTokens: 128, maxPathTokens: 256 },
    tree: {
      selection: "puct",
      exploration: 2,
      schedule: "const",
      samplesPerExpansion: 2,
      widening: 0.8,
      maxDepth: 8,
      parallelSimulations: 8,
      leafValue: "playout",
    },
    compileWeight: 0,
    numGeneratedTests: 4,
  },
};

describe("a specification of version 1", () => {
  it("is still read, and means what it meant", () => {
    expect(parseSpec(FROZEN_V1)).toEqual({ ...FROZEN_V1, version: 2, config: PRESETS["mcts-tiny"] });
  });

  it("is still refused when it is wrong", () => {
    expect(() => parseSpec({ ...FROZEN_V1, seed: -1 })).toThrow("seed is -1");
    expect(() => parseSpec({ ...FROZEN_V1, config: 5 })).toThrow("config is 5");
  });
});

describe("the migration", () => {
  it("leaves the newest version and nonsense alone", () => {
    const spec = parseSpec(FROZEN_V1);
    expect(migrateSpec(spec)).toBe(spec);
    expect(migrateSpec("x")).toBe("x");
    expect(migrateConfig(null)).toBeNull();
  });

  it("keeps what is given", () => {
    expect(migrateConfig({ testTrust: "agreement", tree: { beamWidth: 2 } })).toEqual({
      testTrust: "agreement",
      answer: "tests",
      tree: { beamWidth: 2 },
    });
  });
});
