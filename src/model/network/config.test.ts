import { describe, expect, it } from "vitest";
import { BASE_SHAPE, parseModelConfig, toHuggingFaceConfig } from "./config";
import { checkParams, initialParams, parameterCount, parameterShapes } from "./parameters";

const config = { ...BASE_SHAPE, vocab_size: 40, hidden_size: 8, intermediate_size: 12, num_hidden_layers: 1 };

describe("model config", () => {
  it("reads back what it writes for transformers", () => {
    expect(parseModelConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(config))))).toEqual(config);
  });

  it("says what is wrong with another one", () => {
    expect(() => parseModelConfig({ ...config, hidden_size: "128" })).toThrow(/hidden_size/);
    expect(() => parseModelConfig({ ...config, num_attention_heads: 8 })).toThrow(/even multiple/);
    expect(() => parseModelConfig(null)).toThrow(/config.json/);
  });
});

describe("parameters", () => {
  it("counts what the shapes hold", () => {
    // Embedding 40 x 8, norms 3 x 8, attention 4 x 8 x 8, feed-forward 3 x 8 x 12
    expect(parameterCount(config)).toBe(320 + 24 + 256 + 288);
  });

  it("are the same for the same seed, and only then", () => {
    expect(initialParams(config, 1)).toEqual(initialParams(config, 1));
    expect(initialParams(config, 2)).not.toEqual(initialParams(config, 1));
  });

  it("fit their own config and no other", () => {
    const params = initialParams(config, 1);
    expect(() => checkParams(config, params)).not.toThrow();
    expect(() => checkParams({ ...config, vocab_size: 41 }, params)).toThrow(/has the shape \[40, 8\], not \[41, 8\]/);
    expect(() => checkParams({ ...config, num_hidden_layers: 2 }, params)).toThrow(/layers\.1\..* is missing/);
    const [first = ""] = parameterShapes(config).keys();
    const extra = new Map(params).set("lm_head.weight", { shape: [1], data: new Float32Array(1) });
    expect(() => checkParams(config, extra)).toThrow(/does not know lm_head.weight/);
    extra.delete(first);
    expect(() => checkParams(config, extra)).toThrow(/do not belong to this config.json/);
  });
});
