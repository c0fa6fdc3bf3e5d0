import type { ComparisonOutcome } from "../experiment/compare/cells";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { ComparisonProgress, ComparisonRunner } from "../ports/comparison-runner";
import type { WorkerRunner } from "./experiment-runner";
import type { SearchClient } from "./search-client";
import type { CellSpec } from "./search-service";

/** A cell to run, or to go on with. */
export interface ComparisonRequest {
  readonly cell: CellSpec;
  /** An experiment on one of its problems: what that needs is got ready first. */
  readonly example: ExperimentSpec;
  /** What the model ran on in the comparison before, as `ModelInfo` has it, to go on with the same if it can be. */
  readonly backend?: string;
}

/** Cells share the search worker with the explorer's runs, which count from 0. */
const FIRST_ID = 1_000_000_000;

/** Runs cells in the workers of the explorer: there is one model at a time, whoever wants it. */
export function createComparisonRunner({
  warm,
}: Pick<WorkerRunner, "warm">): ComparisonRunner<ComparisonRequest, ComparisonOutcome> {
  let nextId = FIRST_ID;
  return {
    async *runCell({ cell, example, backend }, onPreparation, signal) {
      try {
        const { search } = await warm(cell.cell.model, onPreparation, signal, backend);
        for await (const told of search.prepare(example, signal)) {
          const latest = told.at(-1);
          if (latest !== undefined) onPreparation(latest);
        }
        if (!signal.aborted) yield* cellOf(search, nextId++, cell, signal);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    },
  };
}

async function* cellOf(
  search: SearchClient,
  id: number,
  cell: CellSpec,
  signal: AbortSignal,
): AsyncGenerator<readonly ComparisonProgress<ComparisonOutcome>[], void> {
  const stop = () => search.stop(id);
  signal.addEventListener("abort", stop);
  try {
    yield* search.runCell(id, cell);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
