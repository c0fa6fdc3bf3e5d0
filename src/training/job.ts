/** From a job, which is data, to a run: its records become items, its objective and its start are looked up. */
import { LabError } from "../core/errors";
import type { Tokenizer } from "../model/io/tokenizer";
import type { ModelConfig } from "../model/network/config";
import type { Trainer, TrainingData, TrainingJob, TrainingSetup } from "../ports/trainer";
import { type Checkpoint, readCheckpoint } from "./checkpoint";
import { type Corpus, createCorpus } from "./data/corpus";
import type { BatchShape } from "./data/dataset-stream";
import {
  type LineFault,
  type Prepared,
  parseRecords,
  type RecordShape,
  type TrainingRecord,
  toExamples,
  toPreferencePairs,
  toRankedPairs,
  toValuedPaths,
} from "./data/records";
import { createTestsCorpus } from "./data/tests-corpus";
import type { TrainingBackend } from "./learner";
import { createTrainer, type TrainingStart } from "./loop";
import type { ModelWeights } from "./model-file";
import {
  dpoObjective,
  type PreferencePair,
  parseReferences,
  type ReferredPair,
  referenceLogProbs,
} from "./objectives/dpo";
import { languageModelObjective } from "./objectives/language-model";
import type { Objective } from "./objectives/objective";
import { pairwiseObjective } from "./objectives/prm-pairwise";
import { pointwiseObjective } from "./objectives/prm-pointwise";
import { sftObjective } from "./objectives/sft";
import { Watcher } from "./watch";

/** The corpora that a job can name. */
export type Corpora = Readonly<Record<string, (seed: number) => Corpus>>;

/**
 * See {@link Corpora}: `base` is what the shipped base read, `clean` the same without a wrong step, `vanilla` its code at once alone,
 * `tests` what a test-case generator reads.
 */
export const CORPORA: Corpora = {
  base: (seed) => createCorpus(seed),
  clean: (seed) => createCorpus(seed, { corruption: 0 }),
  vanilla: (seed) => createCorpus(seed, { only: "vanilla" }),
  tests: createTestsCorpus,
};

/** What a job needs besides its data. */
export interface TrainingMaterial {
  /** Where it computes. */
  readonly backend: TrainingBackend;
  readonly tokenizer: Tokenizer;
  /** The shape of a model that begins with random weights. */
  readonly config: ModelConfig;
  readonly corpora: Corpora;
  /** What `job.start` names; when the run goes on from `part`, it is for comparing with only. */
  readonly weights?: ModelWeights;
  /** The file of an earlier part of the run. */
  readonly part?: Uint8Array;
  /** Told of the share, in [0, 1], of what has to be read before the first step. */
  readonly onReading?: (share: number) => void;
}

/**
 * Begins a job's run, or goes on with it where `part` was.
 * @throws LabError `input/no-records`, `input/no-corpus` when there is nothing to learn from; `model/bad-checkpoint`,
 * `model/weights-mismatch` when what it begins with does not fit.
 */
export async function createTraining(
  job: TrainingJob,
  data: TrainingData,
  material: TrainingMaterial,
): Promise<Trainer> {
  const { seed, length, rows, rowTokens, peakLearningRate, warmup, batchesPerStep, frozen, keep } = job.options;
  const part = material.part && (await readCheckpoint(material.part));
  const config = part?.record.config ?? material.weights?.config ?? material.config;
  checkTokenizer(config, material.tokenizer);
  const begun = startOf(job, material.weights, part);
  const task = { ...material, config, job, data, begun };
  const { objective, setup, epochTokens } = await build(task);
  const totalTokens = "tokens" in length ? length.tokens : Math.ceil(length.epochs * (epochTokens ?? 0));
  if (totalTokens < 1)
    throw new LabError("input/no-length", "Without records a run has no epochs.", "Give it a number of tokens.");
  const options = { seed, totalTokens, peakLearningRate, warmup, batchesPerStep, frozen, keep };
  const { kind, start, datasets } = job;
  const from = { start, ...(datasets === undefined ? {} : { datasets }) };
  const settings = { ...job.options, ...job.objective, totalTokens, rows, rowTokens, ...from };
  const loop = createTrainer(options, { backend: material.backend, config, kind, objective, settings }, begun);
  const watcher = new Watcher(loop, { ...material, config, before: material.weights?.params ?? null });
  return {
    advance: (steps, signal) => loop.advance(steps, signal),
    evaluate: () => loop.evaluate(),
    checkpoint: () => loop.checkpoint(),
    setup: async () => ({ ...setup, totalTokens }),
    watch: (prompt, maxTokens) => watcher.watch(prompt, maxTokens),
    dispose() {
      watcher.dispose();
      loop.dispose();
    },
  };
}

function startOf(
  { start }: TrainingJob,
  weights: ModelWeights | undefined,
  part: Checkpoint | undefined,
): TrainingStart {
  if (part) return { from: "checkpoint", checkpoint: part };
  if (start === "nothing") return { from: "nothing" };
  if (weights) return { from: "weights", params: weights.params, parents: [weights.id] };
  throw new RangeError(`no weights of ${start}`);
}

function checkTokenizer({ vocab_size }: ModelConfig, { vocabSize }: Tokenizer): void {
  if (vocab_size === vocabSize) return;
  throw new LabError(
    "model/weights-mismatch",
    `The weights are for ${vocab_size} tokens, the tokenizer has ${vocabSize}.`,
    "Begin with a checkpoint of this version of the app.",
  );
}

