import type { CallProblem, CallTest, ScoredProblem, Tier } from "../core/problem";
import { createRandom, deriveSeed, type Random } from "../core/rng";
import { agree, isReadable, sampleHardList, sampleReadableList } from "./inputs";
import { nearMisses } from "./near-miss";
import { type Application, type Chain, chainKey, evaluate } from "./operation";
import { OPERATIONS, REDUCER_APPLICATIONS } from "./operations";
import { ENTRY_POINT } from "./solution";
import { type Split, splitOf } from "./splits";
import { type Hint, pickHint, renderStatement } from "./statement";

/** A problem together with what its maker knows: the chain behind it and what its statement hides. */
export interface Puzzle extends ScoredProblem {
  readonly problem: CallProblem;
  readonly hiddenTests: readonly CallTest[];
  readonly chain: Chain;
  readonly hint: Hint | null;
}

/** How many tests a puzzle hides at least. */
export const MIN_HIDDEN_TESTS = 8;

const MAX_HIDDEN_TESTS = 24;

/** How often each kind of operation is drawn. */
const KIND_WEIGHTS = [
  ["filter", 5],
  ["map", 6],
  ["order", 3],
  ["slice", 3],
  ["scan", 2],
  ["set", 2],
] as const;

const KINDS = KIND_WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

function sampleApplication(random: Random): Application {
  const operation = random.pick(OPERATIONS[random.pick(KINDS)]);
  return { operation, arg: operation.args.length > 0 ? random.pick(operation.args) : 0 };
}

/** A random chain; no operation twice. `examples` puzzles have 2 operations and return a list, the others 2 to 4 and perhaps a reducer. */
export function sampleChain(tier: Tier, random: Random): Chain {
  const length = tier === "examples" ? 2 : random.pick([2, 2, 3, 3, 4]);
  const chain: Application[] = [];
  while (chain.length < length) {
    const application = sampleApplication(random);
    if (!chain.some((a) => a.operation === application.operation)) chain.push(application);
  }
  if (tier !== "examples" && random.chance(0.3)) chain.push(random.pick(REDUCER_APPLICATIONS));
  return chain;
}

/** Whether leaving any one list operation out changes the answer on one of the inputs: the examples show each operation at work. */
function showsEveryOperation(chain: Chain, inputs: readonly (readonly number[])[]): boolean {
  return chain.every(({ operation }, index) => {
    if (operation.kind === "reduce") return true;
    const without = chain.filter((_, i) => i !== index);
    return inputs.some((input) => !agree(chain, without, input));
  });
}

/** Two readable inputs whose examples show every operation at work, or null when `tries` draws found none. */
export function sampleVisibleInputs(chain: Chain, random: Random, tries = 12): readonly (readonly number[])[] | null {
  for (let i = 0; i < tries; i++) {
    const inputs = [sampleReadableList(random), sampleReadableList(random)];
    if (inputs.every((input) => isReadable(chain, input)) && showsEveryOperation(chain, inputs)) return inputs;
  }
  return null;
}

/** A test of the chain on one input. */
export function testOf(chain: Chain, input: readonly number[]): CallTest {
  return { input: [input], expected: evaluate(chain, input) };
}

const EDGE_CASES: readonly (readonly number[])[] = [
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

/** What a puzzle is made of, before its hidden tests are worked out. */
export interface Draft {
  readonly chain: Chain;
  readonly hint: Hint | null;
  readonly statement: string;
  readonly visibleInputs: readonly (readonly number[])[];
}

/** A random puzzle of a split and tier, without hidden tests (training needs none). */
export function sampleDraft(split: Split, tier: Tier, random: Random): Draft {
  for (;;) {
    const chain = sampleChain(tier, random);
    if (splitOf(chain) !== split) continue;
    const visibleInputs = sampleVisibleInputs(chain, random);
    if (!visibleInputs) continue;
    const hint = tier === "hinted" ? pickHint(chain, random) : null;
    return { chain, hint, statement: renderStatement(chain, tier, hint, random), visibleInputs };
  }
}

/** A complete puzzle from its draft. */
export function buildPuzzle(draft: Draft, id: string, title: string, tier: Tier, random: Random): Puzzle {
  const { chain, hint, statement, visibleInputs } = draft;
  return {
    problem: {
      id,
      title,
      statement,
      language: "javascript",
      entryPoint: ENTRY_POINT,
      visibleTests: visibleInputs.map((input) => testOf(chain, input)),
      tier,
    },
    hiddenTests: hiddenInputs(chain, visibleInputs, random).map((input) => testOf(chain, input)),
    chain,
    hint,
  };
}

/** Puzzle number `index` of a seeded, endless sequence; the same arguments give the same puzzle for ever. */
export function generatePuzzle(split: Split, tier: Tier, index: number, seed = 0): Puzzle {
  const random = createRandom(deriveSeed("puzzle", split, tier, index, seed));
  const draft = sampleDraft(split, tier, random);
  const id = `${split}-${tier}-${index}${seed === 0 ? "" : `-s${seed}`}`;
  return buildPuzzle(
    draft,
    id,
    `Puzzle ${index + 1} (${chainKey(draft.chain).split("|").length} operations)`,
    tier,
    random,
  );
}
