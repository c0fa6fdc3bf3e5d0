import { beforeAll, describe, expect, it } from "vitest";
import type { Tokenizer } from "../model/io/tokenizer";
import { fetchTestKernels, TEST_CONFIG, testWeights } from "../model/test-fixture";
import { threadsHere } from "../model/wasm/threads";
import type { Trainer, TrainingData, TrainingJob } from "../ports/trainer";
import { readCheckpoint } from "./checkpoint";
import { recordShapeOf } from "./data/records";
import { createTraining, type TrainingMaterial } from "./job";
import { fineTuning, OBJECTIVES } from "./presets";

/** Letters a to v are tokens 1 to 22; it knows no other text. */
const tokenizer: Tokenizer = {
  vocabSize: TEST_CONFIG.vocab_size,
  encode: (text) => Array.from(text, (letter) => (/[a-v]/.test(letter) ? letter.charCodeAt(0) - 96 : Number.NaN)),
  decode: (ids) => ids.map((id) => String.fromCharCode(id + 96)).join(""),
  pieceOf: (id) => String.fromCharCode(id + 96),
  idOf: (piece) => piece.charCodeAt(0) - 96,
};

const START = "00112233445566ff";

let material: TrainingMaterial;

beforeAll(() => {
  const backend = { fetchKernels: fetchTestKernels, threading: threadsHere(false) };
  const weights = { id: START, config: TEST_CONFIG, params: testWeights() };
  const words = () => ({ next: () => ({ segments: [{ text: "abcabc", weight: 1 }] }) });
  material = { backend, config: TEST_CONFIG, tokenizer, corpora: { base: words }, weights };
});

const letters = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(97 + ((from + i) % 20))).join("");

/** Thirty records of each shape. */
function recordsOf(shape: ReturnType<typeof recordShapeOf>): string {
  const records = Array.from({ length: 30 }, (_, i) => {
    const prompt = letters(i, 2 + (i % 3));
    if (shape === "completion") return { prompt, completion: letters(i + 1, 4) };
    if (shape === "preference") return { prompt, chosen: letters(i + 1, 4), rejected: letters(7 * i, 3), gap: 0.5 };
    return { prompt, completions: [letters(i, 2), letters(i + 5, 3)], labels: [0.5, i % 2 === 0], visits: [8, 4] };
  });
  return records.map((record) => JSON.stringify(record)).join("\n");
}

const names = ["sft", "dpo", "prm-pointwise", "prm-pairwise"] as const;

function jobOf(name: (typeof names)[number]): { readonly job: TrainingJob; readonly data: TrainingData } {
  const preset = fineTuning(name.startsWith("prm") ? "prm" : "policy", name);
  const options = { ...preset.options, rows: 2, rowTokens: 16, peakLearningRate: 1e-2, length: { epochs: 4 } };
  const lines = recordsOf(recordShapeOf(name));
  return { job: { ...preset, options }, data: { train: lines, validation: lines.split("\n").slice(0, 5).join("\n") } };
}

const read = async (run: Trainer) => readCheckpoint(await run.checkpoint());

describe.each(names)("a job that minimises %s", (name) => {
  const { job, data } = jobOf(name);

  it("learns from its records and goes on from a part of itself as if it had never stopped", async () => {
    const whole = await createTraining(job, data, material);
    const before = await whole.evaluate();
    await whole.advance(1000);
    const part = await createTraining(job, data, material);
    await part.advance(5);
    const { weights: _, ...without } = material;
    const resumed = await createTraining(job, data, { ...without, part: await part.checkpoint() });
    const progress = await resumed.advance(1000);
    expect(await read(resumed)).toEqual(await read(whole));
    expect(progress.done).toBe(true);
    const after = await whole.evaluate();
    expect(after?.loss).toBeLessThan(before?.loss ?? Number.NaN);
    const { record } = await read(whole);
    for (const [figure, value] of Object.entries(after?.metrics ?? {}))
      expect(record.metrics[`evaluation.${figure}`]).toBe(value);
    expect(record.metrics["evaluation.accuracy"]).toBeGreaterThan(before?.metrics.accuracy ?? Number.NaN);
    expect(record).toMatchObject({ parents: [START], objective: name, kind: job.kind });
    expect(record.options).toMatchObject({
      ...OBJECTIVES[name],
      start: "tiny",
      totalTokens: (await whole.setup()).totalTokens,
    });
    expect(Object.keys(record.metrics)).toEqual(expect.arrayContaining(Object.keys(progress.metrics)));
    for (const run of [whole, part, resumed]) run.dispose();
  });
});

describe("a job that is watched", () => {
  it("says what it writes and how likely the weights it began with find that, and trains on as if nobody had asked", async () => {
    const { job, data } = jobOf("sft");
    const [watched, alone] = [await createTraining(job, data, material), await createTraining(job, data, material)];
    const first = await watched.watch("abc", 6);
    expect(first?.pieces).toHaveLength(6);
    expect(first?.before).toHaveLength(6);
    for (const [i, logProb] of first?.logProbs.entries() ?? []) expect(first?.before?.[i]).toBeCloseTo(logProb, 4);
    for (const run of [watched, alone]) await run.advance(20);
    const later = await watched.watch("abc", 6);
    const sum = (values: readonly number[] | null | undefined) => values?.reduce((a, b) => a + b, 0) ?? Number.NaN;
    expect(sum(later?.logProbs)).toBeGreaterThan(sum(later?.before) + 0.5);
    for (const run of [watched, alone]) await run.advance(5);
    expect(await read(watched)).toEqual(await read(alone));
    for (const run of [watched, alone]) run.dispose();
  });
});

describe("a job's data", () => {
  it("are told of: what is learnt, what is held out, what could not be taken and where", async () => {
    const { job, data } = jobOf("sft");
    const train = ["{", data.train, JSON.stringify({ prompt: "", completion: letters(0, 17) })].join("\n");
    const run = await createTraining(job, { train, validation: "[]" }, material);
    expect(await run.setup()).toMatchObject({
      train: 30,
      validation: 0,
      dropped: 1,
      faults: [
        { part: "train", line: 1 },
        { part: "validation", line: 1 },
      ],
    });
    expect(await run.evaluate()).toBeNull();
    run.dispose();
  });

  it("must hold something, and a model must be there for what needs one", async () => {
    const { job, data } = jobOf("dpo");
    const refusal = (changes: Partial<TrainingJob>, given = data) =>
      createTraining({ ...job, ...changes }, given, material).then(
        () => "none",
        (error) => error.code,
      );
    expect(await refusal({}, { train: "{}", validation: "" })).toBe("input/no-records");
    expect(await refusal({ start: "nothing" })).toBe("input/no-reference");
    const corpus = { name: "language-model", corpus: "none", curriculumFrom: 0 } as const;
    expect(await refusal({ objective: corpus })).toBe("input/no-corpus");
    expect(await refusal({ objective: { ...corpus, corpus: "base" } })).toBe("input/no-length");
  });
});
