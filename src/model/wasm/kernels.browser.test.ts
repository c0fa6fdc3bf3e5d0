import { expect, it } from "vitest";
import { headSize, type ModelConfig } from "../network/config";
import { EMBEDDING, FINAL_NORM, type HostParams, layerNames } from "../network/parameters";
import { fetchTestKernels, TEST_CONFIG, testWeights } from "../test-fixture";
import { KernelDecoder, slotsFor } from "./decoder";
import { Kernels } from "./kernels";
import { threadsHere } from "./threads";

type Vector = readonly number[];

/** The Llama decoder as its papers have it, one number after another in float64: logits after every token of a text. */
function referenceLogits(config: ModelConfig, weights: HostParams, tokens: readonly number[]): readonly Vector[] {
  const { hidden_size: D, num_attention_heads: H, rms_norm_eps: epsilon, rope_theta: theta } = config;
  const S = headSize(config);
  const tensor = (name: string) => weights.get(name)?.data ?? new Float32Array(0);
  const norm = (x: Vector, name: string): Vector => {
    const rms = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / D + epsilon);
    return x.map((value, i) => (value / rms) * (tensor(name)[i] ?? 0));
  };
  const linear = (x: Vector, name: string): Vector => {
    const w = tensor(name);
    return Array.from({ length: w.length / x.length }, (_, row) =>
      x.reduce((sum, value, i) => sum + value * (w[row * x.length + i] ?? 0), 0),
    );
  };
  const rotate = (x: Vector, position: number): Vector =>
    x.map((value, i) => {
      const within = i % S;
      const pair = within % (S / 2);
      const angle = position * theta ** (-pair / (S / 2));
      const other = within < S / 2 ? -(x[i + S / 2] ?? 0) : (x[i - S / 2] ?? 0);
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  const add = (a: Vector, b: Vector): Vector => a.map((value, i) => value + (b[i] ?? 0));
  const embedding = tensor(EMBEDDING);
  let rows = tokens.map((token): Vector => [...embedding.subarray(token * D, (token + 1) * D)]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const names = layerNames(layer);
    const normed = rows.map((x) => norm(x, names.attentionNorm));
    const queries = normed.map((x, i) => rotate(linear(x, names.query), i));
    const keys = normed.map((x, i) => rotate(linear(x, names.key), i));
    const values = normed.map((x) => linear(x, names.value));
    rows = rows.map((x, i) => {
      const mixed = new Array<number>(D).fill(0);
      for (let head = 0; head < H; head++) {
        const part = (vector: Vector | undefined, s: number) => vector?.[head * S + s] ?? 0;
        const scores = keys.slice(0, i + 1).map((key) => {
          let dot = 0;
          for (let s = 0; s < S; s++) dot += part(queries[i], s) * part(key, s);
          return dot / Math.sqrt(S);
        });
        const highest = Math.max(...scores);
        const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
        for (const [j, score] of scores.entries()) {
          const share = Math.exp(score - highest) / total;
          for (let s = 0; s < S; s++) mixed[head * S + s] = (mixed[head * S + s] ?? 0) + share * part(values[j], s);
        }
      }
      return add(x, linear(mixed, names.attentionOut));
    });
    rows = rows.map((x) => {
      const inner = norm(x, names.mlpNorm);
      const up = linear(inner, names.up);
      const gated = linear(inner, names.gate).map((g, i) => (g / (1 + Math.exp(-g))) * (up[i] ?? 0));
      return add(x, linear(gated, names.down));
    });
  }
  return rows.map((x) => linear(norm(x, FINAL_NORM), EMBEDDING));
}

const TEXTS = [
  [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6],
  [2, 7],
  Array.from({ length: 101 }, (_, i) => (i * i) % TEST_CONFIG.vocab_size),
];

/** The model whose head and inner sizes fill no vector evenly, and one with wider heads. */
const CONFIGS: readonly ModelConfig[] = [
  TEST_CONFIG,
  { ...TEST_CONFIG, hidden_size: 48, intermediate_size: 44, num_attention_heads: 3, num_hidden_layers: 3 },
];

function expectLogits(actual: Float32Array, expected: Vector): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN))))).toBeLessThan(1e-4);
}

it.each(CONFIGS)("logits are those of the formulas in float64 at $hidden_size numbers", async (config) => {
  // Large weights make large logits, of which float32 keeps fewer digits after the point.
  const weights = new Map(
    [...testWeights(config)].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x / 2) }]),
  );
  const positions = config.max_position_embeddings;
  const room = { extraParams: 0, trainTokens: positions, slots: slotsFor(positions), passTokens: 512 };
  const kernels = await Kernels.start(config, room, fetchTestKernels, threadsHere(false));
  kernels.writeParams(weights);
  const tokens = TEXTS.flat();
  const starts = TEXTS.map((_, i) => TEXTS.slice(0, i).flat().length);
  kernels.ints("trainTokens", tokens.length).set(tokens);
  kernels.ints("trainPositions", tokens.length).set(TEXTS.flatMap((text) => [...text.keys()]));
  kernels.ints("texts", 2 * TEXTS.length).set(TEXTS.flatMap((text, i) => [starts[i] ?? 0, text.length]));
  kernels.run("forward", tokens.length, TEXTS.length);
  const logits = kernels.floats("logits", tokens.length * config.vocab_size).slice();
  const decoder = new KernelDecoder(kernels);
  const prompts = TEXTS.map((text) => text.slice(0, -1));
  const read = await decoder.prefill(prompts);
  const stepped = await read.decode([0, 1, 2]).step(TEXTS.map((text) => text.at(-1) ?? 0));
  for (const [i, text] of TEXTS.entries()) {
    const expected = referenceLogits(config, weights, text);
    const at = (place: number) => ((starts[i] ?? 0) + place) * config.vocab_size;
    for (const [place, row] of expected.entries()) expectLogits(logits.slice(at(place), at(place + 1)), row);
    expectLogits(read.logits[i] ?? new Float32Array(0), expected.at(-2) ?? []);
    expectLogits(stepped[i] ?? new Float32Array(0), expected.at(-1) ?? []);
  }
  kernels.dispose();
});
