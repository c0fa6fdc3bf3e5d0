import type { CallProblem, CallTest, ScoredProblem, Tier } from "../core/problem";
import { createRandom, deriveSeed, type Random } from "../core/rng";
import { type Application, agree, type Chain, ENTRY_POINT } from "./chain";
import { consistentFillings, determiningInputs } from "./fillings";
import { hiddenInputs, sampleVisibleInputs, testOf } from "./inputs";
import { OPERATIONS, parseChainKey, REDUCER_APPLICATIONS } from "./operations";
import { parsePuzzleId, puzzleId } from "./puzzle-id";
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
  const id = puzzleId(split, tier, index, seed);
  for (;;) {
    const draft = sampleDraft(split, tier, random);
    const puzzle = buildPuzzle(draft, id, `Puzzle ${index + 1} (${draft.chain.length} operations)`, tier, random);
    if (tier !== "two-hidden" || isDetermined(puzzle)) return puzzle;
  }
}

/** The puzzle that an id names, generated or hand-written; null when it names none. */
export function puzzleOf(id: string): Puzzle | null {
  const place = parsePuzzleId(id);
  if (place !== null) return generatePuzzle(place.split, place.tier, place.index, place.seed);
  const named = NAMED_ENTRIES.find(({ title }) => slugOf(title) === id);
  return named === undefined ? null : buildNamedPuzzle(named);
}

/** Whether whatever the statement and its examples allow passes the hidden tests too. */
function isDetermined({ problem, hiddenTests, chain, hints }: Puzzle): boolean {
  const inputsOf = (tests: readonly CallTest[]) => tests.map(({ input }) => input[0] as readonly number[]);
  const hidden = inputsOf(hiddenTests);
  return consistentFillings(chain, hints, inputsOf(problem.visibleTests)).every((filling) =>
    hidden.every((input) => agree(chain, filling, input)),
  );
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
  const examples = tier === "two-hidden" ? determiningInputs(chain, hints, visibleInputs, random) : visibleInputs;
  if (!examples) throw new RangeError(`"${title}": no few examples determine what is hidden of ${key}`);
  const statement = renderStatement(chain, tier, hints, random);
  return buildPuzzle({ chain, hints, statement, visibleInputs: examples }, slugOf(title), title, tier, random);
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
    const shown = sampleVisibleInputs(chain, random);
    if (!shown) continue;
    const hints = pickHints(tier, chain, random);
    const visibleInputs = tier === "two-hidden" ? determiningInputs(chain, hints, shown, random) : shown;
    if (!visibleInputs) continue;
    return { chain, hints, statement: renderStatement(chain, tier, hints, random), visibleInputs };
  }
}

/** How many list operations the chains of a tier have; as often as they stand here. */
const LENGTHS: Readonly<Record<Tier, readonly number[]>> = {
  described: [2, 2, 3, 3, 4],
  hinted: [2, 2, 3, 3, 4],
  "two-hidden": [3, 3, 4],
  examples: [2],
};

/** A random chain; no operation twice. `examples` puzzles return a list, the others perhaps a number. */
function sampleChain(tier: Tier, random: Random): Chain {
  const lengths = LENGTHS[tier];
  // A length that is certain costs no draw.
  const length = lengths.length === 1 ? (lengths[0] ?? 0) : random.pick(lengths);
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
