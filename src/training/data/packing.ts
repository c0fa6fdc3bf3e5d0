/** A tokenised example: `weights[i]` is the loss weight of predicting `tokens[i]` from what stands before it. */
export interface PackableExample {
  readonly tokens: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Several texts in each row of a fixed size; every array is [rows, rowTokens], row-major. Unused places hold token 0 of segment 0.
 */
export interface PackedTexts {
  readonly rows: number;
  readonly rowTokens: number;
  readonly tokens: Int32Array<ArrayBuffer>;
  /** Position within its example, from 0. */
  readonly positions: Float32Array<ArrayBuffer>;
  /** Number of its example within the row, from 1; 0 is padding. */
  readonly segments: Int32Array<ArrayBuffer>;
}

/** Packed texts, and what is to be predicted at each place. */
export interface PackedBatch extends PackedTexts {
  /** The token that follows within the same example. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** Loss weight of each target, 0 where there is none. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/**
 * Fills rows with whole examples: each goes into the fullest row that still has room for it (best fit over the open rows of one batch).
 * Returns which examples found a place; the caller keeps the others for the next batch.
 */
export function packBatch(
  examples: readonly PackableExample[],
  rows: number,
  rowTokens: number,
): { batch: PackedBatch; placed: ReadonlySet<PackableExample> } {
  const batch = emptyBatch(rows, rowTokens);
  const used = new Array<number>(rows).fill(0);
  const counts = new Array<number>(rows).fill(0);
  const placed = new Set<PackableExample>();
  for (const example of examples) {
    const row = bestRow(used, rowTokens - example.tokens.length);
    if (row === null) continue;
    counts[row] = (counts[row] ?? 0) + 1;
    place(batch, example, row * rowTokens + (used[row] ?? 0), counts[row] ?? 0);
    used[row] = (used[row] ?? 0) + example.tokens.length;
    placed.add(example);
  }
  return { batch, placed };
}

/** The fullest row with at most `limit` tokens used, or null. */
function bestRow(used: readonly number[], limit: number): number | null {
  let best: number | null = null;
  for (const [row, tokens] of used.entries()) {
    if (tokens <= limit && (best === null || tokens > (used[best] ?? 0))) best = row;
  }
  return best;
}

function place(batch: PackedBatch, example: PackableExample, offset: number, segment: number): void {
  const { tokens, weights } = example;
  for (const [i, token] of tokens.entries()) {
    batch.tokens[offset + i] = token;
    batch.positions[offset + i] = i;
    batch.segments[offset + i] = segment;
    if (i + 1 < tokens.length) {
      batch.targets[offset + i] = tokens[i + 1] ?? 0;
      batch.weights[offset + i] = weights[i + 1] ?? 0;
    }
  }
}

function emptyBatch(rows: number, rowTokens: number): PackedBatch {
  const size = rows * rowTokens;
  return {
    rows,
    rowTokens,
    tokens: new Int32Array(size),
    targets: new Int32Array(size),
    weights: new Float32Array(size),
    positions: new Float32Array(size),
    segments: new Int32Array(size),
  };
}
