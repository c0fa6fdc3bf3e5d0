import { numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../jax";
import { TEST_CONFIG, testWeights } from "../test-fixture";
import { headSize } from "./config";
import { EMBEDDING, FINAL_NORM, layerNames, toDevice } from "./parameters";
import { hiddenStates, project } from "./transformer";

type Vector = readonly number[];

const weights = testWeights();
const size = headSize(TEST_CONFIG);

/** A tensor's rows; one row for a vector. */
function rowsOf(name: string): readonly Vector[] {
  const { shape, data } = weights.get(name) ?? { shape: [0], data: new Float32Array() };
  const width = shape.at(-1) ?? 0;
  return Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}

const dot = (a: Vector, b: Vector) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const add = (a: Vector, b: Vector) => a.map((value, i) => value + (b[i] ?? 0));
const linear = (name: string, x: Vector) => rowsOf(name).map((row) => dot(row, x));

function norm(name: string, x: Vector): Vector {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + TEST_CONFIG.rms_norm_eps);
  return x.map((value, i) => value * scale * (rowsOf(name)[0]?.[i] ?? 0));
}

/** Number i of a head turns with number i + size / 2, by position theta^(-2 i / size) (transformers, modeling_llama.py). */
function rotate(head: Vector, position: number): Vector {
  const half = size / 2;
  return head.map((value, i) => {
    const angle = position * TEST_CONFIG.rope_theta ** (-(2 * (i % half)) / size);
    const partner = i < half ? -(head[i + half] ?? 0) : (head[i - half] ?? 0);
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}

function heads(vector: Vector): readonly Vector[] {
  return Array.from({ length: TEST_CONFIG.num_attention_heads }, (_, h) => vector.slice(h * size, (h + 1) * size));
}

function attend(query: Vector, keys: readonly Vector[], values: readonly Vector[]): Vector {
  const exponentials = keys.map((key) => Math.exp(dot(query, key) / Math.sqrt(size)));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return query.map((_, i) =>
    values.reduce((sum, value, t) => sum + ((exponentials[t] ?? 0) / total) * (value[i] ?? 0), 0),
  );
}

function layerForward(layer: number, states: readonly Vector[]): readonly Vector[] {
  const names = layerNames(layer);
  const normed = states.map((x) => norm(names.attentionNorm, x));
  const turned = (name: string) => normed.map((x, t) => heads(linear(name, x)).map((head) => rotate(head, t)));
  const [queries, keys] = [turned(names.query), turned(names.key)];
  const values = normed.map((x) => heads(linear(names.value, x)));
  return states.map((x, t) => {
    const mixed = (queries[t] ?? []).flatMap((query, h) => {
      const seen = (all: readonly (readonly Vector[])[]) => all.slice(0, t + 1).map((each) => each[h] ?? []);
      return attend(query, seen(keys), seen(values));
    });
    const y = add(x, linear(names.attentionOut, mixed));
    const z = norm(names.mlpNorm, y);
    const up = linear(names.up, z);
    const gated = linear(names.gate, z).map((gate, i) => (gate / (1 + Math.exp(-gate))) * (up[i] ?? 0));
    return add(y, linear(names.down, gated));
  });
}

/** The logits after each token, number by number. */
function reference(tokens: readonly number[]): readonly Vector[] {
  let states: readonly Vector[] = tokens.map((token) => rowsOf(EMBEDDING)[token] ?? []);
  for (let layer = 0; layer < TEST_CONFIG.num_hidden_layers; layer++) states = layerForward(layer, states);
  return states.map((x) => linear(EMBEDDING, norm(FINAL_NORM, x)));
}

describe("hiddenStates and project", () => {
  beforeAll(async () => {
    await startBackend("wasm");
  });

  it("computes what a Llama decoder computes, for each packed text", () => {
    const [first, second] = [
      [3, 1, 4, 1, 5, 9],
      [2, 7, 1],
    ] as const;
    const params = toDevice(weights);
    const hidden = hiddenStates(TEST_CONFIG, params, {
      tokens: np.array([[...first, ...second]], { dtype: np.int32 }),
      positions: np.array([[0, 1, 2, 3, 4, 5, 0, 1, 2]], { dtype: np.float32 }),
      segments: np.array([[1, 1, 1, 1, 1, 1, 2, 2, 2]], { dtype: np.int32 }),
    });
    const logits = project(params, hidden);
    expect(logits.shape).toEqual([9, TEST_CONFIG.vocab_size]);
    const actual = [...logits.dataSync()];
    const expected = [...reference(first), ...reference(second)].flat();
    const differences = expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-3);
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(2);
  });
});
