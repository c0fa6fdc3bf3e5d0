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

/** An item of a batch, and where each of its texts begins. */
export interface PlacedItem<T> {
  readonly item: T;
  /** The first place of each of its texts, counted over all rows. */
  readonly starts: readonly number[];
}

/**
 * Fills rows with whole texts: each goes into the fullest row that still has room for it (best fit over the open rows of one batch).
 * The texts of an item come into one batch or wait together.
 * @param most items at most.
 */
export function packTexts<T>(
  items: readonly T[],
  textsOf: (item: T) => readonly (readonly number[])[],
  rows: number,
  rowTokens: number,
  most = Number.POSITIVE_INFINITY,
): { texts: PackedTexts; placed: readonly PlacedItem<T>[] } {
  const texts = emptyTexts(rows, rowTokens);
  let used: readonly number[] = new Array<number>(rows).fill(0);
  const counts = new Array<number>(rows).fill(0);
  const placed: PlacedItem<T>[] = [];
  for (const item of items) {
    if (placed.length >= most) break;
    const found = findRoom(textsOf(item), used, rowTokens);
    if (found === null) continue;
    used = found.used;
    for (const [i, tokens] of textsOf(item).entries()) {
      const start = found.starts[i] ?? 0;
      const row = Math.floor(start / rowTokens);
      counts[row] = (counts[row] ?? 0) + 1;
      write(texts, tokens, start, counts[row] ?? 0);
    }
    placed.push({ item, starts: found.starts });
  }
  return { texts, placed };
}

/** Whether texts can stand in one batch together. */
export function fitsBatch(texts: readonly (readonly number[])[], rows: number, rowTokens: number): boolean {
  return findRoom(texts, new Array<number>(rows).fill(0), rowTokens) !== null;
}

/** Where texts would begin, and what of each row would then be used; null when they do not all fit. */
function findRoom(texts: readonly (readonly number[])[], before: readonly number[], rowTokens: number) {
  const used = [...before];
  const starts: number[] = [];
  for (const { length } of texts) {
    const row = bestRow(used, rowTokens - length);
    if (row === null) return null;
    starts.push(row * rowTokens + (used[row] ?? 0));
    used[row] = (used[row] ?? 0) + length;
  }
  return { starts, used };
}

/** Packs examples of a language model; returns which found a place, the caller keeps the others for the next batch. */
export function packBatch(
  examples: readonly PackableExample[],
  rows: number,
  rowTokens: number,
): { batch: PackedBatch; placed: ReadonlySet<PackableExample> } {
  const { texts, placed } = packTexts(examples, ({ tokens }) => [tokens], rows, rowTokens);
  const size = rows * rowTokens;
  const batch = { ...texts, targets: new Int32Array(size), weights: new Float32Array(size) };
  for (const { item, starts } of placed) writeTargets(batch, item, starts[0] ?? 0);
  return { batch, placed: new Set(placed.map(({ item }) => item)) };
}

/** The fullest row with at most `limit` tokens used, or null. */
function bestRow(used: readonly number[], limit: number): number | null {
  let best: number | null = null;
  for (const [row, tokens] of used.entries()) {
    if (tokens <= limit && (best === null || tokens > (used[best] ?? 0))) best = row;
  }
  return best;
}

function write(texts: PackedTexts, tokens: readonly number[], start: number, segment: number): void {
  for (const [i, token] of tokens.entries()) {
    texts.tokens[start + i] = token;
    texts.positions[start + i] = i;
    texts.segments[start + i] = segment;
  }
}

/** What is to be predicted from each token of an example that begins at `start`. */
export function writeTargets(
  { targets, weights }: Pick<PackedBatch, "targets" | "weights">,
  example: PackableExample,
  start: number,
): void {
  for (let i = 0; i + 1 < example.tokens.length; i++) {
    targets[start + i] = example.tokens[i + 1] ?? 0;
    weights[start + i] = example.weights[i + 1] ?? 0;
  }
}

function emptyTexts(rows: number, rowTokens: number): PackedTexts {
  const size = rows * rowTokens;
  return {
    rows,
    rowTokens,
    tokens: new Int32Array(size),
    positions: new Float32Array(size),
    segments: new Int32Array(size),
  };
}
