import { type ErrorData, LabError, toErrorData } from "../../core/errors";
import type { Language, Problem } from "../../core/problem";
import type { ProblemStore } from "../../ports/problem-store";
import { tinyModelFault } from "../spec/model-family";
import { type ProblemRef, puzzleRefOf } from "../spec/problem-ref";
import type { ComparisonSpec } from "./spec";

/** The problems of a comparison, as far as its table and its loop have to know them. */
export interface ComparisonProblems {
  /** How many there are, at most the limit of the specification. */
  readonly total: number;
  /** What they are called in all, such as `MBPP`. */
  readonly title: string;
  readonly language: Language;
  /** Titles by id; for puzzles, whose ids say as much, there are none. */
  readonly titles: ReadonlyMap<string, string>;
  /** Why they cannot be run now; null when nothing is in the way. */
  readonly fault: ErrorData | null;
  /** Why the tiny model can solve none of them; null when it may solve some. */
  readonly tinyFault: ErrorData | null;
}

type Shelves = Pick<ProblemStore, "collections" | "problems">;

/** Looks the problems of a comparison up. A collection that is not here any more is a fault and no error. */
export async function comparisonProblems(
  { problems, limit }: Pick<ComparisonSpec, "problems" | "limit">,
  shelves: Shelves,
): Promise<ComparisonProblems> {
  const nothing = { titles: new Map(), fault: null, tinyFault: null };
  if (problems.source === "puzzles") {
    return { total: limit, title: "List puzzles", language: "javascript", ...nothing };
  }
  try {
    return await importedProblems(problems.collection, limit, shelves);
  } catch (thrown) {
    const missing = { title: problems.collection, language: "python" } as const;
    return { ...nothing, ...missing, total: limit, fault: toErrorData(thrown) };
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
  return {
    total: taken.length,
    title: about.title,
    language: about.language,
    titles: new Map(taken.map(({ id, title }) => [id, title])),
    fault: null,
    tinyFault: commonFault(taken),
  };
}

/** Why the tiny model can write no program for any of the problems: what keeps it from the first. */
function commonFault(problems: readonly Problem[]): ErrorData | null {
  const faults = problems.map(tinyModelFault);
  const [first = null] = faults;
  return first !== null && faults.every((fault) => fault !== null) ? toErrorData(first) : null;
}

/** What an experiment calls a problem of a comparison, whose ids alone do not name it. @throws LabError for no such id. */
export function comparedProblem({ problems }: Pick<ComparisonSpec, "problems">, id: string): ProblemRef {
  if (problems.source === "imported") return { source: "imported", collection: problems.collection, id };
  const puzzle = puzzleRefOf(id);
  if (puzzle === null) throw new LabError("input/unknown-problem", `There is no list puzzle "${id}".`);
  return puzzle;
}
