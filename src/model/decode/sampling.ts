/** How one token is drawn from logits. */
export interface TokenSampling {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Keep the k likeliest tokens; 0 keeps all. */
  readonly topK: number;
  /** Of those, keep the smallest set whose probability reaches this, in (0, 1]. */
  readonly topP: number;
}

/** A drawn token. */
export interface DrawnToken {
  readonly token: number;
  /** Its log-probability at temperature 1 over the whole vocabulary, at most 0. */
  readonly logProb: number;
  /** Its log-probability as it is drawn with replacement: after temperature, top-k and top-p; 0 when greedy. At most 0. */
  readonly drawLogProb: number;
}

/** Of what begins with a token, the share in [0, 1] that is not to be drawn any more; 0 for tokens that are not listed. */
export type SharesGone = ReadonlyMap<number, number>;

/** Everything is left. */
export const NOTHING_GONE: SharesGone = new Map();

/**
 * Draws a token: temperature, then top-k, then top-p (nucleus, Holtzman et al. 2020), the order of transformers' generate.
 * Among equals the lower id comes first.
 * @param uniform in [0, 1): the randomness; not used when greedy. Null takes the token of which the most is left.
 * @param gone takes its share off each token's probability after all that; what is left is drawn in proportion.
 * @returns null when nothing is left.
 */
export function drawToken(
  logits: Float32Array,
  sampling: TokenSampling,
  uniform: number | null,
  gone: SharesGone = NOTHING_GONE,
): DrawnToken | null {
  const likeliest = argmax(logits);
  const highest = logits[likeliest] ?? 0;
  if (sampling.temperature === 0) {
    if (gone.get(likeliest) === 1) return null;
    return { token: likeliest, logProb: logProbOf(logits, likeliest, highest), drawLogProb: 0 };
  }
  const drawn = drawKept(logits, likeliest, sampling, uniform, gone);
  return drawn === null ? null : { ...drawn, logProb: logProbOf(logits, drawn.token, highest) };
}

function drawKept(
  logits: Float32Array,
  likeliest: number,
  sampling: TokenSampling,
  uniform: number | null,
  gone: SharesGone,
): Omit<DrawnToken, "logProb"> | null {
  const { temperature, topK, topP } = sampling;
  const highest = logits[likeliest] ?? 0;
  const isCut = topK > 0 && topK < logits.length;
  // Where neither k nor p cuts anything off, in the order of ids; else the likeliest first.
  const sorted = isCut || topP < 1 ? largest(logits, isCut ? topK : logits.length) : null;
  const ranked = sorted ?? logits;
  const weights = new Float64Array(ranked.length);
  for (let i = 0; i < weights.length; i++) weights[i] = Math.exp(((ranked[i] ?? 0) - highest) / temperature);
  const kept = nucleus(weights, topP);
  const left = gone.size === 0 ? weights : weights.slice(0, kept.count);
  for (const [token, share] of gone) {
    const rank = sorted === null ? token : rankOfId(logits, token);
    if (rank < kept.count) left[rank] = (left[rank] ?? 0) * (1 - share);
  }
  const total = left === weights ? kept.total : left.reduce((sum, weight) => sum + weight, 0);
  const rank = uniform === null ? heaviest(left, kept.count) : rankAt(left, kept.count, uniform * total);
  if (rank === null) return null;
  const token = sorted === null ? rank : (idOfRank(logits, sorted, rank) ?? likeliest);
  return { token, drawLogProb: Math.min(0, Math.log((weights[rank] ?? 0) / kept.total)) };
}

/** Where the first `count` weights, added up, pass `sum`; rounding aside, the last that weighs anything. Null when none does. */
function rankAt(weights: Float64Array, count: number, sum: number): number | null {
  let last: number | null = null;
  for (let rank = 0, rest = sum; rank < count; rank++) {
    const weight = weights[rank] ?? 0;
    if (weight > 0) last = rank;
    rest -= weight;
    if (rest < 0) break;
  }
  return last;
}

/** The first of the largest of the first `count` weights; null when none weighs anything. */
function heaviest(weights: Float64Array, count: number): number | null {
  let best: number | null = null;
  for (let rank = 0; rank < count; rank++) {
    const weight = weights[rank] ?? 0;
    if (weight > (best === null ? 0 : (weights[best] ?? 0))) best = rank;
  }
  return best;
}

/** The inverse of {@link idOfRank}. */
function rankOfId(logits: Float32Array, id: number): number {
  const value = logits[id] ?? 0;
  let rank = 0;
  for (let other = 0; other < logits.length; other++) {
    const logit = logits[other] ?? 0;
    if (logit > value || (logit === value && other < id)) rank++;
  }
  return rank;
}

/** The `count` largest of the values, largest first: taken from a heap, which is several times faster here than sorting them all. */
function largest(values: Float32Array, count: number): Float32Array {
  const heap = values.slice();
  for (let root = (heap.length >> 1) - 1; root >= 0; root--) sink(heap, root, heap.length);
  const taken = new Float32Array(count);
  for (let i = 0, size = heap.length; i < count; i++) {
    taken[i] = heap[0] ?? 0;
    heap[0] = heap[--size] ?? 0;
    sink(heap, 0, size);
  }
  return taken;
}

/** Lets a value sink to where none below it is larger, in a heap of `size` values. */
function sink(heap: Float32Array, root: number, size: number): void {
  const value = heap[root] ?? 0;
  let at = root;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && (heap[child + 1] ?? 0) > (heap[child] ?? 0)) child++;
    const below = heap[child] ?? 0;
    if (below <= value) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = value;
}

/** The token that stands at a rank, likeliest first; among equals the lower id comes first. */
function idOfRank(logits: Float32Array, sorted: Float32Array, rank: number): number | undefined {
  const value = sorted[rank];
  let before = rank - sorted.indexOf(value ?? 0);
  for (let id = 0; id < logits.length; id++) if (logits[id] === value && before-- === 0) return id;
  return undefined;
}

/** How many of the descending `weights` are needed to reach the share `topP` of their sum, and the sum of those. */
function nucleus(weights: Float64Array, topP: number): { count: number; total: number } {
  let all = 0;
  for (let i = 0; i < weights.length; i++) all += weights[i] ?? 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i] ?? 0;
    if (total >= topP * all) return { count: i + 1, total };
  }
  return { count: weights.length, total };
}

function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

function logProbOf(logits: Float32Array, token: number, highest: number): number {
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp((logits[i] ?? 0) - highest);
  return Math.min(0, (logits[token] ?? 0) - highest - Math.log(total));
}
