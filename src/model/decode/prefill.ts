import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Backend } from "../backend";
import { headSize, type ModelConfig } from "../network/config";
import { MASKED } from "../network/transformer";
import { multipleBucket, powerOfTwoBucket } from "./buckets";
import { type Cache, disposeCache } from "./cache";
import type { InferenceParams } from "./inference-params";
import { rotaryOnHost } from "./inference-rotary";
import type { Passes } from "./inference-step";
import { type HostLayer, type Prefix, PrefixCache } from "./prefix-cache";

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

/** Reads prompts, each of at least one token. */
export type Prefill = (prompts: readonly (readonly number[])[]) => Promise<Prefilled>;

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

/** Reads prompts on the backend's device and remembers them, so that a longer one costs only what is new. */
export function createPrefill(config: ModelConfig, params: InferenceParams, backend: Backend, passes: Passes): Prefill {
  const memory = new PrefixCache(config);

  async function read(readings: readonly Reading[]): Promise<readonly ReadPrompt[]> {
    if (readings.length === 0) return [];
    const knownSlots = multipleBucket(Math.max(...readings.map(({ known }) => known.length)), KNOWN_STEP);
    const isNew = readings.every(({ known }) => known.length === 0);
    const rows = powerOfTwoBucket(readings.length);
    const past = isNew
      ? null
      : upload(
          config,
          memory,
          readings.map(({ known }) => known),
          rows,
          knownSlots,
        );
    const inputs = passInputs(config, readings, rows, isNew ? 0 : knownSlots);
    const { cache, logits } = passes.prefill(params, past, inputs);
    const values = await backend.read(logits);
    const layers = await download(cache, backend);
    const width = values.length / rows;
    return readings.map(({ tokens, known }, row) => ({
      whole: memory.add(tokens, known, cut(config, layers, row, rows, tokens.length - known.length)),
      logits: values.slice(row * width, row * width + config.vocab_size),
    }));
  }

  return async (prompts) => {
    const readings = prompts.map((tokens) => ({ tokens, known: worthwhile(memory.longest(tokens), tokens) }));
    // What is new throughout is read apart: beside it, a short suffix would be padded to the length of a prompt.
    const [known, fresh] = [readings.filter(isKnown), readings.filter((reading) => !isKnown(reading))];
    const found = new Map<Reading, ReadPrompt>();
    for (const group of [known, fresh]) {
      for (const [i, result] of (await read(group)).entries()) {
        const reading = group[i];
        if (reading) found.set(reading, result);
      }
    }
    const results = readings.flatMap((reading) => found.get(reading) ?? []);
    const lengths = prompts.map((prompt) => prompt.length);
    const slots = multipleBucket(Math.max(...lengths), PROMPT_STEP);
    const rows = powerOfTwoBucket(prompts.length);
    return {
      cache: upload(
        config,
        memory,
        results.map(({ whole }) => whole),
        rows,
        slots,
      ),
      lengths,
      read: readings.map(({ tokens, known: { length } }) => tokens.length - length),
      logits: results.map(({ logits }) => logits),
    };
  };
}

function isKnown({ known }: Reading): boolean {
  return known.length > 0;
}

/** A prefix of less than half the prompt saves less than its own pass costs. */
function worthwhile(known: Prefix, tokens: readonly number[]): Prefix {
  return 2 * known.length >= tokens.length ? known : { entry: null, length: 0 };
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
    rotary: rotaryOnHost(config, positions, rows),
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

/** Frees what reading gave. */
export function disposePrefilled({ cache }: Prefilled): void {
  disposeCache(cache);
}
