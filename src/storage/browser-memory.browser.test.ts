import { afterAll, expect, it, vi } from "vitest";
import { createBrowserMemory } from "./browser-memory";

const NAME = "browser-memory-test";

afterAll(() => {
  indexedDB.deleteDatabase(NAME);
});

it("is remembered from one start to the next, the newest", async () => {
  expect(await createBrowserMemory(NAME).recall("choice")).toBe(undefined);
  await createBrowserMemory(NAME).remember("choice", { backend: "wasm" });
  await createBrowserMemory(NAME).remember("choice", { backend: "simd" });
  expect(await createBrowserMemory(NAME).recall("choice")).toEqual({ backend: "simd" });
});

it("remembers nothing, and says nothing, where a browser keeps nothing", async () => {
  const memory = createBrowserMemory(NAME);
  const open = vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  await memory.remember("choice", { backend: "webgpu" });
  expect(await memory.recall("choice")).toBe(undefined);
  open.mockRestore();
  // What cannot be stored is no reason to fail either.
  await memory.remember("choice", () => {});
  expect(await memory.recall("choice")).toEqual({ backend: "simd" });
});
