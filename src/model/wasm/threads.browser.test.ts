import { describe, expect, it } from "vitest";
import type { ThreadsKind } from "./threads-fixture.worker";

/** What two generations in a worker gave, and what the model said it ran on, before the first and after it. */
async function generateOn(kind: ThreadsKind): Promise<{ backends: string[]; completions: unknown; failure?: string }> {
  const worker = new Worker(new URL("./threads-fixture.worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", ({ message }) => reject(new Error(message)));
      worker.postMessage(kind);
    });
  } finally {
    worker.terminate();
  }
}

describe("kernels on threads", () => {
  it("generate exactly what one thread does", async () => {
    const expected = await generateOn("one");
    const actual = await generateOn("several");
    expect(expected.backends).toEqual(["simd", "simd"]);
    expect(actual).toEqual({ ...expected, backends: ["simd-threads", "simd-threads"] });
  });

  it("go on as one thread, with the same result, when another is gone", async () => {
    const { completions } = await generateOn("one");
    expect(await generateOn("deaf")).toEqual({ completions, backends: ["simd-threads", "simd"] });
  });

  it("say so when a thread does not start", async () => {
    expect(await generateOn("missing")).toEqual({ failure: expect.stringMatching(/a thread does not start/) });
  });
});
