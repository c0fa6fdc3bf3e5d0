import type { ReasoningTree } from "../../core/data/reasoning";
import { LabError } from "../../core/errors";
import { renderStep } from "../../core/protocol/tiny";
import type { Step } from "../../core/step";
import { TEST_CONFIG, testWeights } from "../../model/test-fixture";
import type { CheckpointStore, KeptCheckpoint } from "../../ports/checkpoint-store";
import type { DatasetLine, DatasetStore, KeptDataset } from "../../ports/dataset-store";
import type { Trainer, TrainingData, TrainingProgress } from "../../ports/trainer";
import type { KeptTraining, TrainingArchive } from "../../ports/training-archive";
import type { Puzzle } from "../../puzzles/generator";
import { reasoningPath } from "../../puzzles/reasoning";
import { readCheckpoint, writeCheckpoint } from "../../training/checkpoint";

/** The steps that solve a puzzle. */
export function solutionOf({ chain, problem }: Puzzle): readonly Step[] {
  const input = problem.visibleTests[0]?.input[0] as readonly number[];
  return reasoningPath(chain, input);
}

/** The same as a model writes it. */
export function solutionText(puzzle: Puzzle): string {
  return `${solutionOf(puzzle).map(renderStep).join("")}<eos>`;
}

/** A tree in which the search has found the solution and nothing else. */
export function solvedTree(puzzle: Puzzle): ReasoningTree {
  const steps = solutionOf(puzzle);
  const nodes = steps.map((step, i) => ({
    ...{ parent: i === 0 ? null : i - 1, step, visitCount: 4, valueSum: 3, logProb: -1 },
    ...{ pass: i === steps.length - 1 ? 1 : null, reached: true, exact: true },
  }));
  return { problem: puzzle.problem, nodes, tokens: 90 };
}

/** Trainings in memory. */
export class MemoryTrainings implements TrainingArchive {
  rows: KeptTraining[] = [];
  readonly parts = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly claimed = new Set<string>();
  isFull = false;
  readonly #data = new Map<string, TrainingData>();
  #count = 0;

  async list() {
    return this.rows;
  }
  async create(title: string, job: KeptTraining["job"], data: TrainingData, watch?: KeptTraining["watch"]) {
    const id = `training ${this.#count++}`;
    const training = { id, title, job, startedAt: "", progress: null, checkpoint: null, ...(watch ? { watch } : {}) };
    this.#data.set(id, data);
    this.rows = [training, ...this.rows];
    return training;
  }
  async data(id: string) {
    return this.#data.get(id) ?? { train: "", validation: "" };
  }
  async part(id: string) {
    return this.parts.get(id) ?? null;
  }
  async keep(id: string, part: Uint8Array<ArrayBuffer>, progress: TrainingProgress | null) {
    if (this.isFull) throw new LabError("storage/quota", "The browser has no room left for this.");
    this.parts.set(id, part);
    if (progress) this.#change(id, { progress });
  }
  async note(id: string, notes: Partial<KeptTraining>) {
    this.#change(id, notes);
  }
  async finish(id: string, checkpoint: string) {
    this.parts.delete(id);
    this.#change(id, { checkpoint });
  }
  async remove(id: string) {
    this.rows = this.rows.filter((row) => row.id !== id);
  }
  async claim(id: string) {
    if (this.claimed.has(id)) return null;
    this.claimed.add(id);
    return () => void this.claimed.delete(id);
  }
  #change(id: string, change: Partial<KeptTraining>) {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change } : row));
  }
}

/** Data sets in memory. */
export class MemoryDatasets implements DatasetStore {
  rows: KeptDataset[] = [];
  readonly #lines = new Map<string, string[]>();
  #count = 0;

