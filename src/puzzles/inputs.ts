import type { CallTest } from "../core/problem";
import type { Random } from "../core/rng";
import { agree, type Chain, evaluate, trace } from "./chain";
import { nearMisses } from "./operations";

/** Integers the tiny model reads as one token; traces of visible examples stay inside. */
export const SMALLEST = -30;
export const LARGEST = 99;

/** A short list a model can follow in its head: 4 to 6 digits, sometimes with negatives, often with a repeated value. */
export function sampleReadableList(random: Random, length = random.int(4, 6)): number[] {
  const smallest = random.chance(0.15) ? -5 : 0;
  const list = Array.from({ length }, () => random.int(smallest, 9));
  if (random.chance(0.3) && length > 1) {
    const from = random.int(0, length - 2);
    list[from + 1] = list[from] ?? 0;
  }
  return list;
}

/** A list for hidden tests: 0 to 10 integers from -20 to 30, with repeated values. */
export function sampleHardList(random: Random): number[] {
  const length = random.int(1, 10);
  const spread = random.pick([5, 10, 30]);
  return Array.from({ length }, () => random.int(random.chance(0.3) ? -Math.min(spread, 20) : 0, spread));
}

/** Whether a model can follow the chain on `input`: no list on the way is empty, no number leaves the one-token range. */
export function isReadable(chain: Chain, input: readonly number[]): boolean {
  return trace(chain, input).every((list) => list.length > 0 && list.every((x) => x >= SMALLEST && x <= LARGEST));
}

/** How many tests a puzzle hides at least. */
export const MIN_HIDDEN_TESTS = 8;

const MAX_HIDDEN_TESTS = 24;

/** Two readable inputs whose examples show every operation at work, or null when `tries` draws found none. */
export function sampleVisibleInputs(chain: Chain, random: Random, tries = 12): readonly (readonly number[])[] | null {
  for (let i = 0; i < tries; i++) {
    const inputs = [sampleReadableList(random), sampleReadableList(random)];
    if (inputs.every((input) => isReadable(chain, input)) && showsEveryOperation(chain, inputs)) return inputs;
  }
  return null;
}

/** Whether leaving any one list operation out changes the answer on one of the inputs: the examples show each operation at work. */
function showsEveryOperation(chain: Chain, inputs: readonly (readonly number[])[]): boolean {
  return chain.every(({ operation }, index) => {
    if (operation.kind === "reduce") return true;
    const without = chain.filter((_, i) => i !== index);
    return inputs.some((input) => !agree(chain, without, input));
  });
}

/** A test of the chain on one input. */
export function testOf(chain: Chain, input: readonly number[]): CallTest {
  return { input: [input], expected: evaluate(chain, input) };
}

/** Lists that every puzzle hides. */
export const EDGE_CASES: readonly (readonly number[])[] = [
  [],
  [7],
  [2, 2, 2, 2],
  [-3, 4, -1, 0, -6],
  [9, 1, 8, 2, 7, 3, 6, 4],
];

/** Inputs that tell the chain from every near miss that can be told from it: the edge cases first, then greedily what separates most. */
export function hiddenInputs(
  chain: Chain,
  visible: readonly (readonly number[])[],
  random: Random,
): readonly (readonly number[])[] {
  const seen = new Set(visible.map((input) => JSON.stringify(input)));
  const pool = Array.from({ length: 80 }, (_, i) =>
    i % 2 === 0 ? sampleHardList(random) : sampleReadableList(random),
  ).filter((input) => !seen.has(JSON.stringify(input)) && seen.add(JSON.stringify(input)));
  const chosen: (readonly number[])[] = [...EDGE_CASES];
  let alive = nearMisses(chain).filter((miss) => chosen.every((input) => agree(chain, miss, input)));
  while (alive.length > 0 && chosen.length < MAX_HIDDEN_TESTS) {
    const kills = pool.map((input) => alive.filter((miss) => !agree(chain, miss, input)).length);
    const best = kills.indexOf(Math.max(...kills));
    const input = pool[best];
    if (!input || kills[best] === 0) break;
    chosen.push(input);
    alive = alive.filter((miss) => agree(chain, miss, input));
  }
  for (const input of pool) {
    if (chosen.length >= MIN_HIDDEN_TESTS) break;
    if (!chosen.includes(input)) chosen.push(input);
  }
  return chosen;
}
