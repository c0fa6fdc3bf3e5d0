import { type ComparisonOutcome, isDone } from "../../experiment/compare/cells";
import { puzzleRefOf } from "../../experiment/spec/problem-ref";
import type { OutcomeFilter } from "../../store/compare/state";
import { TIER_WORDS } from "../shared/words";

/** An outcome, and that of another cell on the same problem; null without. */
export interface ListedOutcome {
  readonly outcome: ComparisonOutcome;
  readonly other: ComparisonOutcome | null;
}

/** The outcomes of a cell by filter, each list in the order of the problems' ids. */
export function listOutcomes(
  outcomes: readonly ComparisonOutcome[],
  cell: string,
  against: string | null,
): Readonly<Record<OutcomeFilter, readonly ListedOutcome[]>> {
  const own = byProblem(outcomes, cell);
  const others = byProblem(outcomes, against);
  const all = [...own.values()]
    .map((outcome) => ({ outcome, other: others.get(outcome.id) ?? null }))
    .sort((a, b) => a.outcome.id.localeCompare(b.outcome.id, "en", { numeric: true }));
  return {
    all,
    solved: all.filter(({ outcome }) => outcome.solved),
    unsolved: all.filter(({ outcome }) => !outcome.solved),
    errors: all.filter(({ outcome }) => outcome.ended === "error"),
    gained: all.filter(({ outcome, other }) => outcome.solved && other?.solved === false),
    lost: all.filter(({ outcome, other }) => !outcome.solved && other?.solved === true),
  };
}

/** The newest outcome of each problem. */
function byProblem(
  outcomes: readonly ComparisonOutcome[],
  cell: string | null,
): ReadonlyMap<string, ComparisonOutcome> {
  const own = outcomes.filter((outcome) => outcome.cell === cell && isDone(outcome));
  return new Map(own.map((outcome) => [outcome.id, outcome]));
}

/** What a problem is called: its title with its id; a list puzzle's id says all. */
export function problemTitle(id: string, titles: ReadonlyMap<string, string>): string {
  const title = titles.get(id);
  if (title !== undefined && title !== "" && title !== id) return `${id} · ${title}`;
  const puzzle = puzzleRefOf(id);
  return puzzle === null ? id : `${TIER_WORDS[puzzle.tier]} ${puzzle.index + 1}`;
}
