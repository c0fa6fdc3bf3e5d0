import { numpy as np } from "@jax-js/jax";
import { describe, expect, it } from "vitest";
import { policyPrompt } from "../../core/protocol/tiny";
import type { Step } from "../../core/step";
import { writeSafetensors } from "../../model/io/safetensors";
import { loadTokenizer } from "../../model/io/tokenizer";
import { startBackend } from "../../model/jax";
import { BASE_SHAPE, toHuggingFaceConfig } from "../../model/network/config";
import { initialHeads, initialParams, toDevice } from "../../model/network/parameters";
import { hiddenStates } from "../../model/network/transformer";
import { VALUE_BIAS, VALUE_WEIGHT, valueHead } from "../../model/network/value-head";
import { fetchTestKernels } from "../../model/test-fixture";
import { problemOf } from "../../testing/problem";
import { createTinyScorer } from "./scorer";

const problem = problemOf();
const define: Step = { kind: "define", text: "1 operation" };
const refine = (text: string): Step => ({ kind: "refine", text });
const paths = [[define], [define, refine("multiply each by 2")], [define, refine("add 1 to each")], []];

const tokenizerJson = (await (await fetch("/models/tiny/tokenizer.json")).json()) as object;
const tokenizer = loadTokenizer(tokenizerJson);
const config = {
  ...BASE_SHAPE,
  hidden_size: 32,
  intermediate_size: 40,
  num_hidden_layers: 2,
  vocab_size: tokenizer.vocabSize,
};
const trunk = new Map(
  [...initialParams(config, 3)].map(([name, { shape, data }]) => [
    name,
    { shape, data: shape.length > 1 ? data.map((x) => 8 * x) : data },
  ]),
);
const heads = new Map(
  [...initialHeads(valueHead(config), 4)].map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((x) => 30 * x + 0.25) },
  ]),
);
const filesOf = (params: typeof trunk) => ({
  config: toHuggingFaceConfig(config),
  tokenizer: tokenizerJson,
  weights: writeSafetensors(params, "F32"),
});

/** The head on the hidden state of the last token, computed another way. */
async function expectedValue(steps: readonly Step[]): Promise<number> {
  const backend = await startBackend("wasm");
  const tokens = tokenizer.encode(policyPrompt(problem, steps));
  const shape = [1, tokens.length];
  const input = {
    tokens: np.array(Int32Array.from(tokens), { shape, dtype: np.int32 }),
    positions: np.array(Float32Array.from(tokens.keys()), { shape, dtype: np.float32 }),
    segments: np.ones(shape).astype(np.int32),
  };
  const hidden = (await backend.read(hiddenStates(config, toDevice(trunk), input))).slice(-config.hidden_size);
  const weight = heads.get(VALUE_WEIGHT)?.data ?? [];
  const logit = hidden.reduce((sum, x, i) => sum + x * (weight[i] ?? 0), heads.get(VALUE_BIAS)?.data[0] ?? 0);
  return 1 / (1 + Math.exp(-logit));
}

describe.each(["simd", "wasm"] as const)("the tiny model's step scorer on %s", (backend) => {
  it("gives the head's value at the end of each path, in their order, with what they share read once", async () => {
    const scorer = await createTinyScorer(filesOf(new Map([...trunk, ...heads])), fetchTestKernels, backend);
    const { values, prompts } = await scorer.score(problem, paths);
    for (const [i, steps] of paths.entries()) expect(values[i]).toBeCloseTo(await expectedValue(steps), 4);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.01);
    expect(prompts?.prefilledTokens).toBeLessThanOrEqual(prompts?.promptTokens ?? 0);
    const again = await scorer.score(problem, paths);
    for (const [i, value] of again.values.entries()) expect(value).toBeCloseTo(values[i] ?? Number.NaN, 5);
    expect(again.prompts?.prefilledTokens).toBeLessThan((prompts?.promptTokens ?? 0) / 4);
  });

  it("values a program by the reasoning before it", async () => {
    const scorer = await createTinyScorer(filesOf(new Map([...trunk, ...heads])), fetchTestKernels, backend);
    const code: Step = { kind: "code", text: "function solve(xs) {}" };
    const { values } = await scorer.score(problem, [[define, code], [define], [code]]);
    expect(values[0]).toBe(values[1]);
    expect(values[2]).toBeCloseTo(await expectedValue([code]), 4);
  });

  it("bears any number of paths, and one that is too long is worth nothing", async () => {
    const scorer = await createTinyScorer(filesOf(new Map([...trunk, ...heads])), fetchTestKernels, backend);
    const long = [define, refine("multiply each by 2, ".repeat(200))];
    const { values } = await scorer.score(problem, [...Array.from({ length: 70 }, () => [define]), long]);
    expect(values).toHaveLength(71);
    expect(new Set(values.slice(0, 70).map((value) => value.toFixed(5))).size).toBe(1);
    expect(values[70]).toBe(0);
    expect((await scorer.score(problem, [])).values).toEqual([]);
    const stopped = AbortSignal.abort();
    await expect(scorer.score(problem, paths, stopped)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses weights without a value head", async () => {
    const made = createTinyScorer(filesOf(trunk), fetchTestKernels, backend);
    await expect(made).rejects.toThrow(/heads.value.weight is missing/);
  });
});
