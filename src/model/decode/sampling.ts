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
}

/**
 * Draws a token: temperature, then top-k, then top-p (nucleus, Holtzman et al. 2020), the order of transformers' generate.
 * Among equals the lower id comes first.
 * @param uniform in [0, 1): the randomness; not used when greedy.
 */
export function drawToken(logits: Float32Array, sampling: TokenSampling, uniform: number): DrawnToken {
  const likeliest = argmax(logits);
  const token = sampling.temperature === 0 ? likeliest : drawKept(logits, likeliest, sampling, uniform);
  return { token, logProb: logProbOf(logits, token, logits[likeliest] ?? 0) };
}

function drawKept(logits: Float32Array, likeliest: number, sampling: TokenSampling, uniform: number): number {
  const { temperature, topK, topP } = sampling;
  const highest = logits[likeliest] ?? 0;
  const isCut = topK > 0 && topK < logits.length;
  // Where neither k nor p cuts anything off, in the order of ids; else the likeliest first. Only values are sorted, natively: ids
  // by a comparison would take longer than all else.
  const sorted = isCut || topP < 1 ? logits.slice().sort().reverse() : null;
  const ranked = (sorted ?? logits).subarray(0, isCut ? topK : logits.length);
  const weights = new Float64Array(ranked.length);
  for (let i = 0; i < weights.length; i++) weights[i] = Math.exp(((ranked[i] ?? 0) - highest) / temperature);
  const kept = nucleus(weights, topP);
  let rank = 0;
  for (let rest = uniform * kept.total; rank < kept.count - 1; rank++) {
    rest -= weights[rank] ?? 0;
    if (rest < 0) break;
  }
  return sorted === null ? rank : (idOfRank(logits, sorted, rank) ?? likeliest);
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
