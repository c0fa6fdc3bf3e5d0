import type { TrainingEvaluation } from "./trainer";

/** What a policy has written behind a prompt. */
export interface PolicySample {
  readonly prompt: string;
  /** The tokens that were written, one at least. */
  readonly tokenIds: readonly number[];
  /** Log-probability of each when it was drawn, at temperature 1 from the whole vocabulary: 0 or less. */
  readonly logProbs: readonly number[];
}

/** What one batch of samples has to teach. What does not fit into the model's context is left out. */
export type Lesson =
  | {
      readonly method: "policy-gradient";
      /** Each with what it was worth beyond its group's mean. */
      readonly samples: readonly (PolicySample & { readonly advantage: number })[];
    }
  | {
      readonly method: "dpo";
      /** Answers to one prompt each, the better one first. What they were drawn with is the reference. */
      readonly pairs: readonly { readonly chosen: PolicySample; readonly rejected: PolicySample }[];
    };

/** How policies are made to learn from samples of their own. */
export type PolicyMethod = Lesson["method"];

/** What an update says about itself. */
export interface PolicyUpdate {
  readonly learningRate: number;
  /** Tokens read, prompts included, padding not counted; once more for each pass over the batch. 0 when there was nothing to learn. */
  readonly tokens: number;
  /** The objective's figures, means over the passes; none when there was nothing to learn. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Where a loop is, as it is kept with the weights. */
export interface PolicyProgress {
  /** Batches of samples so far. */
  readonly step: number;
  /** Tokens sampled and read. */
  readonly tokens: number;
  /** Figures of the last step. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The loop's own, as JSON. */
  readonly position: unknown;
}

/** A policy that learns from what it has written itself: weights, their optimiser, and the best of them so far. */
export interface PolicyLearner {
  /** The step it is at, and the loop's position there, when it goes on from an earlier part; else null. */
  readonly begun: Pick<PolicyProgress, "step" | "tokens" | "position"> | null;
  /**
   * Learns from a batch.
   * @param progress the share of the run that is done, in [0, 1]: the learning rate falls by it.
   * @throws LabError `model/diverged` when the loss is no number.
   */
  update(lesson: Lesson, progress: number): Promise<PolicyUpdate>;
  /** The mean over written tokens of the divergence of what drew them from the weights that the run began with (k3), at least 0. */
  divergence(samples: readonly PolicySample[]): Promise<number>;
  /** The weights as they are, exactly: safetensors in float32, for a model that is to draw with them. */
  weights(): Promise<Uint8Array<ArrayBuffer>>;
  /** Takes the weights as they are for the best so far. */
  keepBest(step: number, evaluation: TrainingEvaluation): Promise<void>;
  /** A file from which a run goes on exactly where this one is, and of which `modelOf` makes a model: the best weights. */
  checkpoint(progress: PolicyProgress): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): void;
}
