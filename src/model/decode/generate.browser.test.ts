import { jit, numpy as np } from "@jax-js/jax";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LanguageModel } from "../language-model";
import { disposeParams, keepParams, type Params, toDevice } from "../network/parameters";
import { hiddenStates, type PackedInput, project } from "../network/transformer";
import { TEST_CONFIG, testModel, testWeights, watchWasmMemory } from "../test-fixture";
import type { GeneratedTokens, GenerationRequest } from "./generate";

const CONTEXT = TEST_CONFIG.max_position_embeddings;
const sampling = { temperature: 0.9, topK: 0, topP: 1 };

function request(prompt: readonly number[], changes: Partial<GenerationRequest> = {}): GenerationRequest {
  return { prompt, seeds: [1], stop: new Set(), maxTokens: 12, sampling, ...changes };
}

describe("generate", () => {
  const memory = watchWasmMemory();
  let model: LanguageModel;
  let params: Params;
  const full = jit((live: Params, input: PackedInput) => project(live, hiddenStates(TEST_CONFIG, live, input)));

  beforeAll(async () => {
    model = await testModel();
    params = toDevice(testWeights());
  });
  afterAll(() => {
    model.dispose();
    disposeParams(params);
    full.dispose();
  });

  /** Log-probabilities of a completion from one plain forward pass of the training form. */
  function teacherForced(prompt: readonly number[], { tokens }: GeneratedTokens): number[] {
    const all = [...prompt, ...tokens];
    const shape = [1, all.length];
    const logits = full(keepParams(params), {
      tokens: np.array(Int32Array.from(all), { shape, dtype: np.int32 }),
      positions: np.array(Float32Array.from(all.keys()), { shape, dtype: np.float32 }),
      segments: np.zeros(shape, { dtype: np.int32 }),
    }).dataSync() as Float32Array;
    return tokens.map((token, i) => {
      const start = (prompt.length + i - 1) * TEST_CONFIG.vocab_size;
      const row = logits.slice(start, start + TEST_CONFIG.vocab_size);
      return (row[token] ?? 0) - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    });
  }

  it("agrees with the full forward pass, also after the recent slots have moved to the past", async () => {
    const prompts = [
      [3, 1, 4, 1, 5],
      [9, 2, 6, 5, 3, 5, 8, 9, 7],
    ];
    const results = await model.generate(prompts.map((prompt) => request(prompt, { seeds: [1, 2], maxTokens: 70 })));
    for (const [i, prompt] of prompts.entries()) {
      for (const completion of results[i]?.completions ?? []) {
        expect(completion.tokens).toHaveLength(70);
        const expected = teacherForced(prompt, completion);
        for (const [t, logProb] of completion.logProbs.entries()) expect(logProb).toBeCloseTo(expected[t] ?? 0, 3);
      }
    }
  });

  it("gives a completion that depends on its seed, not on its company", async () => {
    const alone = await model.generate([request([7, 7, 2], { seeds: [11] })]);
    const others = Array.from({ length: 20 }, (_, i) => request([i, 5], { seeds: [i, i + 1], maxTokens: 1 + 2 * i }));
    const crowd = await model.generate([...others, request([7, 7, 2], { seeds: [10, 11] })]);
    expect(crowd.at(-1)?.completions[1]?.tokens).toEqual(alone[0]?.completions[0]?.tokens);
    expect(crowd.at(-1)?.completions[0]?.tokens).not.toEqual(alone[0]?.completions[0]?.tokens);
    expect(crowd.map(({ completions }) => completions[0]?.tokens.length)).toEqual([
      ...others.map(({ maxTokens }) => maxTokens),
      12,
    ]);
  });

  it("is the same again for the same seed", async () => {
    const run = async () => {
      const [result] = await model.generate([request([1, 2, 3], { seeds: [4, 5, 6] })]);
      return result?.completions.map(({ tokens, finish }) => ({ tokens, finish }));
    };
    expect(await run()).toEqual(await run());
  });

  it("ends at a stop token, which it keeps", async () => {
    const [free] = await model.generate([request([1, 2, 3])]);
    const tokens = free?.completions[0]?.tokens ?? [];
    const stop = tokens[5] ?? -1;
    const [stopped] = await model.generate([request([1, 2, 3], { stop: new Set([stop]) })]);
    expect(stopped?.completions[0]?.tokens).toEqual(tokens.slice(0, tokens.indexOf(stop) + 1));
    expect(stopped?.completions[0]?.finish).toBe("stop");
    expect(free?.completions[0]?.finish).toBe("length");
  });

  it("reads equal prompts once", async () => {
    const results = await model.generate([request([21, 20]), request([21, 20], { seeds: [8] }), request([19])]);
    expect(results.map(({ prefilledTokens }) => prefilledTokens)).toEqual([2, 0, 1]);
  });

  it("reads only what is new of a prompt whose beginning it knows, to the same end", async () => {
    const beginning = Array.from({ length: 30 }, (_, i) => (5 * i + 2) % 23);
    const longer = [...beginning, 8, 3, 1];
    const branch = [...beginning.slice(0, 28), 0, 0];
    const run = (asked: LanguageModel, prompts: readonly (readonly number[])[]) =>
      asked.generate(prompts.map((prompt) => request(prompt, { maxTokens: 40 })));
    const other = await testModel();
    const expected = await run(other, [longer, branch, [6, 6, 6]]);
    other.dispose();
    await run(model, [beginning]);
    const actual = await run(model, [longer, branch, [6, 6, 6]]);
    expect(actual.map(({ prefilledTokens }) => prefilledTokens)).toEqual([3, 2, 3]);
    for (const [i, { completions }] of actual.entries()) {
      expect(completions[0]?.tokens).toEqual(expected[i]?.completions[0]?.tokens);
      expect(completions[0]?.logProbs.at(-1)).toBeCloseTo(expected[i]?.completions[0]?.logProbs.at(-1) ?? 0, 4);
    }
    const again = await run(model, [[...longer, 9, 9, 9]]);
    expect(again[0]?.prefilledTokens).toBe(3);
  });

  it("ends where the context ends, and refuses a prompt that fills it", async () => {
    const prompt = Array.from({ length: CONTEXT - 3 }, (_, i) => i % 20);
    const [result] = await model.generate([request(prompt)]);
    expect(result?.completions[0]).toMatchObject({ finish: "length", tokens: { length: 3 } });
    await expect(model.generate([request([...prompt, 1, 2, 3])])).rejects.toMatchObject({
      code: "model/prompt-too-long",
    });
  });

  it("stops when its signal fires", async () => {
    const controller = new AbortController();
    const running = model.generate([request([1], { maxTokens: 150 })], controller.signal);
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });

  it("holds on to no memory", async () => {
    const run = () => model.generate([request([1, 2, 3], { seeds: [...Array(16).keys()], maxTokens: 40 })]);
    for (let i = 0; i < 3; i++) await run();
    const before = memory();
    expect(before).toBeGreaterThan(0);
    for (let i = 0; i < 12; i++) await run();
    expect(memory()).toBe(before);
  });
});
