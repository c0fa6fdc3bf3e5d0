import { afterEach, describe, expect, it } from "vitest";
import { availableBackends, type BackendName, canUseThreads } from "./backend";
import { startBackend } from "./jax";
import { loadOnFastest } from "./language-model";
import { fetchTestKernels, TEST_CONFIG, testModel, testWeights } from "./test-fixture";

const PROMPTS = [
  [3, 1, 4, 1, 5],
  [2, 7],
];

/** Logits after the prompts, after one more token of each, and after so many that the cache has moved, with a row less. */
async function logitsOn(backend: BackendName): Promise<number[]> {
  const model = await testModel(backend);
  const decoder = model.openDecoder();
  const prefilled = await decoder.prefill(PROMPTS);
  const decoding = prefilled.decode([0, 1, 1]);
  const logits = [...prefilled.logits, ...copied(await decoding.step([6, 7, 8]))];
  decoding.keepRows([2, 0]);
  for (let i = 0; i < 33; i++) await decoding.step([i % 7, i % 5]);
  logits.push(...copied(await decoding.step([1, 2])));
  decoding.dispose();
  prefilled.dispose();
  decoder.close();
  model.dispose();
  return logits.flatMap((row) => [...row]);
}

/** Logits stand until the next step. */
function copied(rows: readonly Float32Array[]): readonly Float32Array[] {
  return rows.map((row) => row.slice());
}

function expectClose(actual: readonly number[], expected: readonly number[], most = 1e-3): void {
  expect(actual).toHaveLength(expected.length);
  const differences = actual.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)));
  expect(Math.max(...differences)).toBeLessThan(most);
}

describe("backends", () => {
  afterEach(async () => {
    await startBackend("wasm");
  });

  it("runs on one Wasm thread", async () => {
    const logits = await logitsOn("wasm");
    expect(logits).toHaveLength(7 * TEST_CONFIG.vocab_size);
    expect(Math.max(...logits) - Math.min(...logits)).toBeGreaterThan(0.5);
  });

  it("agrees with itself on several Wasm threads", async () => {
    expect(canUseThreads()).toBe(true);
    expectClose(await logitsOn("wasm-threads"), await logitsOn("wasm"));
  });

  it("agrees with the kernels of our own", async () => {
    expectClose(await logitsOn("simd"), await logitsOn("wasm"), 1e-4);
  });

  it("agrees on WebGPU", async ({ skip }) => {
    const started = await startBackend("webgpu").catch((error: Error) => error);
    if (started instanceof Error) skip(`WebGPU is not tested here: ${started.message}`);
    expectClose(await logitsOn("webgpu"), await logitsOn("wasm"));
  });

  it("always offers one that works, and takes the fastest", async () => {
    const names = await availableBackends();
    expect(names[0]).toBe("simd");
    const { model, timings } = await loadOnFastest(TEST_CONFIG, testWeights(), ["simd", "wasm"], fetchTestKernels);
    const best = Math.min(...timings.map(({ ms }) => ms));
    expect(timings.find(({ ms }) => ms === best)?.backend).toBe(model.backend);
    model.dispose();
  });

  it("refuses weights of another shape", async () => {
    await expect(
      loadOnFastest({ ...TEST_CONFIG, vocab_size: 24 }, testWeights(), ["wasm"], fetchTestKernels),
    ).rejects.toMatchObject({
      code: "model/weights-mismatch",
    });
  });
});
