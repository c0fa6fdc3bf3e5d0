import { afterEach, describe, expect, it, vi } from "vitest";
import { type BackendName, canUseThreads, surveyBackends } from "./backend";
import { startBackend } from "./jax";
import { loadOnFastest } from "./language-model";
import { fetchTestKernels, TEST_CONFIG, testModel, testWeights } from "./test-fixture";

const PROMPTS = [
  [3, 1, 4, 1, 5],
  [2, 7],
];

/** Logits after the prompts, after one more token of each, and after so many that the cache has moved, with a row less and one twice. */
async function logitsOn(backend: BackendName): Promise<number[]> {
  const model = await testModel(backend);
  const decoder = model.openDecoder();
  const prefilled = await decoder.prefill(PROMPTS);
  const decoding = prefilled.decode([0, 1, 1]);
  const logits = [...prefilled.logits, ...copied(await decoding.step([6, 7, 8]))];
  decoding.chooseRows([2, 0, 2]);
  for (let i = 0; i < 33; i++) await decoding.step([i % 7, i % 5, i % 3]);
  logits.push(...copied(await decoding.step([1, 2, 3])));
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
    expect(logits).toHaveLength(8 * TEST_CONFIG.vocab_size);
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

  it("takes the fastest", async () => {
    const { model, timings } = await loadOnFastest(TEST_CONFIG, testWeights(), ["simd", "wasm"], fetchTestKernels);
    const best = Math.min(...timings.map(({ ms }) => ms));
    expect(timings.find(({ ms }) => ms === best)?.backend).toBe(model.backend);
    model.dispose();
  });

  it("finds the kernels first, jax-js where there is no SIMD, and one thread where memory cannot be shared", async () => {
    const all = await surveyBackends("1");
    expect(all.names.slice(0, 2)).toEqual(["simd", "simd-threads"]);
    expect((await surveyBackends("2")).stamp).not.toBe(all.stamp);
    vi.stubGlobal("crossOriginIsolated", false);
    const alone = await surveyBackends("1");
    expect(alone.names[0]).toBe("simd");
    expect(alone.names).not.toContain("simd-threads");
    expect(alone.stamp).not.toBe(all.stamp);
    const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect((await surveyBackends("1")).names[0]).toBe("wasm");
    validate.mockRestore();
    vi.unstubAllGlobals();
  });

  it("is jax-js when the kernels get no memory", async () => {
    const grow = WebAssembly.Memory.prototype.grow;
    const refuse = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(function (
      this: WebAssembly.Memory,
      delta,
    ) {
      // The kernels' memory begins with one page, jax-js's with none.
      if (this.buffer.byteLength === 65_536) throw new RangeError("no more memory");
      return grow.call(this, delta);
    });
    const load = (names: readonly BackendName[]) => loadOnFastest(TEST_CONFIG, testWeights(), names, fetchTestKernels);
    const { model } = await load(["simd", "simd-threads"]);
    expect(model.backend).toBe("wasm");
    model.dispose();
    await expect(testModel("simd")).rejects.toMatchObject({ code: "model/no-backend" });
    refuse.mockRestore();
  });

  it("refuses weights of another shape", async () => {
    await expect(
      loadOnFastest({ ...TEST_CONFIG, vocab_size: 24 }, testWeights(), ["wasm"], fetchTestKernels),
    ).rejects.toMatchObject({
      code: "model/weights-mismatch",
    });
  });
});
