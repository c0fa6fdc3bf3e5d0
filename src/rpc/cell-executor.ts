import type { CellExecutor } from "../experiment/compare/compare";
import type { WorkerRunner } from "./experiment-runner";

/** Cells share the search worker with the explorer's runs, which count from 0. */
const FIRST_ID = 1_000_000_000;

/** Runs cells in the workers of the explorer: there is one model at a time, whoever wants it. */
export function createCellExecutor({ warm }: Pick<WorkerRunner, "warm">): CellExecutor {
  let nextId = FIRST_ID;
  return {
    async *runCell(work, onPreparation, signal, backend) {
      const id = nextId++;
      let stop = () => {};
      try {
        const { search } = await warm(work.cell.model, onPreparation, signal, backend);
        signal.throwIfAborted();
        stop = () => search.stop(id);
        signal.addEventListener("abort", stop);
        yield* search.runCell(id, work, onPreparation);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      } finally {
        signal.removeEventListener("abort", stop);
        stop();
      }
    },
  };
}
