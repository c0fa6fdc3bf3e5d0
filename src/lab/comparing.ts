import { type ComparisonOutcome, comparisonCells } from "../experiment/compare/cells";
import { toJson } from "../experiment/compare/export-json";
import type { ComparisonSpec } from "../experiment/compare/spec";
import { tinyModelFault } from "../experiment/spec/entry-point";
import { familyOf } from "../experiment/spec/model-family";
import type { Preparation } from "../ports/experiment-runner";
import type { ProblemStore, StoredProblem } from "../ports/problem-store";
import type { WorkerRunner } from "../rpc/experiment-runner";

/** Problems to keep under the name that a comparison asks for. */
export interface GivenDataset {
  readonly collection: Parameters<ProblemStore["put"]>[0];
  readonly problems: readonly StoredProblem[];
}

/** What a comparison needs, and who is told how it goes. */
export interface ComparingPlace {
  readonly runner: WorkerRunner;
  readonly store: ProblemStore;
  readonly onPreparation: (preparation: Preparation) => void;
  readonly say: (line: string) => void;
}

/** @throws LabError `input/*` when the tiny model is to solve what it cannot even write. */
function checkPairing(spec: ComparisonSpec, dataset: GivenDataset | null): void {
  if (!spec.models.some((model) => familyOf(model) === "tiny")) return;
  const faults = (dataset?.problems ?? []).map(({ problem }) => tinyModelFault(problem));
  const [fault] = faults;
  if (fault && faults.every((each) => each !== null)) throw fault;
}

/**
 * Runs a comparison cell by cell and returns it as `toJson` writes it. A cell that cannot run, or a model that does not load, is told
 * in one line and leaves its row empty; the others go on.
 * @throws LabError when nothing at all could be run: the first thing that was in the way.
 * @param dataset the imported problems, when the comparison is about some.
 */
export async function compare(
  { runner, store, onPreparation, say }: ComparingPlace,
  spec: ComparisonSpec,
  dataset: GivenDataset | null,
): Promise<string> {
  checkPairing(spec, dataset);
  if (dataset) await store.put(dataset.collection, dataset.problems);
  const total = dataset ? Math.min(spec.limit, dataset.problems.length) : spec.limit;
  const outcomes: ComparisonOutcome[] = [];
  const obstacles: unknown[] = [];
  for (const [number, cell] of comparisonCells(spec).entries()) {
    try {
      const { search } = await runner.warm(cell.model, onPreparation);
      for await (const batch of search.runCell(number, { spec, cell, done: [] })) {
        for (const { outcome } of batch) {
          outcomes.push(outcome);
          say(`${cell.id}: ${outcome.id} ${outcome.solved ? "solved" : (outcome.message ?? "not solved")}`);
        }
      }
    } catch (thrown) {
      obstacles.push(thrown);
      say(`${cell.id}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  if (outcomes.length === 0 && obstacles.length > 0) throw obstacles[0];
  return toJson(spec, outcomes, total);
}
