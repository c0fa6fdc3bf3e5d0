import { createRandom, type Random } from "../core/rng";
import { type Application, agree, type Chain, trace } from "./chain";
import { EDGE_CASES, isReadable, sampleHardList, sampleReadableList } from "./inputs";
import { LIST_APPLICATIONS } from "./operations";
import type { Hint } from "./statement";

/**
 * Every chain that a statement with these `hints` could mean and that returns on `inputs` what `chain` returns: the hidden
 * operations and arguments are filled in each possible way, no operation twice. `chain` is among them.
 */
export function consistentFillings(
  chain: Chain,
  hints: readonly Hint[],
  inputs: readonly (readonly number[])[],
): readonly Chain[] {
  const [first = [], ...others] = inputs;
  return fillingsOn(chain, hints, first).filter((filling) => others.every((input) => agree(chain, filling, input)));
}

/** The fillings that agree on one input: depth first, so that chains share the lists of their common beginning. */
function fillingsOn(chain: Chain, hints: readonly Hint[], input: readonly number[]): readonly Chain[] {
  const expected = trace(chain, input).at(-1) ?? [];
  const choices = chain.map((application, index) => choicesAt(application, hints, index));
  const found: Chain[] = [];
  const extend = (filled: Chain, list: readonly number[]): void => {
    const here = choices[filled.length];
    if (!here) {
      if (isSame(list, expected)) found.push(filled);
      return;
    }
    for (const choice of here) {
      if (filled.some(({ operation }) => operation === choice.operation)) continue;
      extend([...filled, choice], choice.operation.apply(list, choice.arg));
    }
  };
  extend([], input);
  return found;
}

function choicesAt(application: Application, hints: readonly Hint[], index: number): readonly Application[] {
  const hint = hints.find((each) => each.index === index);
  if (!hint) return [application];
  return hint.hides === "operation"
    ? LIST_APPLICATIONS
    : application.operation.args.map((arg) => ({ operation: application.operation, arg }));
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** Chains that return the same on all of these are taken to be one function. */
const PROBES: readonly (readonly number[])[] = (() => {
  const random = createRandom(1);
  const lists = Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? sampleHardList(random) : sampleReadableList(random),
  );
  return [...EDGE_CASES, ...lists];
})();

/** More examples than so many nobody reads. */
const MOST_EXAMPLES = 4;

const CANDIDATES = 16;

/**
 * `shown` and as few more readable inputs as determine the chain: whatever else the statement could mean and agrees on them is
 * the same function. Null when {@link MOST_EXAMPLES} of the inputs that were tried are not enough.
 */
export function determiningInputs(
  chain: Chain,
  hints: readonly Hint[],
  shown: readonly (readonly number[])[],
  random: Random,
): readonly (readonly number[])[] | null {
  const chosen = [...shown];
  let open = consistentFillings(chain, hints, shown).filter((filling) => !isSameFunction(chain, filling));
  while (open.length > 0 && chosen.length < MOST_EXAMPLES) {
    const pool = Array.from({ length: CANDIDATES }, () => sampleReadableList(random));
    const left = pool
      .filter((input) => isReadable(chain, input))
      .map((input) => ({ input, open: open.filter((filling) => agree(chain, filling, input)) }));
    const best = left.reduce<(typeof left)[number] | null>(
      (least, each) => (least === null || each.open.length < least.open.length ? each : least),
      null,
    );
    if (!best || best.open.length === open.length) return null;
    chosen.push(best.input);
    open = best.open;
  }
  return open.length === 0 ? chosen : null;
}

function isSameFunction(a: Chain, b: Chain): boolean {
  return PROBES.every((input) => agree(a, b, input));
}
