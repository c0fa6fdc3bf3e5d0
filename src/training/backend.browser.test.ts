import { expect, it, vi } from "vitest";
import { fetchTestKernels, TEST_CONFIG } from "../model/test-fixture";
import type { BrowserMemory } from "../ports/browser-memory";
import { startTrainingBackend } from "./backend";

function memory(): BrowserMemory & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return { kept, recall: async (name) => kept.get(name), remember: async (name, value) => void kept.set(name, value) };
}

it("is measured once, remembered, and can fall back on jax-js", async () => {
  vi.stubGlobal("crossOriginIsolated", false);
  const choice = { memory: memory(), version: "1" };
  for (let start = 0; start < 2; start++) {
    const backend = await startTrainingBackend(TEST_CONFIG, fetchTestKernels, choice);
    expect(backend).toMatchObject({ threading: { count: 1 }, fallBack: expect.any(Function) });
    expect([...choice.memory.kept.values()]).toMatchObject([{ backend: "simd" }]);
  }
  vi.unstubAllGlobals();
});

it("passes over what does not run", async () => {
  const choice = { memory: memory(), version: "1" };
  const missing = () => Promise.reject(new Error("no such file"));
  expect(await startTrainingBackend(TEST_CONFIG, missing, choice)).toMatchObject({ name: "wasm" });
  expect(choice.memory.kept.size).toBe(0);
});

it("is the one that is asked for, whatever was faster", async () => {
  expect(await startTrainingBackend(TEST_CONFIG, fetchTestKernels, "wasm")).toMatchObject({ name: "wasm" });
  const forced = await startTrainingBackend(TEST_CONFIG, fetchTestKernels, "simd-threads");
  expect(forced).toMatchObject({ threading: { count: expect.any(Number) } });
  expect(forced).not.toHaveProperty("fallBack");
});
