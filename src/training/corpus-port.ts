/** A text to learn from, in parts with their own weight in the loss. */
export interface TrainingExample {
  /** In order; segments are cut at token borders. Weight 0 masks a segment, 1 is full. */
  readonly segments: readonly { readonly text: string; readonly weight: number }[];
}

/** An endless, seeded source of training texts. */
export interface Corpus {
  /** The next text; `progress` in [0, 1] is the share of the planned run that is done, and decides the curriculum. */
  next(progress: number): TrainingExample;
}