interface Task extends TrainingMaterial {
  readonly job: TrainingJob;
  readonly data: TrainingData;
  readonly begun: TrainingStart;
}

/** An objective with its data, and what has become of them. */
interface Built {
  readonly objective: Objective;
  readonly setup: Omit<TrainingSetup, "totalTokens">;
  /** Tokens of one pass over the data; null for a corpus. */
  readonly epochTokens: number | null;
}

async function build(task: Task): Promise<Built> {
  const { objective: spec, options } = task.job;
  const { seed } = options;
  const { tokenizer, config } = task;
  switch (spec.name) {
    case "language-model": {
      const createCorpus = corpusOf(task, spec.corpus, spec.curriculumFrom);
      const objective = languageModelObjective({ tokenizer, createCorpus, ...options });
      return { objective, setup: { train: null, validation: null, dropped: 0, faults: [] }, epochTokens: null };
    }
    case "sft": {
      const { train, validation, ...built } = read(task, "completion", toExamples, ({ tokens }) => [tokens]);
      const replay = { share: spec.replay, tokenizer, createCorpus: corpusOf(task, "base", 1) };
      const sft = { train, validation, ...(spec.replay > 0 ? { replay } : {}) };
      const epochTokens = built.epochTokens / (1 - spec.replay);
      return { ...built, objective: sftObjective(sft, options, seed), epochTokens };
    }
    case "dpo": {
      const textsOf = ({ chosen, rejected }: PreferencePair) => [chosen.tokens, rejected.tokens];
      const { train, validation, ...built } = read(task, "preference", toPreferencePairs, textsOf);
      const referred = await refer(task, [...train, ...validation]);
      const [learnt, held] = [referred.slice(0, train.length), referred.slice(train.length)];
      return { ...built, objective: dpoObjective(learnt, held, spec, options, seed) };
    }
    case "prm-pointwise": {
      const { train, validation, ...built } = read(task, "stepwise", toValuedPaths, ({ tokens }) => [tokens]);
      return { ...built, objective: pointwiseObjective(train, validation, spec.labels, config, options, seed) };
    }
    case "prm-pairwise": {
      const textsOf = ({ better, worse }: { better: readonly number[]; worse: readonly number[] }) => [better, worse];
      const { train, validation, ...built } = read(task, "preference", toRankedPairs, textsOf);
      return { ...built, objective: pairwiseObjective(train, validation, spec.margin, config, options, seed) };
    }
  }
}

function corpusOf({ corpora }: Task, name: string, from: number): (seed: number) => Corpus {
  const create = corpora[name];
  if (!create) {
    const names = Object.keys(corpora).join(", ");
    throw new LabError("input/no-corpus", `There is no corpus ${name}.`, `Take one of ${names}.`);
  }
  return (seed) => {
    const corpus = create(seed);
    return { next: (progress) => corpus.next(from + (1 - from) * progress) };
  };
}

/** Both parts of the data as items. @throws LabError `input/no-records` when none is left to learn from. */
function read<Shape extends RecordShape, Item>(
  { job, data, tokenizer }: Task,
  shape: Shape,
  toItems: (records: readonly TrainingRecord<Shape>[], tokenizer: Tokenizer, rows: BatchShape) => Prepared<Item>,
  textsOf: (item: Item) => readonly (readonly number[])[],
) {
  const part = (name: "train" | "validation") => {
    const { records, faults } = parseRecords(shape, data[name]);
    return {
      ...toItems(records, tokenizer, job.options),
      faults: faults.map((fault: LineFault) => ({ part: name, ...fault })),
    };
  };
  const [train, validation] = [part("train"), part("validation")];
  const faults = [...train.faults, ...validation.faults];
  if (train.items.length === 0) {
    const [fault] = train.faults;
    const why = fault
      ? ` Line ${fault.line}: ${fault.message}`
      : train.dropped > 0
        ? " All are longer than a row."
        : "";
    throw new LabError("input/no-records", `The data hold no record to learn from.${why}`, "Give other data.");
  }
  const lengths = train.items.flatMap(textsOf).map((tokens) => tokens.length);
  return {
    train: train.items,
    validation: validation.items,
    setup: {
      train: train.items.length,
      validation: validation.items.length,
      dropped: train.dropped + validation.dropped,
      faults,
    },
    epochTokens: lengths.reduce((sum, length) => sum + length, 0),
  };
}

/** The pairs with the reference's log-probabilities: those that an earlier part has kept, else of the weights the run begins with. */
async function refer(task: Task, pairs: readonly PreferencePair[]): Promise<readonly ReferredPair[]> {
  const { begun, backend, config, job, onReading } = task;
  if (begun.from === "nothing") {
    throw new LabError(
      "input/no-reference",
      "DPO needs a model to begin with.",
      "Begin with tiny or a checkpoint of it.",
    );
  }
  const references =
    begun.from === "checkpoint"
      ? parseReferences(begun.checkpoint.position, pairs.length)
      : await referenceLogProbs({ backend, config, params: begun.params }, pairs, job.options, onReading);
  return pairs.map((pair, i) => ({ ...pair, reference: references[i] ?? { chosen: 0, rejected: 0 } }));
}
