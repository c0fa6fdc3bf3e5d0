import { type ErrorData, LabError, toErrorData } from "../../core/errors";
import type { Language } from "../../core/problem";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import type { ProblemRef } from "../../experiment/spec/spec";
import type { ProblemStore } from "../../ports/problem-store";

/** The problems of a comparison, as far as its table has to know them. */
export interface ComparisonProblems {
  /** How many there are, at most the limit of the specification. */
  readonly total: number;
  /** What they are called in all, such as `MBPP`. */
  readonly title: string;
  readonly language: Language;
  /** Titles by id; for puzzles, whose ids say as much, there are none. */
  readonly titles: ReadonlyMap<string, string>;
  /** One of them; null when there is none. */
  readonly example: ProblemRef | null;
  /** Why they cannot be run now; null when nothing is in the way. */
  readonly fault: ErrorData | null;
}

type Shelves = Pick<ProblemStore, "collections" | "problems">;

/** Looks the problems of a comparison up. A collection that is not here any more is a fault and no error. */
export async function comparisonProblems(
  { problems, limit }: Pick<ComparisonSpec, "problems" | "limit">,
  shelves: Shelves,
): Promise<ComparisonProblems> {
  if (problems.source === "puzzles") {
    const example = problemRefOf(
      { problems },
      `${problems.split}-${problems.tier === "all" ? "described" : problems.tier}-0`,
    );
    return { total: limit, title: "List puzzles", language: "javascript", titles: new Map(), example, fault: null };
  }
  try {
    return await importedProblems(problems.collection, limit, shelves);
  } catch (thrown) {
    const missing = { title: problems.collection, language: "python", titles: new Map(), example: null } as const;
    return { ...missing, total: limit, fault: toErrorData(thrown) };
  }
}

async function importedProblems(collection: string, limit: number, shelves: Shelves): Promise<ComparisonProblems> {
  const about = (await shelves.collections()).find(({ id }) => id === collection);
  if (about === undefined) {
    throw new LabError(
      "input/unknown-collection",
      `The problems of "${collection}" are not in this browser.`,
      "Add them again, and the comparison can go on.",
    );
  }
  const taken = (await shelves.problems(collection)).slice(0, limit);
  const first = taken[0];
  return {
    total: taken.length,
    title: about.title,
    language: about.language,
    titles: new Map(taken.map(({ id, title }) => [id, title])),
    example: first === undefined ? null : { source: "imported", collection, id: first.id },
    fault: null,
  };
}

/** What an experiment calls a problem of a comparison, whose ids alone do not name it. @throws LabError for no such id. */
export function problemRefOf({ problems }: Pick<ComparisonSpec, "problems">, id: string): ProblemRef {
  if (problems.source === "imported") return { source: "imported", collection: problems.collection, id };
  const [, split, tier, index] = /^(test|validation)-(described|hinted|examples)-(\d+)$/.exec(id) ?? [];
  if (split === undefined || tier === undefined) {
    throw new LabError("input/unknown-problem", `There is no list puzzle "${id}".`);
  }
  return {
    source: "generated",
    split: split as "test" | "validation",
    tier: tier as "described" | "hinted" | "examples",
    index: Number(index),
    seed: 0,
  };
}
