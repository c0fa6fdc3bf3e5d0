/**
 * Reading prompts, and remembering them: a tree search asks again and again to continue a prompt that it has asked about before,
 * plus one step, so only what is new is read. What was read is kept in the host's memory. H heads, S head size, n tokens.
 */
import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Backend } from "../jax";
import { headSize, type ModelConfig } from "../network/config";
import { MASKED } from "../network/transformer";
import { type Cache, disposeCache, multipleBucket, powerOfTwoBucket } from "./cache";
import { type Passes, rotaryOf } from "./passes";
import type { InferenceParams } from "./weights";

/** Prompts that have been read. */
export interface Prefilled {
  /** A row per prompt, and possibly more. */
  readonly cache: Cache;
  /** Tokens of each prompt. */
  readonly lengths: readonly number[];
  /** How many of them were read now; the others were known from earlier prompts. */
  readonly read: readonly number[];
  /** Logits [V] after each prompt's last token. */
  readonly logits: readonly Float32Array[];
}

/** What reads prompts. */
export interface PromptReader {
  readonly config: ModelConfig;
  readonly backend: Backend;
  readonly passes: Passes;
  readonly params: InferenceParams;
  /** What has been read with these `params`, and with no others. */
  readonly prefixes: PrefixCache;
}

/** Sizes are rounded up to multiples of these, because each size compiles anew. */
const PROMPT_STEP = 64;
const KNOWN_STEP = 128;
const SUFFIX_STEP = 32;

/** A prompt, and how far it is known. */
interface Reading {
  readonly tokens: readonly number[];
  readonly known: Prefix;
}

/** What reading gave. */
interface ReadPrompt {
  readonly whole: Prefix;
  readonly logits: Float32Array;
}

/** Reads prompts, each of at least one token, on the backend's device; a longer one than before costs only what is new. */
export async function readPrompts(reader: PromptReader, prompts: readonly (readonly number[])[]): Promise<Prefilled> {
  const { config, prefixes } = reader;
  const readings = prompts.map((tokens) => ({ tokens, known: worthwhile(prefixes.longest(tokens), tokens) }));
  // What is new throughout is read apart: beside it, a short suffix would be padded to the length of a prompt.
  const [known, fresh] = [readings.filter(isKnown), readings.filter((reading) => !isKnown(reading))];
  const found = new Map<Reading, ReadPrompt>();
  for (const group of [known, fresh]) {
    for (const [i, result] of (await readTogether(reader, group)).entries()) {
      const reading = group[i];
      if (reading) found.set(reading, result);
    }
  }
  const results = readings.flatMap((reading) => found.get(reading) ?? []);
  const lengths = prompts.map((prompt) => prompt.length);
  const slots = multipleBucket(Math.max(...lengths), PROMPT_STEP);
  const wholes = results.map(({ whole }) => whole);
  return {
    cache: upload(config, prefixes, wholes, powerOfTwoBucket(prompts.length), slots),
    lengths,
    read: readings.map(({ tokens, known: { length } }) => tokens.length - length),
    logits: results.map(({ logits }) => logits),
  };
}

/** Frees what reading gave. */
export function disposePrefilled({ cache }: Prefilled): void {
  disposeCache(cache);
}

function isKnown({ known }: Reading): boolean {
  return known.length > 0;
}

/** A prefix of less than half the prompt saves less than its own pass costs. */
function worthwhile(known: Prefix, tokens: readonly number[]): Prefix {
  return 2 * known.length >= tokens.length ? known : NOTHING;
}

/** One pass over prompts that are all known in part, or all new. */
async function readTogether(reader: PromptReader, readings: readonly Reading[]): Promise<readonly ReadPrompt[]> {
  if (readings.length === 0) return [];
  const { config, backend, passes, params, prefixes } = reader;
  const rows = powerOfTwoBucket(readings.length);
  const isNew = !readings.some(isKnown);
  const knowns = readings.map(({ known }) => known);
  const knownSlots = isNew ? 0 : multipleBucket(Math.max(...knowns.map(({ length }) => length)), KNOWN_STEP);
  const past = isNew ? null : upload(config, prefixes, knowns, rows, knownSlots);
  const { cache, logits } = passes.prefill(params, past, passInputs(config, readings, rows, knownSlots));
  const values = await backend.read(logits);
  const layers = await download(cache, backend);
  const width = values.length / rows;
  return readings.map(({ tokens, known }, row) => ({
    whole: prefixes.add(tokens, known, cut(config, layers, row, rows, tokens.length - known.length)),
    logits: values.slice(row * width, row * width + config.vocab_size),
  }));
}

