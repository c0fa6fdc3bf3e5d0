import { numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Backend, startBackend } from "../model/jax";
import { initialHeads } from "../model/network/parameters";
import { fetchTestKernels, TEST_CONFIG, testWeights, watchWasmMemory } from "../model/test-fixture";
import { threadsHere } from "../model/wasm/threads";
import { createLearner, type Learner, type LearnerState, type LearnerTask, type TrainingBackend } from "./learner";
import { languageModel, packed, randomExamples } from "./learner-fixture";
import type { ThreadsKind } from "./learner-fixture.worker";
import type { Objective } from "./objectives/objective";
import { ADAMW_DEFAULTS } from "./optimizer";

const memory = watchWasmMemory();

const kernels = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };

const batches = [packed(randomExamples(12), 4, 32), packed(randomExamples(5, 2), 2, 48)];

/** Reads hidden states, logits, a matrix and a vector as heads, and its targets at every place, padding too. */
const mixed: Objective = {
  ...languageModel,
  name: "mixed",
  heads: new Map([
    ["heads.value.weight", [2, TEST_CONFIG.hidden_size]],
    ["heads.value.bias", [2]],
  ]),
  cost: (output, heads, targets) => {
    const values = np.matmul(output.hidden(), use(heads, "heads.value.weight").transpose([1, 0]));
    const off = values.add(use(heads, "heads.value.bias")).sub(1);
    const language = languageModel.cost(output, heads, targets);
    const square = np.mean(off.ref.mul(off));
    return { ...language, loss: language.loss.add(square.ref), metrics: { ...language.metrics, square } };
  },
};

/** The same without the logits. */
const hiddenOnly: Objective = {
  ...mixed,
  name: "hidden",
  cost: (output, heads, targets) => {
    for (const array of Object.values(targets)) array.dispose();
    const values = np.matmul(output.hidden(), use(heads, "heads.value.weight").transpose([1, 0]));
    const off = values.add(use(heads, "heads.value.bias")).sub(1);
    return { loss: np.mean(off.ref.mul(off)), weight: np.ones([]), metrics: {} };
  },
};

function use(arrays: Parameters<Objective["cost"]>[1], name: string) {
  const array = arrays[name];
  if (!array) throw new RangeError(`no tensor ${name}`);
  return array.ref;
}

let jax: Backend;

beforeAll(async () => {
  jax = await startBackend("wasm");
});

function learnerOn(backend: TrainingBackend, changes: Partial<LearnerTask> = {}): Learner {
  const task = { config: TEST_CONFIG, objective: languageModel, frozen: [], adamw: ADAMW_DEFAULTS, ...changes };
  const params = new Map([...testWeights(), ...initialHeads(mixed.heads, 3)]);
  return createLearner({ backend, ...task }, { params, first: new Map(), second: new Map() });
}

/** Largest difference as a share of the largest expected size. */
function distance(actual: Float32Array | undefined, expected: Float32Array): number {
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - (actual?.[i] ?? Number.NaN))));
  return difference / (Math.max(...expected.map(Math.abs)) || 1);
}

/** After one step the moments are the gradients, clipped, and their squares. */
function expectSameState(actual: LearnerState, expected: LearnerState, tolerance: number): void {
  for (const part of ["params", "first", "second"] as const) {
    expect([...actual[part].keys()].sort()).toEqual([...expected[part].keys()].sort());
    for (const [name, { shape, data }] of expected[part]) {
      const tensor = actual[part].get(name);
      expect({ name, part, shape: tensor?.shape }).toEqual({ name, part, shape });
      expect(distance(tensor?.data, data), `${part} of ${name}`).toBeLessThan(tolerance);
    }
  }
}

describe("the kernels learn what jax-js learns", () => {
  it.each<[string, Partial<LearnerTask>]>([
    ["as a language model", {}],
    ["with unclipped gradients", { adamw: { ...ADAMW_DEFAULTS, clipNorm: 1e9 } }],
    ["with frozen parts", { frozen: ["model.embed", "model.layers.0.mlp", "model.norm"] }],
    ["with heads on hidden states and logits", { objective: mixed }],
    ["with heads on hidden states alone", { objective: hiddenOnly }],
    ["with nothing but heads", { objective: mixed, frozen: ["model."] }],
  ])("%s: loss and every gradient", async (_, changes) => {
    const [expected, actual] = [learnerOn(jax, changes), learnerOn(kernels, changes)];
    for (const batch of batches) {
      const { loss, weight, metrics } = await expected.evaluate(batch);
      const same = await actual.evaluate(batch);
      expect(Math.abs(same.loss - loss)).toBeLessThan(1e-5 * Math.max(1, loss));
      expect(same.weight).toBeCloseTo(weight, 3);
      for (const [name, value] of Object.entries(metrics)) expect(same.metrics[name]).toBeCloseTo(value, 3);
    }
    const [report, same] = [await expected.step(batches, 1e-3, 1), await actual.step(batches, 1e-3, 1)];
    expect(same.loss).toBeCloseTo(report.loss, 5);
    expect(Object.keys(same.metrics)).toEqual(Object.keys(report.metrics));
    for (const [name, value] of Object.entries(report.metrics)) expect(same.metrics[name]).toBeCloseTo(value, 5);
    // Parameters move by the rate against a gradient's sign, be it ever so small: only moments say how large it was.
    const [before, after] = [await expected.state(), await actual.state()];
    expectSameState({ ...after, params: new Map() }, { ...before, params: new Map() }, 1e-3);
    expect([...after.params.keys()].sort()).toEqual([...before.params.keys()].sort());
    expected.dispose();
    actual.dispose();
  });

  it("and stays with it for a hundred steps", async () => {
    const [expected, actual] = [learnerOn(jax), learnerOn(kernels)];
    // At three times this rate training on random texts is chaotic: from step 60 on, any rounding grows tenfold in a few steps.
    for (let i = 1; i <= 100; i++) {
      const batch = packed(randomExamples(12, i), 4, 32);
      const [report, same] = [await expected.step([batch], 1e-3, i), await actual.step([batch], 1e-3, i)];
      expect(Math.abs(same.loss - report.loss), `step ${i}`).toBeLessThan(1e-5 * report.loss);
    }
    expectSameState(await actual.state(), await expected.state(), 1e-2);
    expected.dispose();
    actual.dispose();
  });
});

