import type { CallProblem, CallTest, ScoredProblem, Tier } from "../core/problem";
import { createRandom, deriveSeed, type Random } from "../core/rng";
import type { Application, Chain } from "./chain";
import { hiddenInputs, sampleVisibleInputs, testOf } from "./inputs";
import { OPERATIONS, parseChainKey, REDUCER_APPLICATIONS } from "./operations";
import { ENTRY_POINT } from "./reasoning";
import { NAMED_ENTRIES, type NamedEntry, type Split, slugOf, splitOf } from "./splits";
import { type Hint, pickHints, renderStatement } from "./statement";

/** A problem together with what its maker knows: the chain behind it and what its statement hides. */
export interface Puzzle extends ScoredProblem {
  readonly problem: CallProblem;
  readonly hiddenTests: readonly CallTest[];
  readonly chain: Chain;
  readonly hints: readonly Hint[];
}

/** Puzzle number `index` of a seeded, endless sequence; the same arguments give the same puzzle for ever. */
export function generatePuzzle(split: Split, tier: Tier, index: number, seed = 0): Puzzle {
  const random = createRandom(deriveSeed("puzzle", split, tier, index, seed));
  const draft = sampleDraft(split, tier, random);
  const id = `${split}-${tier}-${index}${seed === 0 ? "" : `-s${seed}`}`;
  return buildPuzzle(draft, id, `Puzzle ${index + 1} (${draft.chain.length} operations)`, tier, random);
}

/** The hand-written puzzles, complete with their tests. `public/puzzles/named.json` is this, without the chains. */
export function buildNamedPuzzles(): readonly Puzzle[] {
  return NAMED_ENTRIES.map(buildNamedPuzzle);
}

function buildNamedPuzzle({ title, chain: key, tier }: NamedEntry): Puzzle {
  const random = createRandom(deriveSeed("named", title));
  const chain = parseChainKey(key);
  const visibleInputs = sampleVisibleInputs(chain, random, 1000);
  if (!visibleInputs) throw new RangeError(`"${title}": no readable examples show every operation of ${key} at work`);
  const hints = pickHints(tier, chain, random);
  const statement = renderStatement(chain, tier, hints, random);
  return buildPuzzle({ chain, hints, statement, visibleInputs }, slugOf(title), title, tier, random);
}

/** A complete puzzle from its draft. */
function buildPuzzle(draft: Draft, id: string, title: string, tier: Tier, random: Random): Puzzle {
  const { chain, hints, statement, visibleInputs } = draft;
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
    hints,
  };
}

/** What a puzzle is made of, before its hidden tests are worked out. */
export interface Draft {
  readonly chain: Chain;
  readonly hints: readonly Hint[];
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
    const hints = pickHints(tier, chain, random);
    return { chain, hints, statement: renderStatement(chain, tier, hints, random), visibleInputs };
  }
}

/** A random chain; no operation twice. `examples` puzzles have 2 operations and return a list, the others 2 to 4 and perhaps a reducer. */
function sampleChain(tier: Tier, random: Random): Chain {
  const length = tier === "examples" ? 2 : random.pick([2, 2, 3, 3, 4]);
  const chain: Application[] = [];
  while (chain.length < length) {
    const application = sampleApplication(random);
    if (!chain.some((a) => a.operation === application.operation)) chain.push(application);
  }
  if (tier !== "examples" && random.chance(0.3)) chain.push(random.pick(REDUCER_APPLICATIONS));
  return chain;
}

function sampleApplication(random: Random): Application {
  const operation = random.pick(OPERATIONS[random.pick(KINDS)]);
  return { operation, arg: operation.args.length > 0 ? random.pick(operation.args) : 0 };
}

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
