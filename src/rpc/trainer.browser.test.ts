import { afterAll, expect, it } from "vitest";
import { policyPrompt } from "../core/protocol/tiny";
import type { KeptCheckpoint } from "../ports/checkpoint-store";
import type { TrainingJob } from "../ports/trainer";
import { IndexedCheckpointStore } from "../storage/checkpoints";
import { DATABASE_NAME, LabDatabase } from "../storage/database";
import { readShipped } from "../storage/shipped";
import { IndexedTrainingArchive } from "../storage/trainings";
import { problemOf } from "../testing/problem";
import { fineTuning } from "../training/presets";
import { runSession, type SessionReport } from "../training/session";
import { createModelClient } from "./run-workers";
import { trainerOpener } from "./trainer";

const baseUrl = new URL("/", location.href).href;
// The model worker looks into the app's own database.
const database = new LabDatabase(DATABASE_NAME);
const checkpoints = new IndexedCheckpointStore(database);
const archive = new IndexedTrainingArchive(database);

afterAll(() => database.delete());

const problem = problemOf({
  statement: "Given a list of integers: multiply each by 2.",
});
const prompt = policyPrompt(problem, []);
const step = "<define>1 operation<end>";

/** A few steps of a job on one record, again and again; paused once on the way. */
async function trained(preset: TrainingJob, record: object): Promise<KeptCheckpoint> {
  const options = { ...preset.options, rows: 1, rowTokens: 128, length: { tokens: 1200 } };
  const line = JSON.stringify(record);
  const { id } = await archive.create("A training", { ...preset, options }, { train: line, validation: "" });
  const world = { archive, checkpoints, open: trainerOpener({ baseUrl, checkpoints }), now: () => performance.now() };
  const sitting = async (signal: AbortSignal, onReport: (report: SessionReport) => void) => {
    const training = (await archive.list()).find((each) => each.id === id);
    if (!training) throw new Error("the training is gone");
    const session = runSession(training, world, signal);
    let next = await session.next();
    for (; !next.done; next = await session.next()) onReport(next.value);
    return next.value;
  };
  const pause = new AbortController();
  const steps: number[] = [];
  const note = ({ progress }: SessionReport) => steps.push(progress.step);
  const paused = await sitting(pause.signal, (report) => {
    note(report);
    if (report.progress.step > 0) pause.abort();
  });
  expect(paused).toBeNull();
  const kept = await sitting(new AbortController().signal, note);
  expect(steps.slice(0, 3)).toEqual([0, 10, 10]);
  if (!kept) throw new Error("no checkpoint came of it");
  return kept;
}

it("what was trained here goes to work by its id: as policy and as step scorer", async () => {
  const policy = await trained(fineTuning("policy", "sft"), { prompt, completion: step });
  const prm = await trained(fineTuning("prm", "prm-pointwise"), { prompt, completions: [step], labels: [1] });
  expect(policy.record.parents).toEqual(prm.record.parents);
  expect((await checkpoints.list()).map(({ record }) => record.id)).toEqual([prm.record.id, policy.record.id]);

  const name = `tiny@${policy.record.id}+scorer@${prm.record.id}`;
  const model = await createModelClient({ model: name, backend: "simd", baseUrl });
  expect(model.info.id).toBe(name);
  const request = { prompt, count: 1, stop: ["<end>"], maxTokens: 20, temperature: 0, topK: 0, topP: 1, seed: 1 };
  const [sampled] = await model.sample([request]);
  expect(sampled?.completions[0]?.text.startsWith("<define>")).toBe(true);
  const scores = await model.scorer?.score(problem, [[{ kind: "define", text: "1 operation" }]]);
  expect(scores?.values[0]).toBeGreaterThan(0.6);

  // Other weights of the same shape, in the same worker.
  await model.loadWeights(await checkpoints.file(policy.record.id));
  model.dispose();
});

it("what comes with the app goes to work by its id, and is where lineages end", async () => {
  const index = readShipped(await (await fetch(`${baseUrl}models/index.json`)).json());
  const base = index.find(({ record }) => record.kind === "base")?.record.id;
  expect((await checkpoints.list())[0]?.record.parents).toEqual([base]);
  const model = await createModelClient({ model: `tiny@${base}`, backend: "simd", baseUrl });
  const plain = await createModelClient({ model: "tiny", backend: "simd", baseUrl });
  expect(model.info).toEqual({ ...plain.info, id: `tiny@${base}` });
  model.dispose();
  plain.dispose();
});

it("a checkpoint that is not here, or cannot play the role, is said to be so", async () => {
  const start = (model: string) => createModelClient({ model, backend: "simd", baseUrl });
  await expect(start("tiny@0000")).rejects.toMatchObject({ code: "model/no-such-checkpoint" });
  const [prm] = await checkpoints.list();
  await expect(start(`tiny@${prm?.record.id}`)).rejects.toMatchObject({
    code: "input/model",
    hint: `Write tiny+scorer@${prm?.record.id}.`,
  });
});