/** The tokens that are new side by side, and what each may see: its prompt's known slots and the new tokens not after it. */
function passInputs(config: ModelConfig, readings: readonly Reading[], rows: number, knownSlots: number) {
  const counts = readings.map(({ tokens, known }) => tokens.length - known.length);
  const length = multipleBucket(Math.max(...counts), knownSlots > 0 ? SUFFIX_STEP : PROMPT_STEP);
  const width = knownSlots + length;
  const tokens = new Int32Array(rows * length);
  const last = new Int32Array(rows);
  const mask = new Float32Array(rows * length * width).fill(MASKED);
  const positions: number[] = [];
  for (let row = 0; row < rows; row++) {
    const reading = readings[row];
    const start = reading?.known.length ?? 0;
    tokens.set(reading?.tokens.slice(start) ?? [], row * length);
    last[row] = row * length + (counts[row] ?? 1) - 1;
    for (let i = 0; i < length; i++) {
      const line = (row * length + i) * width;
      mask.fill(0, line, line + start).fill(0, line + knownSlots, line + knownSlots + i + 1);
      positions.push(start + i);
    }
  }
  return {
    tokens: np.array(tokens, { dtype: np.int32 }),
    rotary: rotaryOf(config, positions, rows),
    mask: np.array(mask, { shape: [rows, 1, length, width], dtype: np.float32 }),
    last: np.array(last, { dtype: np.int32 }),
  };
}

/** A cache on the device with one row per prefix. */
function upload(
  config: ModelConfig,
  memory: PrefixCache,
  prefixes: readonly Prefix[],
  rows: number,
  slots: number,
): Cache {
  const [heads, size] = [config.num_attention_heads, headSize(config)];
  return Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const target = {
      key: new Float32Array(rows * heads * size * slots),
      value: new Float32Array(rows * heads * size * slots),
    };
    for (const [row, prefix] of prefixes.entries()) memory.copy(prefix, layer, target, row, slots);
    return {
      key: np.array(target.key, { shape: [rows, heads, size, slots], dtype: np.float32 }),
      value: np.array(target.value, { shape: [rows, heads, slots, size], dtype: np.float32 }),
    };
  });
}

/** Reads a cache back, consuming it. */
function download(cache: Cache, backend: Backend): Promise<HostLayer[]> {
  const read = (array: JaxArray) => backend.read(array);
  return Promise.all(cache.map(async ({ key, value }) => ({ key: await read(key), value: await read(value) })));
}

/** The first `count` tokens of one row of layers whose rows have any number of slots. */
function cut(
  config: ModelConfig,
  layers: readonly HostLayer[],
  row: number,
  rows: number,
  count: number,
): readonly HostLayer[] {
  const [heads, size] = [config.num_attention_heads, headSize(config)];
  return layers.map(({ key, value }) => {
    const slots = key.length / (rows * heads * size);
    const part = { key: new Float32Array(heads * size * count), value: new Float32Array(heads * size * count) };
    for (let i = 0; i < heads * size; i++) {
      const start = (row * heads * size + i) * slots;
      part.key.set(key.subarray(start, start + count), i * count);
    }
    for (let head = 0; head < heads; head++) {
      const start = (row * heads + head) * slots * size;
      part.value.set(value.subarray(start, start + count * size), head * count * size);
    }
    return part;
  });
}

/** Keys [H, S, n] and values [H, n, S] of one layer. */
interface HostLayer {
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
interface Prefix {
  readonly entry: Entry | null;
  readonly length: number;
}

const NOTHING: Prefix = { entry: null, length: 0 };

/** Tokens that are remembered at most. */
const CAPACITY = 24_000;

/** Remembers texts until they are too many, then begins anew. Texts read with other weights are none of its. */
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
