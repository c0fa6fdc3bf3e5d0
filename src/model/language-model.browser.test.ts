import { describe, expect, it } from "vitest";
import type { GenerationRequest } from "./decode/generate";
import { createJaxModel, startBackend } from "./jax";
import type { LanguageModel } from "./language-model";
import type { ModelConfig } from "./network/config";
import type { HostParams } from "./network/parameters";
import { TEST_CONFIG, testModel, testWeights, watchWasmMemory } from "./test-fixture";

const memory = watchWasmMemory();

const REQUESTS: readonly GenerationRequest[] = [
  {
    prompt: [3, 1, 4, 1, 5],
    seeds: [1, 2, 3],
    stop: new Set(),
    maxTokens: 40,
    sampling: { temperature: 0.9, topK: 0, topP: 1 },
  },
];

/** The test weights, every matrix turned upside down. */
function otherWeights(): HostParams {
  return new Map(
    [...testWeights()].map(([name, { shape, data }]) => [
      name,
      { shape, data: shape.length === 1 ? data : data.slice().reverse() },
    ]),
  );
}

const tokensOf = async (model: LanguageModel) =>
  (await model.generate(REQUESTS)).flatMap(({ completions }) => completions.map(({ tokens }) => tokens));

describe.each(["simd", "wasm"] as const)("replaceParams on %s", (backend) => {
  it("generates what a model with the new weights generates, and back", async () => {
    const [model, other] = [await testModel(backend), await testModel(backend, otherWeights())];
    const [before, expected] = [await tokensOf(model), await tokensOf(other)];
    expect(before).not.toEqual(expected);
    model.replaceParams(otherWeights());
    expect(await tokensOf(model)).toEqual(expected);
    model.replaceParams(testWeights());
    expect(await tokensOf(model)).toEqual(before);
    model.dispose();
    other.dispose();
  });

  it("lets what is under way end with the weights it began with", async () => {
    const model = await testModel(backend);
    const before = await tokensOf(model);
    const running = tokensOf(model);
    model.replaceParams(otherWeights());
    expect(await running).toEqual(before);
    expect(await tokensOf(model)).not.toEqual(before);
    model.dispose();
  });

  it("refuses weights of another shape and keeps the present ones", async () => {
    const model = await testModel(backend);
    const before = await tokensOf(model);
    expect(() => model.replaceParams(testWeights({ ...TEST_CONFIG, vocab_size: 24 }))).toThrow(/do not belong/);
    expect(await tokensOf(model)).toEqual(before);
    model.dispose();
  });
});

describe("replaceParams on jax-js", () => {
  it("traces nothing again and holds on to no memory", async () => {
    let reads = 0;
    // Only while it is traced does the model read this.
    const config: ModelConfig = {
      ...TEST_CONFIG,
      get rms_norm_eps() {
        reads++;
        return TEST_CONFIG.rms_norm_eps;
      },
    };
    const model = createJaxModel(config, testWeights(), await startBackend("wasm"));
    const replace = async () => {
      for (const weights of [otherWeights(), testWeights()]) {
        model.replaceParams(weights);
        await model.generate(REQUESTS);
      }
    };
    await replace();
    const before = { reads, memory: memory() };
    expect(before.reads).toBeGreaterThan(0);
    expect(before.memory).toBeGreaterThan(0);
    for (let i = 0; i < 15; i++) await replace();
    expect({ reads, memory: memory() }).toEqual(before);
    model.dispose();
  });
});
