/**
 * Reading prompts and writing on, on the kernels. The pool of slots has two parts: one for prompts, which are remembered until
 * their slots are needed, so that a longer prompt costs only what is new; and a range for each row that is being written.
 */
import { type Decoder, type Decoding, MAX_ROWS, type ReadPrompts } from "../decode/generate";
import type { Kernels } from "./kernels";

/** A prompt that has been read. */
interface KnownPrompt {
  readonly tokens: readonly number[];
  /** Its first slot. */
  readonly slot: number;
  /** [V], after its last token. */
  readonly logits: Float32Array;
}

/** Slots that a decoder wants for a context of so many tokens: prompts of one full batch and a quarter more, and as many rows. */
export function slotsFor(contextLength: number): number {
  return promptSlots(contextLength) + MAX_ROWS * contextLength;
}

function promptSlots(contextLength: number): number {
  return Math.ceil(1.25 * MAX_ROWS) * contextLength;
}

/** Reads and writes on the kernels; one decoding at a time. */
export class KernelDecoder implements Decoder {
  readonly sharesRows = true;
  readonly #kernels: Kernels;
  /** The newest last. */
  #known: KnownPrompt[] = [];
  #nextSlot = 0;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
  }

  /** Forgets what was read: after the weights have changed. */
  forget(): void {
    this.#known = [];
    this.#nextSlot = 0;
  }

  /** Reads at most {@link MAX_ROWS} prompts, each of at least one token and shorter than the context. */
  async prefill(prompts: readonly (readonly number[])[]): Promise<ReadPrompts> {
    const prefilled = this.#tryPrefill(prompts);
    if (prefilled !== null) return prefilled;
    // What is remembered lies so that no gap is wide enough. Without it all of these fit, one behind the other.
    this.forget();
    const again = this.#tryPrefill(prompts);
    if (again === null) throw new RangeError("more prompts than there is room for");
    return again;
  }

  #tryPrefill(prompts: readonly (readonly number[])[]): ReadPrompts | null {
    const found: KnownPrompt[] = [];
    const read: number[] = [];
    let waiting: Reading[] = [];
    let rows = 0;
    const flush = () => {
      this.#read(waiting, rows);
      waiting = [];
      rows = 0;
    };
    for (const tokens of prompts) {
      const { entry, length } = this.#longest(tokens);
      if (entry !== null && length === tokens.length && entry.tokens.length === length) {
        found.push(entry);
        read.push(0);
        continue;
      }
      // The last token is read in any case: its logits are what is wanted.
      const known = Math.min(length, tokens.length - 1);
      const slot = this.#take(tokens.length, entry === null ? found : [...found, entry]);
      if (slot === null) return null;
      if (entry !== null && known > 0) this.#kernels.copySlots(entry.slot, slot, known);
      const fresh = tokens.length - known;
      if (rows + fresh > this.#kernels.room.passTokens) flush();
      const prompt = { tokens, slot, logits: new Float32Array(this.#kernels.config.vocab_size) };
      waiting.push({ prompt, known, row: rows });
      rows += fresh;
      found.push(prompt);
      read.push(fresh);
    }
    flush();
    return {
      read,
      logits: found.map(({ logits }) => logits),
      decode: (chosen) =>
        new KernelDecoding(
          this.#kernels,
          chosen.flatMap((row) => found[row] ?? []),
        ),
      dispose: () => {},
    };
  }

  close(): void {}

  /** One pass over the new tokens of several prompts. */
  #read(readings: readonly Reading[], rows: number): void {
    if (readings.length === 0) return;
    const kernels = this.#kernels;
    const tokens = kernels.ints("tokens", rows);
    const positions = kernels.ints("positions", rows);
    const ranges = kernels.ints("prompts", 4 * readings.length);
    for (const [i, { prompt, known, row }] of readings.entries()) {
      const fresh = prompt.tokens.length - known;
      ranges.set([row, fresh, prompt.slot, known], 4 * i);
      for (let j = 0; j < fresh; j++) {
        tokens[row + j] = prompt.tokens[known + j] ?? 0;
        positions[row + j] = known + j;
      }
    }
    kernels.run("prefill", rows, readings.length);
    const width = kernels.config.vocab_size;
    const logits = kernels.floats("nextLogits", readings.length * width);
    for (const [i, { prompt }] of readings.entries()) {
      prompt.logits.set(logits.subarray(i * width, (i + 1) * width));
      this.#known.push(prompt);
    }
  }

  /** The known prompt that shares the longest beginning with `tokens`, and how long that is. */
  #longest(tokens: readonly number[]): { readonly entry: KnownPrompt | null; readonly length: number } {
    let entry: KnownPrompt | null = null;
    let length = 0;
    for (const candidate of this.#known) {
      let shared = 0;
      while (shared < tokens.length && candidate.tokens[shared] === tokens[shared]) shared++;
      if (shared > length || (shared === length && shared === candidate.tokens.length && shared > 0)) {
        entry = candidate;
        length = shared;
      }
    }
    return { entry, length };
  }

  /** Slots for a new prompt, beside those of `pinned`; what else was there is forgotten. Null when no gap is wide enough. */
  #take(count: number, pinned: readonly KnownPrompt[]): number | null {
    const end = promptSlots(this.#kernels.config.max_position_embeddings);
    const overlaps = (slot: number, { slot: other, tokens }: KnownPrompt) =>
      slot < other + tokens.length && other < slot + count;
    let slot = this.#nextSlot;
    for (let wraps = 0; ; ) {
      if (slot + count > end) {
        if (++wraps > 1) return null;
        slot = 0;
      }
      const obstacle = pinned.find((prompt) => overlaps(slot, prompt));
      if (obstacle === undefined) break;
      slot = obstacle.slot + obstacle.tokens.length;
    }
    this.#nextSlot = slot + count;
    this.#known = this.#known.filter((prompt) => !overlaps(slot, prompt));
    return slot;
  }
}

