import { describe, expect, it } from "vitest";
import { PRESETS, specFromPreset } from "../../experiment/spec/presets";
import { fitToModel } from "./fit-model";

const PUZZLE = { source: "named", id: "even-steven" } as const;
const ENDPOINT = "openai:http://localhost:8000/v1#coder";

describe("fitToModel", () => {
  it("takes the same strategy's preset for the other family of models", () => {
    const { spec, presetChanged, kept } = fitToModel(specFromPreset("best-of-n-tiny", PUZZLE, 7), ENDPOINT);
    expect(spec).toEqual(specFromPreset("best-of-n-chat", PUZZLE, 7, ENDPOINT));
    expect({ presetChanged, kept }).toEqual({ presetChanged: true, kept: [] });
  });

  it("keeps what the person had changed, and names it", () => {
    const base = specFromPreset("mcts-tiny", PUZZLE);
    const config = {
      ...base.config,
      budget: { ...base.config.budget, numSimulations: 5 },
      tree: { ...base.config.tree, maxDepth: 3 },
    };
    const { spec, kept } = fitToModel({ ...base, config }, ENDPOINT);
    expect(kept).toEqual(["budget.numSimulations", "tree.maxDepth"]);
    expect(spec.config.budget.numSimulations).toBe(5);
    expect(spec.config.tree.maxDepth).toBe(3);
    expect(spec.config.sampling).toEqual(PRESETS[spec.preset].sampling);
  });

  it("leaves the settings alone between models of one family", () => {
    const spec = specFromPreset("greedy-chat", PUZZLE, 1, ENDPOINT);
    const other = "openai:http://localhost:8000/v1#other";
    expect(fitToModel(spec, other)).toEqual({ spec: { ...spec, model: other }, presetChanged: false, kept: [] });
  });

  it("knows the way back", () => {
    const there = fitToModel(specFromPreset("mcts-tiny", PUZZLE), ENDPOINT).spec;
    expect(fitToModel(there, "tiny").spec).toEqual(specFromPreset("mcts-tiny", PUZZLE));
  });
});