it("kernels take up no more memory in a thousand steps, with cross-entropy or another objective", async () => {
  for (const [objective, steps] of [
    [languageModel, 1000],
    [mixed, 100],
  ] as const) {
    const learner = learnerOn(kernels, { objective });
    for (let i = 1; i <= 3; i++) await learner.step(batches, 1e-3, i);
    const before = memory();
    expect(before).toBeGreaterThan(0);
    for (let i = 4; i <= steps; i++) await learner.step(batches, 1e-3, i);
    expect(memory()).toBe(before);
    learner.dispose();
  }
});

it("a larger batch than the first goes on with the same state", async () => {
  const [learner, other] = [learnerOn(kernels), learnerOn(kernels)];
  const [small, large] = [packed(randomExamples(2, 3), 1, 32), packed(randomExamples(40, 4), 3, 200)];
  await other.evaluate(large);
  for (const one of [learner, other]) {
    await one.step([small], 1e-2, 1);
    await one.step([large], 1e-2, 2);
  }
  expect(await learner.state()).toEqual(await other.state());
  learner.dispose();
  other.dispose();
});

it("a token that is not in the vocabulary is refused", async () => {
  const learner = learnerOn(kernels);
  const batch = packed([{ tokens: [1, TEST_CONFIG.vocab_size, 2], weights: [0, 1, 1] }], 1, 8);
  await expect(learner.step([batch], 1e-3, 1)).rejects.toThrow(/no token has the number 23/);
  learner.dispose();
});

it("kernels whose threads do not start learn on one", async () => {
  const threading = {
    count: 2,
    start: () => ({ ready: Promise.reject(new Error("no such script")), terminate: () => {} }),
    patienceMs: 1000,
  };
  const learner = learnerOn({ ...kernels, threading });
  expect(learner.backend).toBe("simd-threads");
  expect((await learner.step(batches, 1e-3, 1)).loss).toBeGreaterThan(1);
  expect(learner.backend).toBe("simd");
  learner.dispose();
});

describe("kernels that get no memory for a larger batch", () => {
  const large = packed(randomExamples(40, 4), 3, 200);

  async function refuseMemory<T>(work: () => Promise<T>): Promise<T> {
    const grow = WebAssembly.Memory.prototype.grow;
    const refuse = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(function (
      this: WebAssembly.Memory,
      delta,
    ) {
      // The kernels' memory begins with one page, jax-js's with none.
      if (this.buffer.byteLength === 65_536) throw new RangeError("no more memory");
      return grow.call(this, delta);
    });
    try {
      return await work();
    } finally {
      refuse.mockRestore();
    }
  }

  it("go on as jax-js, with what they have learnt", async () => {
    const expected = learnerOn(jax);
    const actual = learnerOn({ ...kernels, fallBack: () => startBackend("wasm") });
    for (const learner of [expected, actual]) await learner.step(batches, 1e-3, 1);
    expect(actual.backend).toBe("simd");
    const loss = await refuseMemory(() => actual.step([large], 1e-3, 2));
    expect(actual.backend).toBe("wasm");
    expect(loss.loss).toBeCloseTo((await expected.step([large], 1e-3, 2)).loss, 4);
    expectSameState(await actual.state(), await expected.state(), 1e-2);
    for (const learner of [expected, actual]) learner.dispose();
  });

  it("say so where nothing but them is wanted, and lose nothing", async () => {
    const learner = learnerOn(kernels);
    await learner.step(batches, 1e-3, 1);
    const before = await learner.state();
    await expect(refuseMemory(() => learner.step([large], 1e-3, 2))).rejects.toMatchObject({
      code: "model/no-backend",
    });
    expect(await learner.state()).toEqual(before);
    await learner.step([large], 1e-3, 2);
    learner.dispose();
  });
});

describe("kernels on threads", () => {
  async function train(kind: ThreadsKind): Promise<Record<string, unknown>> {
    const worker = new Worker(new URL("./learner-fixture.worker.ts", import.meta.url), { type: "module" });
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

  it("learn exactly what one thread learns, also when another is gone", async () => {
    const expected = await train("one");
    expect(expected.backend).toBe("simd");
    expect(await train("several")).toEqual({ ...expected, backend: "simd-threads" });
    expect(await train("deaf")).toEqual(expected);
  });
});
