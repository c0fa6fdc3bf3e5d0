/** A piece of a training text; it begins and ends at token borders. */
export interface TextSegment {
  readonly text: string;
  /** Loss weight of predicting each of this segment's tokens, at least 0. Prompts get 0, random inputs little. */
  readonly weight: number;
}

/** One training example: its segments, joined, are what the model reads. */
export interface TrainingExample {
  readonly segments: readonly TextSegment[];
}

/** An endless stream of training examples, the same for the same seed and the same sequence of calls. */
export interface Corpus {
  /** @param progress the share of the planned run that is done, in [0, 1]: what the curriculum goes by. */
  next(progress: number): TrainingExample;
}
