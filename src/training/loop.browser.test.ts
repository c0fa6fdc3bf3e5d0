import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../core/rng";
import { startBackend } from "../model/jax";
import { fetchTestKernels, LETTERS, TEST_CONFIG, testWeights } from "../model/test-fixture";
import { threadsHere } from "../model/wasm/threads";
import type { Trainer, TrainingJob } from "../ports/trainer";
import { readCheckpoint } from "./checkpoint";
import type { Corpus } from "./data/corpus";
import { createTraining, type TrainingMaterial } from "./job";
import { createTrainer } from "./loop";
import { languageModelObjective } from "./objectives/language-model";
import type { Objective } from "./objectives/objective";

/** Words that say a random beginning twice. */
function createCorpus(seed: number): Corpus {
  const random = createRandom(seed);
  return {
    next: () => {
      const word = Array.from({ length: random.int(2, 5) }, () => String.fromCharCode(random.int(97, 104))).join("");
      return {
        segments: [
          { text: word, weight: 0.1 },
          { text: word, weight: 1 },
        ],
      };
    },
  };
}

type Options = TrainingJob["options"];

const options: Options & { readonly length: { readonly tokens: number } } = {
  seed: 3,
  length: { tokens: 6000 },
  rows: 4,
  rowTokens: 32,
  peakLearningRate: 1e-2,
  warmup: 0.1,
  batchesPerStep: 1,
  frozen: [],
  keep: "last",
};

type Material = Pick<TrainingMaterial, "backend" | "config" | "tokenizer"> & {
  readonly createCorpus: (seed: number) => Corpus;
};

/** Pretraining on the words, from nothing or from an earlier part. */
function createPretraining(given: Options, material: Material, part?: Uint8Array): Promise<Trainer> {
  const objective = { name: "language-model", corpus: "words", curriculumFrom: 0 } as const;
  const job: TrainingJob = { kind: "base", objective, options: given, start: "nothing" };
  const corpora = { words: material.createCorpus };
  return createTraining(job, { train: "", validation: "" }, { ...material, corpora, ...(part ? { part } : {}) });
}

/** The exact parameters, and all else that a run knows. */
async function snapshot(run: Pick<Trainer, "checkpoint">) {
  const { record, state, position } = await readCheckpoint(await run.checkpoint());
  return { record, state, position };
}