/** A prompt to read, how many of its tokens are known, and the row of its first new one. */
interface Reading {
  readonly prompt: KnownPrompt;
  readonly known: number;
  readonly row: number;
}

/** A row being written. */
interface Row {
  readonly prompt: KnownPrompt;
  /** Its first own slot. */
  readonly slot: number;
}

/** Rows that are written together. */
class KernelDecoding implements Decoding {
  readonly #kernels: Kernels;
  /** Where each row that there is room for begins. */
  readonly #slots: readonly number[];
  #rows: readonly Row[];
  #written = 0;

  constructor(kernels: Kernels, prompts: readonly KnownPrompt[]) {
    this.#kernels = kernels;
    const contextLength = kernels.config.max_position_embeddings;
    const first = promptSlots(contextLength);
    this.#slots = Array.from({ length: MAX_ROWS }, (_, i) => first + i * contextLength);
    this.#rows = prompts.flatMap((prompt, i) => ({ prompt, slot: this.#slots[i] ?? first }));
  }

  async step(next: readonly number[]): Promise<readonly Float32Array[]> {
    const kernels = this.#kernels;
    const count = this.#rows.length;
    const tokens = kernels.ints("tokens", count);
    const positions = kernels.ints("positions", count);
    const ranges = kernels.ints("rowRanges", 4 * count);
    for (const [i, { prompt, slot }] of this.#rows.entries()) {
      tokens[i] = next[i] ?? 0;
      positions[i] = prompt.tokens.length + this.#written;
      ranges.set([prompt.slot, prompt.tokens.length, slot, this.#written], 4 * i);
    }
    kernels.run("step", count);
    this.#written++;
    const width = kernels.config.vocab_size;
    const logits = kernels.floats("nextLogits", count * width);
    return this.#rows.map((_, i) => logits.subarray(i * width, (i + 1) * width));
  }

  isWorthShrinking(): boolean {
    return true;
  }

  chooseRows(chosen: readonly number[]): void {
    const rows = chosen.flatMap((row) => this.#rows[row] ?? []);
    const taken = new Set(rows.map(({ slot }) => slot));
    const free = this.#slots.filter((slot) => !taken.has(slot));
    const seen = new Set<Row>();
    this.#rows = rows.map((row) => {
      if (!seen.has(row)) {
        seen.add(row);
        return row;
      }
      const slot = free.pop();
      if (slot === undefined) throw new RangeError("more rows than there is room for");
      this.#kernels.copySlots(row.slot, slot, this.#written);
      return { ...row, slot };
    });
  }

  dispose(): void {}
}
