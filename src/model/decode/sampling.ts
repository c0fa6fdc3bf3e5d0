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
  const highest = logits[likeliest] ?? 0;
  const ranked = candidates(logits, sampling);
  const weights = ranked.map((token) => Math.exp(((logits[token] ?? 0) - highest) / sampling.temperature));
  const kept = nucleus(weights, sampling.topP);
  let rest = uniform * kept.total;
  for (let i = 0; i < kept.count; i++) {
    rest -= weights[i] ?? 0;
    if (rest < 0) return ranked[i] ?? likeliest;
  }
  return ranked[kept.count - 1] ?? likeliest;
}

/** Token ids, likeliest first, the first k of them; in the order of ids where neither k nor p cuts anything off. */
function candidates(logits: Float32Array, { topK, topP }: TokenSampling): number[] {
  const ids = Array.from(logits.keys());
  const cut = topK > 0 && topK < ids.length;
  if (!cut && topP >= 1) return ids;
  // Numbers sort many times faster than ids by a comparison: first find what the k-th likeliest has, then rank those that reach it.
  const threshold = cut ? (logits.slice().sort().at(-topK) ?? 0) : Number.NEGATIVE_INFINITY;
  const ranked = ids.filter((id) => (logits[id] ?? 0) >= threshold);
  ranked.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
  return cut ? ranked.slice(0, topK) : ranked;
}

/** How many of the descending `weights` are needed to reach the share `topP` of their sum, and the sum of those. */
function nucleus(weights: readonly number[], topP: number): { count: number; total: number } {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let total = 0;
  for (const [i, weight] of weights.entries()) {
    total += weight;
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
  for (const logit of logits) total += Math.exp(logit - highest);
  return Math.min(0, (logits[token] ?? 0) - highest - Math.log(total));
}
