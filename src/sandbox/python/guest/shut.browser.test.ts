import { expect, it } from "vitest";

const GONE =
  "fetch XMLHttpRequest WebSocket WebTransport EventSource importScripts Worker BroadcastChannel MessageChannel " +
  "MessagePort postMessage onmessage addEventListener indexedDB caches navigator location URL Blob WebAssembly eval " +
  "setTimeout close SharedArrayBuffer Atomics";

it("leaves a realm nothing that reaches anything, freezes the rest, and replaces chance", async () => {
  const worker = new Worker(new URL("./shut-fixture.ts", import.meta.url), { type: "module" });
  const told = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.postMessage(GONE.split(" "));
  const { there, frozen, draws } = (await told) as { there: string[]; frozen: boolean[]; draws: number[][] };
  worker.terminate();
  expect(there).toEqual([]);
  expect(frozen).not.toContain(false);
  expect(draws[1]).toEqual(draws[0]);
});
