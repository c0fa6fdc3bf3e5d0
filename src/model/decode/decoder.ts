import { numpy as np } from "@jax-js/jax";
import { MASKED } from "../network/transformer";
import {
  type Cache,
  type CacheOperations,
  disposeCache,
  emptyCache,
  multipleBucket,
  powerOfTwoBucket,
  slotsOf,
  widenCache,
} from "./cache";
import type { Decoder, Decoding, ReadPrompts } from "./generate";
import { rotaryOf, type StepInputs } from "./passes";
import { disposePrefilled, type Prefilled, type PromptReader, readPrompts } from "./prefill";
import { disposeInferenceParams, keepInferenceParams } from "./weights";

/** Slots that every step rewrites. */
const RECENT_SLOTS = 32;

/** The past grows in steps of this many slots, of more for few rows: they take little time, and each size compiles anew. */
const PAST_STEP = 128;
const PAST_STEP_OF_FEW = 256;
const FEW_ROWS = 4;

/** What a model computes with. */
export interface DecoderParts extends PromptReader {
  readonly operations: CacheOperations;
}

/** Runs a model on jax-js, with the weights it was opened with. */
export class JaxDecoder implements Decoder {
  /** A step takes almost the same time for fewer rows, and every other number of them compiles anew. */
  readonly sharesRows = false;
  readonly #parts: DecoderParts;

  /** `params` stays the caller's, who may free it while this decoder lives. */
  constructor(parts: DecoderParts) {
    this.#parts = { ...parts, params: keepInferenceParams(parts.params) };
  }

  async prefill(prompts: readonly (readonly number[])[]): Promise<ReadPrompts> {
    const prefilled = await readPrompts(this.#parts, prompts);
    return {
      ...prefilled,
      decode: (rows) => new JaxDecoding(this.#parts, prefilled, rows),
      dispose: () => disposePrefilled(prefilled),
    };
  }

  close(): void {
    disposeInferenceParams(this.#parts.params);
  }
}

/** One row being continued. */
interface DecodingRow {
  /** Tokens of its prompt: past slots from here to the next multiple are empty. */
  readonly promptLength: number;
}

/**
 * Batches smaller than this are not worth shrinking: to move the rows takes as long as two steps, and half of so few rows
 * takes a step of almost the same time.
 */
const SMALLEST_SHRINKABLE = 8;

/** Rows that are continued together. */
class JaxDecoding implements Decoding {
  readonly #parts: DecoderParts;
  /** Past slots that prompts take; generated tokens follow. */
  readonly #promptSlots: number;
  #rows: readonly DecodingRow[];
  #past: Cache;
  #recent: Cache;
  /** Tokens read since the prompts. */
  #read = 0;

  /** Row i goes on from prompt `rows[i]` of `prefilled`, which stays the caller's. */
  constructor(parts: DecoderParts, prefilled: Prefilled, rows: readonly number[]) {
    this.#parts = parts;
    this.#promptSlots = slotsOf(prefilled.cache);
    this.#rows = rows.map((row) => ({ promptLength: prefilled.lengths[row] ?? 0 }));
    const size = powerOfTwoBucket(rows.length);
    const gathered = parts.operations.gatherRows(prefilled.cache, padded(rows, size));
    this.#past = widenCache(gathered, pastSlots(this.#promptSlots, size));
    this.#recent = emptyCache(parts.config, size, RECENT_SLOTS);
  }

  async step(tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const { config, backend, passes, params } = this.#parts;
    const slot = this.#read % RECENT_SLOTS;
    if (slot === 0 && this.#read > 0) this.#moveToPast();
    const size = powerOfTwoBucket(this.#rows.length);
    const rows = padded(this.#rows, size);
    const positions = rows.map(({ promptLength }) => promptLength + this.#read);
    const next = passes.step(params, this.#past, this.#recent, {
      tokens: np.array(Int32Array.from(padded(tokens, size)), { dtype: np.int32 }),
      rotary: rotaryOf(config, positions, size),
      ...this.#masks(rows, slot),
    });
    this.#recent = next.recent;
    this.#read++;
    const logits = await backend.read(next.logits);
    const width = logits.length / size;
    return this.#rows.map((_, row) => logits.subarray(row * width, row * width + config.vocab_size));
  }

  isWorthShrinking(open: number): boolean {
    const size = powerOfTwoBucket(this.#rows.length);
    return size >= SMALLEST_SHRINKABLE && powerOfTwoBucket(open) < size;
  }

  chooseRows(rows: readonly number[]): void {
    const chosen = padded(rows, powerOfTwoBucket(rows.length));
    const gather = (cache: Cache) => {
      const kept = this.#parts.operations.gatherRows(cache, chosen);
      disposeCache(cache);
      return kept;
    };
    this.#past = gather(this.#past);
    this.#past = widenCache(this.#past, pastSlots(slotsOf(this.#past), rows.length));
    this.#recent = gather(this.#recent);
    this.#rows = rows.map((row) => this.#rows[row] ?? { promptLength: 0 });
  }

  dispose(): void {
    disposeCache(this.#past);
    disposeCache(this.#recent);
  }

  #moveToPast(): void {
    const offset = this.#promptSlots + this.#read - RECENT_SLOTS;
    const wide = widenCache(this.#past, pastSlots(offset + RECENT_SLOTS, this.#rows.length));
    this.#past = this.#parts.operations.moveToPast(wide, this.#recent, offset);
  }

  /** Made on the host: a kernel costs more than so few numbers. */
  #masks(rows: readonly DecodingRow[], slot: number): Pick<StepInputs, "mask" | "isSlot"> {
    const past = slotsOf(this.#past);
    const width = past + RECENT_SLOTS;
    const moved = this.#promptSlots + this.#read - slot;
    const mask = new Float32Array(rows.length * width).fill(MASKED);
    for (const [row, { promptLength }] of rows.entries()) {
      const start = row * width;
      mask.fill(0, start, start + promptLength);
      mask.fill(0, start + this.#promptSlots, start + moved);
      mask.fill(0, start + past, start + past + slot + 1);
    }
    const isSlot = new Float32Array(RECENT_SLOTS);
    isSlot[slot] = 1;
    return {
      mask: np.array(mask, { shape: [rows.length, 1, 1, width], dtype: np.float32 }),
      isSlot: np.array(isSlot, { shape: [RECENT_SLOTS], dtype: np.float32 }),
    };
  }
}

function pastSlots(needed: number, rows: number): number {
  return multipleBucket(needed, rows > FEW_ROWS ? PAST_STEP : PAST_STEP_OF_FEW);
}

/** The items, and the first again as often as it takes to make `size` of them. */
function padded<T>(items: readonly T[], size: number): readonly T[] {
  const [first] = items;
  if (first === undefined) throw new RangeError("nothing to pad with");
  return [...items, ...Array.from({ length: size - items.length }, () => first)];
}
