/** A policy that learns from samples of its own, on a {@link Learner}: what they teach becomes batches of an objective. */
import { z } from "zod";
import { LabError } from "../core/errors";
import { writeSafetensors } from "../model/io/safetensors";
import type { Tokenizer } from "../model/io/tokenizer";
import type { HostParams } from "../model/network/parameters";
import type { Lesson, PolicyLearner, PolicyProgress, PolicySample, PolicyUpdate } from "../ports/policy-learner";
import type { TrainingEvaluation } from "../ports/trainer";
import { type BestSoFar, type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint";
import type { BatchShape } from "./data/dataset-stream";
import { type WrittenText, writtenBatches, writtenLogProbs } from "./data/written-texts";
import { createLearner, type Learner, type LearnerTask, type TrainingBackend } from "./learner";
import { badCheckpoint, type ModelWeights } from "./model-file";
import { type DpoOptions, dpoBatches, dpoObjective, type ReferredPair } from "./objectives/dpo";
import type { TrainingBatch } from "./objectives/objective";
import {
  type PolicyGradientOptions,
  policyGradientBatches,
  policyGradientObjective,
  type WeighedText,
} from "./objectives/policy-gradient";
import { ADAMW_DEFAULTS, warmupCosine } from "./optimizer";

/** How a policy learns. */
export interface PolicyLearnerOptions {
  readonly objective:
    | ({ readonly name: "policy-gradient"; readonly divisor: number } & PolicyGradientOptions)
    | ({ readonly name: "dpo" } & DpoOptions);
  readonly peakLearningRate: number;
  /** Updates by one batch of samples, at least 1. */
  readonly epochs: number;
  readonly seed: number;
  /** What the record is to tell besides. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a policy learner is made of. */
export interface PolicyLearnerMaterial {
  readonly backend: TrainingBackend;
  readonly tokenizer: Tokenizer;
  /** What the run began with. */
  readonly start: ModelWeights;
  /** The file of an earlier part of the run. */
  readonly part?: Uint8Array;
}

/** Rows of a batch; a row holds the model's context. */
const ROWS = 2;

/**
 * Begins a run, or goes on with it where `part` was.
 * @throws LabError `model/bad-checkpoint` when the part is of another run.
 */
export async function createPolicyLearner(
  options: PolicyLearnerOptions,
  material: PolicyLearnerMaterial,
): Promise<PolicyLearner> {
  const part = material.part === undefined ? null : await readCheckpoint(material.part);
  if (part && (part.record.objective !== options.objective.name || !part.record.parents.includes(material.start.id))) {
    throw badCheckpoint("The part is of a run that began with another policy, or learnt in another way.");
  }
  return new LearningPolicy(options, material, part);
}

class LearningPolicy implements PolicyLearner {
  readonly begun: PolicyLearner["begun"];
  readonly #options: PolicyLearnerOptions;
  readonly #material: PolicyLearnerMaterial;
  readonly #shape: BatchShape;
  readonly #learner: Learner;
  /** The weights that the run began with; made when they are first asked. */
  #reference: Learner | null = null;
  #updates: number;
  #best: BestSoFar | null;

  constructor(options: PolicyLearnerOptions, material: PolicyLearnerMaterial, part: Checkpoint | null) {
    this.#options = options;
    this.#material = material;
    this.#shape = { rows: ROWS, rowTokens: material.start.config.max_position_embeddings };
    const fresh = { params: material.start.params, first: new Map(), second: new Map() };
    this.#learner = createLearner(this.#task(), part?.state ?? fresh);
    const position = part && readPosition(part.position);
    this.#updates = position?.updates ?? 0;
    this.#best = part?.best ?? null;
    this.begun = part && { step: part.record.step, tokens: part.record.tokens, position: position?.loop };
  }

  #task(): LearnerTask {
    const { objective } = this.#options;
    const { backend, start } = this.#material;
    const of =
      objective.name === "dpo" ? dpoObjective([], [], objective, this.#shape, 0) : policyGradientObjective(objective);
    return { backend, config: start.config, objective: of, frozen: [], adamw: ADAMW_DEFAULTS };
  }

  async update(lesson: Lesson, progress: number): Promise<PolicyUpdate> {
    const { peakLearningRate, epochs } = this.#options;
    const learningRate = peakLearningRate * warmupCosine(progress, 0);
    const batches = await this.#batchesOf(lesson);
    if (batches.length === 0) return { learningRate, tokens: 0, metrics: {} };
    const sums: Record<string, number> = {};
    for (let epoch = 0; epoch < epochs; epoch++) {
      const { loss, metrics } = await this.#learner.step(batches, learningRate, ++this.#updates);
      if (!Number.isFinite(loss)) {
        const hint = "Go on from its last part with a lower learning rate.";
        throw new LabError("model/diverged", "Learning broke off: the loss is no longer a number.", hint);
      }
      for (const [name, value] of Object.entries({ loss, ...metrics })) sums[name] = (sums[name] ?? 0) + value / epochs;
    }
    const read = batches.reduce((sum, { input }) => sum + input.segments.filter((segment) => segment > 0).length, 0);
    return { learningRate, tokens: read * epochs, metrics: sums };
  }

  async #batchesOf(lesson: Lesson): Promise<readonly TrainingBatch[]> {
    const { objective } = this.#options;
    if (lesson.method === "policy-gradient" && objective.name === "policy-gradient") {
      const texts = lesson.samples.flatMap((sample): WeighedText[] => {
        const text = this.#textOf(sample);
        return text ? [{ ...text, drawn: sample.logProbs, advantage: sample.advantage }] : [];
      });
      const weighed = objective.klWeight === 0 ? texts : await this.#referred(texts);
      return policyGradientBatches(weighed, objective.divisor, objective, this.#shape);
    }
    if (lesson.method === "dpo" && objective.name === "dpo") {
      const pairs = lesson.pairs.flatMap(({ chosen, rejected }) => {
        const [better, worse] = [this.#textOf(chosen), this.#textOf(rejected)];
        return better && worse ? [referredPair(better, worse, chosen, rejected)] : [];
      });
      return dpoBatches(pairs, this.#shape);
    }
    throw new RangeError(`a lesson for ${lesson.method}, not for ${objective.name}`);
  }

  /** Null when it is longer than the context. */
  #textOf({ prompt, tokenIds }: PolicySample): WrittenText | null {
    const before = this.#material.tokenizer.encode(prompt);
    const tokens = [...before, ...tokenIds];
    return tokens.length > this.#shape.rowTokens ? null : { tokens, prompt: before.length };
  }

  async #referred(texts: readonly WeighedText[]): Promise<readonly WeighedText[]> {
    const logProbs = await this.#referenceLogProbs(texts);
    return texts.map((text) => ({ ...text, reference: logProbs.get(text) ?? [] }));
  }

  async #referenceLogProbs<T extends WrittenText>(texts: readonly T[]): Promise<ReadonlyMap<T, readonly number[]>> {
    const { params } = this.#material.start;
    this.#reference ??= createLearner(this.#task(), { params, first: new Map(), second: new Map() });
    const batches = writtenBatches(texts, this.#shape, () => ({}));
    const atPlaces: Float32Array[] = [];
    for (const { batch } of batches) atPlaces.push(await this.#reference.logProbs(batch));
    return writtenLogProbs(batches, atPlaces);
  }

  async divergence(samples: readonly PolicySample[]): Promise<number> {
    const texts = samples.flatMap((sample) => {
      const text = this.#textOf(sample);
      return text ? [{ ...text, drawn: sample.logProbs }] : [];
    });
    let [sum, count] = [0, 0];
    for (const [{ drawn }, reference] of await this.#referenceLogProbs(texts)) {
      for (const [i, logProb] of drawn.entries()) {
        const behind = (reference[i] ?? Number.NaN) - logProb;
        sum += Math.exp(behind) - behind - 1;
        count++;
      }
    }
    return count === 0 ? 0 : sum / count;
  }

  async weights(): Promise<Uint8Array<ArrayBuffer>> {
    return writeSafetensors(await this.#params(), "F32");
  }

  async keepBest(step: number, { loss, metrics }: TrainingEvaluation): Promise<void> {
    this.#best = { step, loss, metrics: { ...metrics }, params: await this.#params() };
  }

  async checkpoint({ step, tokens, metrics, position }: PolicyProgress): Promise<Uint8Array<ArrayBuffer>> {
    const { objective, settings, seed } = this.#options;
    const { start } = this.#material;
    return writeCheckpoint({
      record: {
        kind: "policy",
        parents: [start.id],
        config: start.config,
        objective: objective.name,
        options: { ...settings },
        seed,
        step,
        tokens,
        metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))),
      },
      state: await this.#learner.state(),
      best: this.#best,
      position: { updates: this.#updates, loop: position },
    });
  }

  dispose(): void {
    this.#learner.dispose();
    this.#reference?.dispose();
  }

  async #params(): Promise<HostParams> {
    return (await this.#learner.state()).params;
  }
}

const positionSchema = z.object({ updates: z.int().min(0), loop: z.unknown() });

function readPosition(position: unknown): z.infer<typeof positionSchema> {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw badCheckpoint("The part does not say where the run was.");
}

/** A pair for DPO, whose reference is the policy that has drawn it (iterative DPO). */
function referredPair(
  better: WrittenText,
  worse: WrittenText,
  chosen: PolicySample,
  rejected: PolicySample,
): ReferredPair {
  const answer = ({ tokens, prompt }: WrittenText) => ({ tokens, weights: tokens.map((_, i) => (i < prompt ? 0 : 1)) });
  const total = ({ logProbs }: PolicySample) => logProbs.reduce((sum, logProb) => sum + logProb, 0);
  return {
    chosen: answer(better),
    rejected: answer(worse),
    reference: { chosen: total(chosen), rejected: total(rejected) },
  };
}
