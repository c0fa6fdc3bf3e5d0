import type { LogitProcessor } from "../package";

/** Far below any logit, yet finite after division by the smallest temperature that the engine uses (1e-6). */
const NEVER = -1e9;

/** A logit so far below the largest adds nothing: a vocabulary of them changes a log-probability by 2e-6. */
const NEGLIGIBLE = -25;

/**
 * Stands between the engine's logits and its sampling, because the log-probabilities that it tells are those after
 * temperature and it knows no top-k: records the raw log-probability of each sampled token, and leaves only the
 * likeliest `topK` to sample from.
 */
export class TokenRecorder implements LogitProcessor {
  #topK = 0;
  #raw: Float32Array = new Float32Array(0);
  #logNormaliser = 0;
  #logProbs: number[] = [];

  /**
   * Raw log-probabilities (temperature 1, nothing masked) of the tokens sampled since {@link begin}, each at most 0.
   */
  get logProbs(): readonly number[] {
    return this.#logProbs;
  }

  /** Starts anew. @param topK 0 keeps all. */
  begin(topK: number): void {
    this.#topK = topK;
    this.#logProbs = [];
  }

  processLogits(logits: Float32Array): Float32Array {
    this.#raw = logits;
    this.#logNormaliser = logSumExp(logits);
    return this.#topK > 0 && this.#topK < logits.length ? keepLargest(logits, this.#topK) : logits;
  }

  processSampledToken(token: number): void {
    this.#logProbs.push(Math.min(0, (this.#raw[token] ?? Number.NEGATIVE_INFINITY) - this.#logNormaliser));
  }

  resetState(): void {
    // The engine calls this when it drops its conversation; what is recorded belongs to a request, not to a
    // conversation.
  }
}

// Plain loops from here: these run over a whole vocabulary for every token.

function logSumExp(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if ((logits[i] as number) > max) max = logits[i] as number;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const below = (logits[i] as number) - max;
    if (below > NEGLIGIBLE) sum += Math.exp(below);
  }
  return max + Math.log(sum);
}

/** A copy in which all but the `count` largest (and what is equal to the smallest of them) never win. */
function keepLargest(logits: Float32Array, count: number): Float32Array {
  const threshold = nthLargest(logits, count);
  const kept = new Float32Array(logits.length).fill(NEVER);
  for (let i = 0; i < logits.length; i++) if ((logits[i] as number) >= threshold) kept[i] = logits[i] as number;
  return kept;
}

/** One pass with a small heap whose root is the smallest of the largest `count` so far. */
function nthLargest(values: Float32Array, count: number): number {
  const heap = values.slice(0, count).sort();
  for (let i = count; i < values.length; i++) {
    const value = values[i] as number;
    if (value > (heap[0] as number)) replaceRoot(heap, value);
  }
  return heap[0] as number;
}

function replaceRoot(heap: Float32Array, value: number): void {
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}
