/** How far a check of references has come. */
export interface ReferenceProgress {
  readonly done: number;
  readonly total: number;
}

/** What running a collection's own solutions on its own tests has shown. Kept with the collection. */
export interface ReferenceSummary {
  /** Problems one of whose reference solutions passes all tests, in this browser's sandbox. */
  readonly passed: number;
  readonly total: number;
  readonly failed: readonly {
    readonly id: string;
    /** One sentence. */
    readonly reason: string;
  }[];
}

/** Runs the reference solutions of imported problems. */
export interface ReferenceCheck {
  /**
   * Checks a collection, keeps what came of it, and gives problems whose reference is slow a time limit to match.
   * @throws LabError `sandbox/*`, `storage/*`, `input/unknown-collection`; the signal's reason.
   */
  check(
    collection: string,
    onProgress?: (progress: ReferenceProgress) => void,
    signal?: AbortSignal,
  ): Promise<ReferenceSummary>;
}
