/**
 * What has been read of earlier prompts, in the host's memory: a tree search asks again and again to continue a prompt that it
 * has asked about before, plus one step. H heads, S head size, n tokens.
 */
import { headSize, type ModelConfig } from "../network/config";

/** Keys [H, S, n] and values [H, n, S] of one layer. */
export interface HostLayer {
  readonly key: Float32Array;
  readonly value: Float32Array;
}

/** A text that has been read: its last tokens, and the text they follow. */
interface Entry {
  /** The whole text. */
  readonly tokens: readonly number[];
  readonly before: Prefix;
  /** Of the tokens after `before`. */
  readonly layers: readonly HostLayer[];
}

/** The first `length` tokens of a text that has been read. */
export interface Prefix {
  readonly entry: Entry | null;
  readonly length: number;
}

const NOTHING: Prefix = { entry: null, length: 0 };

/** Tokens that are remembered at most. */
const CAPACITY = 24_000;

/** Remembers texts until they are too many, then begins anew. */
export class PrefixCache {
  readonly #config: ModelConfig;
  #entries: Entry[] = [];
  #stored = 0;

  constructor(config: ModelConfig) {
    this.#config = config;
  }

  /** The longest known prefix of `tokens` that leaves at least one token to read. */
  longest(tokens: readonly number[]): Prefix {
    let best = NOTHING;
    for (const entry of this.#entries) {
      const length = Math.min(commonLength(entry.tokens, tokens), tokens.length - 1);
      if (length > best.length) best = { entry, length };
    }
    return best;
  }

  /** Remembers a text, given what was read of it after `before`; the whole text as a prefix. */
  add(tokens: readonly number[], before: Prefix, layers: readonly HostLayer[]): Prefix {
    const added = tokens.length - before.length;
    if (this.#stored + added > CAPACITY) {
      this.#entries = [];
      this.#stored = 0;
    }
    const entry = { tokens, before, layers };
    this.#entries.push(entry);
    this.#stored += added;
    return { entry, length: tokens.length };
  }

  /**
   * Copies a layer of a prefix into row `row` of `target`, which has `slots` slots a row: keys [rows, H, S, slots], values
   * [rows, H, slots, S].
   */
  copy({ entry, length }: Prefix, layer: number, target: HostLayer, row: number, slots: number): void {
    const from = entry?.layers[layer];
    if (!entry || !from) return;
    const start = Math.min(entry.before.length, length);
    this.copy({ entry: entry.before.entry, length: start }, layer, target, row, slots);
    const [heads, size] = [this.#config.num_attention_heads, headSize(this.#config)];
    const stored = entry.tokens.length - entry.before.length;
    const count = length - start;
    for (let i = 0; i < heads * size; i++) {
      const keys = from.key.subarray(i * stored, i * stored + count);
      target.key.set(keys, (row * heads * size + i) * slots + start);
    }
    for (let head = 0; head < heads; head++) {
      const values = from.value.subarray(head * stored * size, (head * stored + count) * size);
      target.value.set(values, ((row * heads + head) * slots + start) * size);
    }
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}
