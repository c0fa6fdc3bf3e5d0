import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SampleRequest } from "../../core/protocol/protocol";
import { readSafetensors, writeSafetensors } from "../../model/io/safetensors";
import { fetchTestKernels } from "../../model/test-fixture";
import { createTinyModel, fetchTinyModel, type TinyModel, type TinyModelFiles } from "./model";

const REQUEST: SampleRequest = {
  prompt: "<problem>",
  count: 2,
  stop: ["<end>"],
  maxTokens: 12,
  temperature: 0.8,
  topK: 0,
  topP: 1,
  seed: 3,
};

let files: TinyModelFiles;
let model: TinyModel;

beforeAll(async () => {
  files = await fetchTinyModel(new URL("/models/tiny/", location.href));
  model = await createTinyModel(files, fetchTestKernels, "simd");
});
afterAll(() => model.dispose());

const completionsOf = async (change: Partial<SampleRequest> = {}) =>
  (await model.sample([{ ...REQUEST, ...change }])).flatMap(({ completions }) => completions);

describe("the tiny model", () => {
  it("tells the ids of tokens only where they are asked for", async () => {
    const plain = await completionsOf();
    const withIds = await completionsOf({ keepIds: true });
    for (const { tokenIds, tokens } of withIds) expect(tokenIds).toHaveLength(tokens);
    expect(plain.some((completion) => "tokenIds" in completion)).toBe(false);
    expect(withIds.map(({ text }) => text)).toEqual(plain.map(({ text }) => text));
  });

  it("draws nothing twice where it is told what was drawn", async () => {
    const first = await completionsOf({ drawn: [], count: 3, maxTokens: 3 });
    const drawn = first.map(({ tokenIds = [], logProbs, drawLogProbs = [] }) => ({ tokenIds, logProbs, drawLogProbs }));
    const more = await completionsOf({ drawn, count: 3, maxTokens: 3, seed: 4 });
    const all = [...first, ...more].map(({ tokenIds }) => tokenIds?.join());
    expect(new Set(all).size).toBe(6);
    expect(first.every(({ drawLogProbs, tokens }) => drawLogProbs?.length === tokens)).toBe(true);
  });

  it("takes other weights while it runs, says which they are, and answers as before when it gets its own back", async () => {
    const [before, { weights }] = [await completionsOf(), model.info];
    const { tensors } = readSafetensors(files.weights);
    const others = [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => -x) }] as const);
    const info = await model.loadWeights(writeSafetensors(new Map(others), "F16"));
    expect(model.info).toEqual(info);
    expect(info.weights).not.toBe(weights);
    expect(await completionsOf()).not.toEqual(before);
    await model.loadWeights(files.weights);
    expect(model.info.weights).toBe(weights);
    expect(await completionsOf()).toEqual(before);
  });

  it("keeps its weights when others do not fit", async () => {
    const before = await completionsOf();
    const { tensors } = readSafetensors(files.weights);
    const fewer = writeSafetensors(new Map([...tensors].slice(1)), "F16");
    for (const file of [fewer, files.weights.slice(0, 100)]) {
      await expect(model.loadWeights(file)).rejects.toMatchObject({ code: expect.stringMatching(/^model\//) });
    }
    expect(await completionsOf()).toEqual(before);
  });
});
