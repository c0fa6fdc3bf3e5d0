import { LabError } from "../../core/errors";
import type { Problem, ScoredProblem } from "../../core/problem";
import type { GeneratedRef, ProblemSource } from "../../ports/problem-source";

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