describe.each(["wasm", "simd"] as const)("pretraining on %s", (where) => {
  let material: Material;

  beforeAll(async () => {
    const kernels = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };
    const backend = where === "wasm" ? await startBackend("wasm") : kernels;
    material = { backend, config: TEST_CONFIG, tokenizer: LETTERS, createCorpus };
  });

  it("learns, and ends when its tokens are spent", async () => {
    const run = await createPretraining(options, material);
    const before = await run.evaluate();
    const progress = await run.advance(1000);
    expect(progress).toMatchObject({ done: true, backend: where });
    expect(progress.tokens).toBeGreaterThanOrEqual(options.length.tokens);
    expect(progress.tokens).toBeLessThan(options.length.tokens + 128);
    expect((await run.evaluate())?.loss).toBeLessThan(0.75 * (before?.loss ?? Number.NaN));
    expect(progress.learningRate).toBeLessThan(0.05 * options.peakLearningRate);
    run.dispose();
  });

  it("goes on from a checkpoint as if it had never stopped", async () => {
    const whole = await createPretraining(options, material);
    await whole.advance(14);
    const expected = {
      progress: await whole.advance(6),
      evaluation: await whole.evaluate(),
      snapshot: await snapshot(whole),
    };
    const first = await createPretraining(options, material);
    await first.advance(14);
    const second = await createPretraining(options, material, await first.checkpoint());
    const { tokensPerSecond: _, ...progress } = await second.advance(6);
    expect(expected.progress).toMatchObject(progress);
    expect(await second.evaluate()).toEqual(expected.evaluation);
    expect(await snapshot(second)).toEqual(expected.snapshot);
  });

  it("keeps the weights that did best on what is held out, also across a checkpoint", async () => {
    const run = await createPretraining({ ...options, keep: "best", peakLearningRate: 3e-2 }, material);
    const bestOf = async (given: Trainer) => (await readCheckpoint(await given.checkpoint())).best;
    await run.evaluate();
    expect(await bestOf(run)).toBeNull();
    const losses: number[] = [];
    let weights: unknown = null;
    for (let i = 0; i < 6; i++) {
      await run.advance(4);
      const loss = (await run.evaluate())?.loss ?? Number.NaN;
      if (losses.every((before) => loss < before)) weights = (await snapshot(run)).state.params;
      losses.push(loss);
    }
    const best = await bestOf(run);
    expect(best).toMatchObject({ loss: Math.min(...losses), step: 4 * losses.indexOf(Math.min(...losses)) + 4 });
    expect(best?.params).toEqual(weights);
    const resumed = await createPretraining({ ...options, keep: "best" }, material, await run.checkpoint());
    expect(await bestOf(resumed)).toEqual(best);
    run.dispose();
  });

  it("goes on from a checkpoint of before the first step", async () => {
    const whole = await createPretraining(options, material);
    const resumed = await createPretraining(options, material, await whole.checkpoint());
    await whole.advance(3);
    await resumed.advance(3);
    expect(await snapshot(resumed)).toEqual(await snapshot(whole));
  });

  it("pauses at any step and goes on as if it had not", async () => {
    const whole = await createPretraining(options, material);
    await whole.advance(30);
    const controller = new AbortController();
    let asked = 0;
    const counting = (seed: number) => {
      if (++asked === 12) controller.abort();
      return createCorpus(seed);
    };
    const paused = await createPretraining(options, { ...material, createCorpus: counting });
    const advancing = paused.advance(30, controller.signal);
    await expect(advancing).rejects.toMatchObject({ name: "AbortError" });
    const { step } = (await snapshot(paused)).record;
    expect(step).toBeGreaterThan(5);
    expect(step).toBeLessThan(20);
    await paused.advance(30 - step);
    expect(await snapshot(paused)).toEqual(await snapshot(whole));
  });

  it("moves schedule and curriculum when a resumed run is given another total", async () => {
    const first = await createPretraining(options, material);
    const before = await first.advance(20);
    const shorter = { ...options, length: { tokens: before.tokens + 300 } };
    const second = await createPretraining(shorter, material, await first.checkpoint());
    const after = await second.advance(1000);
    expect(after.done).toBe(true);
    expect(after.step).toBeLessThan(before.step + 6);
    expect(after.learningRate).toBeLessThan(0.3 * before.learningRate);
  });

  it("breaks off with a clear error when the loss is no longer a number, and saves nothing of it", async () => {
    const run = await createPretraining({ ...options, peakLearningRate: 1e30, warmup: 0 }, material);
    await expect(run.advance(20)).rejects.toMatchObject({ code: "model/diverged" });
    await expect(run.checkpoint()).rejects.toMatchObject({ code: "model/diverged" });
  });

  it("goes on with the shape that a part has, and not with another objective", async () => {
    const config = { ...TEST_CONFIG, intermediate_size: 8 };
    const file = await (await createPretraining(options, { ...material, config })).checkpoint();
    const resumed = await createPretraining(options, material, file);
    expect((await snapshot(resumed)).record.config).toEqual(config);
    const language = languageModelObjective({ tokenizer: LETTERS, createCorpus, ...options });
    const task = { backend: material.backend, config, kind: "base", settings: {} } as const;
    const start = { from: "checkpoint", checkpoint: await readCheckpoint(file) } as const;
    expect(() =>
      createTrainer({ ...options, totalTokens: 1 }, { ...task, objective: { ...language, name: "other" } }, start),
    ).toThrow(/objective language-model, not with other/);
  });

  it("refuses to resume with other parameters trained than before", async () => {
    const file = await (await createPretraining({ ...options, frozen: ["model.norm"] }, material)).checkpoint();
    await expect(createPretraining(options, material, file)).rejects.toMatchObject({
      code: "model/weights-mismatch",
    });
  });
});

describe("a run from the weights of another", () => {
  it("adds its objective's heads, keeps others, and names its parents", async () => {
    const backend = await startBackend("wasm");
    const language = languageModelObjective({ tokenizer: LETTERS, createCorpus, ...options });
    const objective: Objective = {
      ...language,
      name: "with a head",
      heads: new Map([["heads.value.weight", [1, 16]]]),
    };
    const params = testWeights();
    const other = { shape: [2], data: Float32Array.of(3, 4) };
    const run = createTrainer(
      { ...options, totalTokens: 6000 },
      { backend, config: TEST_CONFIG, kind: "policy", objective, settings: { start: "other" } },
      { from: "weights", params: new Map([...params, ["heads.other.weight", other]]), parents: ["0123456789abcdef"] },
    );
    await run.advance(2);
    const { record, state } = await snapshot(run);
    expect(record).toMatchObject({ kind: "policy", parents: ["0123456789abcdef"], objective: "with a head", step: 2 });
    expect(record.options).toMatchObject({ start: "other", seed: 3 });
    expect(state.params.get("heads.other.weight")).toEqual(other);
    expect(state.first.has("heads.other.weight")).toBe(false);
    expect(state.params.get("heads.value.weight")?.shape).toEqual([1, 16]);
    expect(state.first.has("heads.value.weight")).toBe(true);
    run.dispose();
  });
});
