import { type ErrorData, fromErrorData } from "../core/errors";
import type { ComparisonOutcome } from "../experiment/compare/cells";
import { type CellExecutor, runComparison } from "../experiment/compare/compare";
import { toJson } from "../experiment/compare/comparison-file";
import { comparisonProblems } from "../experiment/compare/problems";
import type { ComparisonSpec } from "../experiment/compare/spec";
import type { Preparation } from "../ports/experiment-runner";
import type { ProblemStore, StoredProblem } from "../ports/problem-store";

/** Problems to keep under the name that a comparison asks for. */
export interface GivenDataset {
  readonly collection: Parameters<ProblemStore["put"]>[0];
  readonly problems: readonly StoredProblem[];
}

/** What a comparison needs, and who is told how it goes. */
export interface ComparingPlace {
  readonly executor: CellExecutor;
  readonly store: ProblemStore;
  readonly onPreparation: (preparation: Preparation) => void;
  readonly say: (line: string) => void;
  /** Takes each outcome when it is there, so that the comparison can be gone on with. */
  readonly keep: (outcome: ComparisonOutcome) => void;
}

/**
 * Runs what is left of a comparison and returns it as `toJson` writes it. A cell that cannot run, or a model that does
 * not load, is told in one line and leaves its row empty; the others go on.
 * @param dataset the imported problems, when the comparison is about some.
 * @param done what an earlier sitting came to.
 * @throws LabError when nothing at all could be run: the first thing that was in the way.
 */
export async function compare(
  { executor, store, onPreparation, say, keep }: ComparingPlace,
  spec: ComparisonSpec,
  dataset: GivenDataset | null,
  done: readonly ComparisonOutcome[],
): Promise<string> {
  if (dataset) await store.put(dataset.collection, dataset.problems);
  const problems = await comparisonProblems(spec, store);
  const outcomes = [...done];
  const faults: ErrorData[] = [];
  const world = {
    executor,
    keep: async (outcome: ComparisonOutcome) => {
      outcomes.push(outcome);
      keep(outcome);
    },
  };
  const signal = new AbortController().signal;
  await runComparison({ spec, problems, done, backends: {}, signal }, world, {
    onCell: () => {},
    onPreparation,
    onOutcome: ({ cell, id, solved, message }) =>
      say(`${cell}: ${id} ${solved ? "solved" : (message ?? "not solved")}`),
    onFault: ({ id }, fault) => {
      faults.push(fault);
      say(`${id}: ${fault.message}`);
    },
  });
  const [first] = faults;
  if (outcomes.length === 0 && first !== undefined) throw fromErrorData(first);
  return toJson(spec, outcomes, problems.total);
}
