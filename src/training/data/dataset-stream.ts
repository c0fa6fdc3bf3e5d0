/**
 * Batches of a finite dataset: item after item in a seeded order, epoch after epoch, packed into rows. The whole state of a stream
 * is how many items it has drawn and which of them still wait for a place.
 */
import { z } from "zod";
import { LabError } from "../../core/errors";
import { createRandom, deriveSeed } from "../../core/rng";
import type { BatchStream, TrainingBatch } from "../objectives/objective";
import { type PackedTexts, type PlacedItem, packTexts } from "./packing";

/** The items waiting for a place, in batches' worth: what lets rows be filled well. */
const POOL_BATCHES = 2;

/** Orders that are kept. */
const KNOWN_EPOCHS = 64;

/** The size of a batch. */
export interface BatchShape {
  readonly rows: number;
  readonly rowTokens: number;
}

/** How items become batches. */
export interface ItemPacking<T> extends BatchShape {
  /** Token ids of an item's texts, which come into one batch; each is at most a row long. */
  readonly textsOf: (item: T) => readonly (readonly number[])[];
  /** Items of one batch at most. */
  readonly most?: number;
  readonly toBatch: (texts: PackedTexts, placed: readonly PlacedItem<T>[]) => TrainingBatch;
}

/** Item number 0, 1, ... of an endless sequence; the same at every call. */
export type Draw<T> = (number: number) => T;

/** A finite dataset as an endless sequence: each epoch has every item once, in a shuffled order of its own. Not empty. */
export function epochsOf<T>(items: readonly T[], seed: number): Draw<T> {
  // Items of several epochs wait for a place side by side.
  const orders = new Map<number, readonly T[]>();
  return (number) => {
    const epoch = Math.floor(number / items.length);
    const order = orders.get(epoch) ?? createRandom(deriveSeed(seed, "epoch", epoch)).shuffle(items);
    if (orders.size > KNOWN_EPOCHS) orders.clear();
    orders.set(epoch, order);
    const item = order[number % items.length];
    if (item === undefined) throw new RangeError("a dataset without items");
    return item;
  };
}

/** A sequence in which a `share`, in [0, 1), of items comes from another one, evenly spread. */
export function mixed<T>(main: Draw<T>, other: Draw<T>, share: number): Draw<T> {
  return (number) => {
    const before = Math.floor(number * share);
    return Math.floor((number + 1) * share) > before ? other(before) : main(number - before);
  };
}

/**
 * Batches of a sequence, from the beginning or from a stream's `position`.
 * @throws LabError `model/bad-checkpoint` for a position that is none.
 */
export function streamOf<T>(
  packing: ItemPacking<T>,
  draw: Draw<T>,
  position?: unknown,
): BatchStream & { readonly position: object } {
  const { rows, rowTokens, most = Number.POSITIVE_INFINITY, textsOf } = packing;
  let { drawn, waiting } = position === undefined ? { drawn: 0, waiting: [] } : readPosition(position);
  const sizeOf = (number: number) => textsOf(draw(number)).reduce((sum, tokens) => sum + tokens.length, 0);
  return {
    next() {
      const pool = [...waiting];
      let tokens = pool.reduce((sum, number) => sum + sizeOf(number), 0);
      while (tokens < POOL_BATCHES * rows * rowTokens && pool.length < POOL_BATCHES * most) {
        tokens += sizeOf(drawn);
        pool.push(drawn++);
      }
      const { texts, placed } = packTexts(pool, (number) => textsOf(draw(number)), rows, rowTokens, most);
      const gone = new Set(placed.map(({ item }) => item));
      waiting = pool.filter((number) => !gone.has(number));
      return packing.toBatch(
        texts,
        placed.map(({ item, starts }) => ({ item: draw(item), starts })),
      );
    },
    get position() {
      return { drawn, waiting };
    },
  };
}

/**
 * Every item once, in as many batches as it takes, the last of them perhaps hardly filled; but `mostBatches` at most. They are taken
 * in a shuffled order, always the same: what comes of one problem stands together, and the first few problems are not all of them.
 */
export function allBatches<T>(packing: ItemPacking<T>, items: readonly T[], mostBatches: number): TrainingBatch[] {
  const { rows, rowTokens, most, textsOf } = packing;
  const batches: TrainingBatch[] = [];
  let left = createRandom(deriveSeed("evaluation")).shuffle(items);
  while (left.length > 0 && batches.length < mostBatches) {
    const { texts, placed } = packTexts(left, textsOf, rows, rowTokens, most);
    if (placed.length === 0) throw new RangeError("an item that is longer than a batch");
    const gone = new Set(placed.map(({ item }) => item));
    left = left.filter((item) => !gone.has(item));
    batches.push(packing.toBatch(texts, placed));
  }
  return batches;
}

const numberSchema = z.int().min(0);

const positionSchema = z
  .object({ drawn: numberSchema, waiting: z.array(numberSchema) })
  .refine(({ drawn, waiting }) => waiting.every((number) => number < drawn));

function readPosition(position: unknown): z.infer<typeof positionSchema> {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw new LabError(
    "model/bad-checkpoint",
    "The checkpoint does not say where in its data the training was.",
    "Resume it with the objective it was trained with.",
  );
}