  async list() {
    return this.rows;
  }
  async create(about: Pick<KeptDataset, "title" | "kind" | "recipe">) {
    const counts = { lines: 0, problems: 0, solved: 0, nodes: 0, paths: 0, tokens: 0 };
    const id = `data ${this.#count++}`;
    const dataset = { ...about, id, startedAt: "", counts, content: null, isPaused: false };
    this.rows = [dataset, ...this.rows];
    return dataset;
  }
  async add(id: string, lines: readonly DatasetLine[]) {
    this.#lines.set(id, [...(this.#lines.get(id) ?? []), ...lines.map(({ text }) => text)]);
    for (const line of lines) {
      this.#change(id, ({ counts }) => ({
        counts: {
          ...{
            lines: counts.lines + 1,
            problems: counts.problems + line.problems,
            solved: counts.solved + line.solved,
          },
          ...{
            nodes: counts.nodes + line.nodes,
            paths: counts.paths + line.paths,
            tokens: counts.tokens + line.tokens,
          },
        },
      }));
    }
    return this.rows.find((row) => row.id === id) ?? null;
  }
  async note(id: string, notes: Partial<KeptDataset>) {
    this.#change(id, () => notes);
  }
  async lines(id: string, from?: number, to?: number) {
    return (this.#lines.get(id) ?? []).slice(from, to);
  }
  async remove(id: string) {
    this.rows = this.rows.filter((row) => row.id !== id);
  }
  async claim() {
    return () => {};
  }
  #change(id: string, change: (row: KeptDataset) => Partial<KeptDataset>) {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...change(row) } : row));
  }
}

/** Checkpoints in memory. */
export class MemoryCheckpoints implements CheckpointStore {
  rows: KeptCheckpoint[] = [];
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();

  async list() {
    return this.rows;
  }
  async file(id: string) {
    const file = this.#files.get(id);
    if (!file) throw new LabError("model/no-such-checkpoint", `There is no ${id}.`);
    return file;
  }
  async put(record: KeptCheckpoint["record"], file: Uint8Array<ArrayBuffer>) {
    const kept = { record, keptAt: "", bytes: file.byteLength };
    this.#files.set(record.id, file);
    this.rows = [kept, ...this.rows];
    return kept;
  }
  async remove(id: string) {
    this.rows = this.rows.filter(({ record }) => record.id !== id);
  }
}

/** Tokens of a fake run, one a step. */
export const TOTAL_STEPS = 60;

/** A trainer that counts steps, and what goes wrong at a step. */
export async function countingTrainer(
  part: Uint8Array | null,
  kind: "policy" | "tcg" | "prm",
  answer: string,
  onStep: (step: number) => void,
): Promise<Trainer> {
  let step = part ? (await readCheckpoint(part)).record.step : 0;
  const metrics = { accuracy: 0.5 };
  const record = () => ({
    ...{ kind, parents: [], config: TEST_CONFIG, objective: "sft", options: {}, seed: 1 },
    ...{ step, tokens: step, metrics: {} },
  });
  return {
    advance: async (steps, signal) => {
      for (let i = 0; i < steps && step < TOTAL_STEPS; i++) {
        signal?.throwIfAborted();
        onStep(step);
        step++;
      }
      const loss = step === 0 ? Number.NaN : 1 / step;
      const pace = { learningRate: 1, backend: "simd", tokensPerSecond: 1 };
      return { step, tokens: step, loss, metrics, ...pace, done: step >= TOTAL_STEPS };
    },
    evaluate: async () => ({ loss: 1 / (1 + step), metrics: { accuracy: 0.75 } }),
    checkpoint: () =>
      writeCheckpoint({
        record: record(),
        state: { params: testWeights(), first: new Map(), second: new Map() },
        best: null,
        position: null,
      }),
    // Solved once half of it is learnt.
    watch: async () => ({ pieces: [step < TOTAL_STEPS / 2 ? "<define>" : answer], logProbs: [-1], before: [-2] }),
    setup: async () => ({ train: 1, validation: 1, dropped: 0, faults: [], totalTokens: TOTAL_STEPS }),
    dispose: () => {},
  };
}
