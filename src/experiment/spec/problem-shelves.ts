import { LabError } from "../../core/errors";
import type { Problem, ScoredProblem } from "../../core/problem";
import type { GeneratedRef, ProblemSource } from "../../ports/problem-source";
import type { ProblemRef } from "./problem-ref";

/** Where problems lie, as seen by whoever looks for one: with their hidden tests, or without. */
export interface ProblemShelves<Found> {
  /** A hand-written puzzle; undefined when there is none of this id. */
  named(id: string): Promise<Found | undefined>;
  generated(puzzle: GeneratedRef): Promise<Found>;
  /** A problem of an imported collection. @throws LabError `input/unknown-collection` or `input/unknown-problem`. */
  imported(collection: string, id: string): Promise<Found>;
  /** A problem of the user's own, which a reference holds in full. */
  own(problem: ScoredProblem): Found;
}

/**
 * The problem that a reference names.
 * @throws LabError `input/unknown-problem`; what the shelves throw.
 */
export async function resolveProblem<Found>(ref: ProblemRef, shelves: ProblemShelves<Found>): Promise<Found> {
  switch (ref.source) {
    case "generated":
      return shelves.generated(ref);
    case "imported":
      return shelves.imported(ref.collection, ref.id);
    case "custom": {
      const { title, statement, language, entryPoint, visibleTests, hiddenTests } = ref;
      return shelves.own({
        problem: { id: "custom", title, statement, language, entryPoint, visibleTests },
        hiddenTests,
      });
    }
    case "named": {
      const found = await shelves.named(ref.id);
      if (found !== undefined) return found;
      throw new LabError("input/unknown-problem", `There is no puzzle called "${ref.id}".`, "Choose another one.");
    }
  }
}

/** The puzzles that ship with the app and those its generator makes. The hidden tests are dropped on arrival. */
export class ProblemCatalog implements ProblemSource {
  private loading: Promise<readonly Problem[]> | undefined;

  constructor(private readonly url: string) {}

  named(): Promise<readonly Problem[]> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  async generated({ split, tier, index, seed }: GeneratedRef): Promise<Problem> {
    const { generatePuzzle } = await import("../../puzzles/generator");
    return generatePuzzle(split, tier, index, seed).problem;
  }

  private async load(): Promise<readonly Problem[]> {
    return (await fetchNamedPuzzles(this.url)).map(({ problem }) => problem);
  }
}

/** The hand-written puzzles, hidden tests included. @throws LabError `input/no-puzzles` when they cannot be loaded. */
export async function fetchNamedPuzzles(url: string): Promise<readonly ScoredProblem[]> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw unreadable({ cause });
  });
  if (!response.ok) throw unreadable();
  return response.json();
}

function unreadable(options?: ErrorOptions): LabError {
  return new LabError("input/no-puzzles", "The puzzles could not be loaded.", "Reload the page.", options);
}
