import { createRandom, deriveSeed } from "../core/rng";
import { buildPuzzle, type Puzzle, sampleVisibleInputs } from "./generator";
import { NAMED_ENTRIES, type NamedEntry } from "./named-list";
import { parseChainKey } from "./operations";
import { pickHint, renderStatement } from "./statement";

/** The id of a titled puzzle: `Mirror, Mirror` -> `mirror-mirror`. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function buildNamedPuzzle({ title, chain: key, tier }: NamedEntry): Puzzle {
  const random = createRandom(deriveSeed("named", title));
  const chain = parseChainKey(key);
  const visibleInputs = sampleVisibleInputs(chain, random, 1000);
  if (!visibleInputs) throw new RangeError(`"${title}": no readable examples show every operation of ${key} at work`);
  const hint = tier === "hinted" ? pickHint(chain, random) : null;
  const statement = renderStatement(chain, tier, hint, random);
  return buildPuzzle({ chain, hint, statement, visibleInputs }, slugOf(title), title, tier, random);
}

/** The hand-written puzzles, complete with their tests. `public/puzzles/named.json` is this, without the chains. */
export function buildNamedPuzzles(): readonly Puzzle[] {
  return NAMED_ENTRIES.map(buildNamedPuzzle);
}
