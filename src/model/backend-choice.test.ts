import { expect, it } from "vitest";
import type { BrowserMemory } from "../ports/browser-memory";
import type { BackendName } from "./backend";
import { onChosenBackend } from "./backend-choice";

const survey = { names: ["simd", "simd-threads"], stamp: "version 1, 8 cores" } as const;

/** A memory, and what was asked of the world: `use` gives what it is asked for, `measure` finds `fastest`. */
function world(fastest: BackendName, remembered: Record<string, unknown> = {}) {
  const kept = new Map(Object.entries(remembered));
  const calls: string[] = [];
  const memory: BrowserMemory = {
    recall: async (name) => kept.get(name),
    remember: async (name, value) => void kept.set(name, value),
  };
  const start = (from = survey as Parameters<typeof onChosenBackend>[2], broken: BackendName | null = null) =>
    onChosenBackend(
      "sampling",
      memory,
      from,
      async (name) => {
        calls.push(`use ${name}`);
        if (name === broken) throw new Error("it does not start");
        return name;
      },
      async (names) => {
        calls.push(`measure ${names.join()}`);
        return { backend: fastest, value: fastest };
      },
    );
  return { start, calls, kept };
}

it("measures once in a browser, and then takes what was fastest", async () => {
  const { start, calls } = world("simd-threads");
  expect(await start()).toBe("simd-threads");
  expect(await start()).toBe("simd-threads");
  expect(calls).toEqual(["measure simd,simd-threads", "use simd-threads"]);
});

it("measures anew when the app or the machine has changed, and remembers that", async () => {
  const { start, calls } = world("simd", { sampling: { backend: "simd-threads", stamp: survey.stamp } });
  const changed = { ...survey, stamp: "version 2, 8 cores" };
  expect(await start(changed)).toBe("simd");
  expect(await start(changed)).toBe("simd");
  expect(calls).toEqual(["measure simd,simd-threads", "use simd"]);
});

it("measures anew when what was chosen does not run any more, or cannot be had", async () => {
  const broken = world("simd", { sampling: { backend: "simd-threads", stamp: survey.stamp } });
  expect(await broken.start(survey, "simd-threads")).toBe("simd");
  expect(broken.calls).toEqual(["use simd-threads", "measure simd,simd-threads"]);
  const gone = world("simd", { sampling: { backend: "webgpu", stamp: survey.stamp } });
  expect(await gone.start()).toBe("simd");
  expect(gone.calls).toEqual(["measure simd,simd-threads"]);
});

it.each([null, 7, "simd", { backend: "abacus", stamp: survey.stamp }, { backend: "simd" }])(
  "makes nothing of %o in the memory",
  async (remembered) => {
    const { start, calls } = world("simd", { sampling: remembered });
    expect(await start()).toBe("simd");
    expect(calls).toEqual(["measure simd,simd-threads"]);
  },
);

it("does not remember what was only left over", async () => {
  const { start, kept } = world("wasm");
  expect(await start()).toBe("wasm");
  expect(kept.size).toBe(0);
});
