import { type ErrorData, LabError, toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import type { TimedEvent } from "../../core/run/events";
import type { Preparation } from "../../ports/experiment-runner";
import {
  type CellProgress,
  type CellWork,
  type ComparisonCell,
  type ComparisonOutcome,
  comparisonCells,
  doneOf,
} from "./cells";
import type { ComparisonProblems } from "./problems";
import { CEILINGS, type ComparisonSpec, WITH_SCORER, WITHOUT_REPLACEMENT } from "./spec";

/** A comparison to begin, or to go on with. */
export interface ComparisonJob {
  readonly spec: ComparisonSpec;
  readonly problems: Pick<ComparisonProblems, "total" | "fault" | "tinyFault">;
  /** What is done of it, and is not to be done again. */
  readonly done: readonly ComparisonOutcome[];
  /** What the models ran on in what is done, as `ModelInfo` has it, by model; empty at the beginning. */
  readonly backends: Readonly<Record<string, string>>;
  /** Stops it soon; problems under way are dropped. */
  readonly signal: AbortSignal;
}

/** Runs cells, one at a time, wherever the search, the model and the sandbox live. */
export interface CellExecutor {
  /**
   * Runs what is left of a cell and hands out each problem when it is done, in batches.
   * @param onPreparation what happens before the first problem begins: a download, for one.
   * @param signal ends it soon; problems under way are dropped.
   * @param backend what the model ran on before, to go on with the same if it can be.
   * @throws LabError when the cell cannot be run, or not on; what came before stays valid.
   */
  runCell(
    work: CellWork,
    onPreparation: (preparation: Preparation) => void,
    signal: AbortSignal,
    backend?: string,
  ): AsyncGenerator<readonly CellProgress[], void>;
}

/** Who is told how it goes. */
export interface ComparisonListener {
  onCell(cell: ComparisonCell): void;
  onPreparation(preparation: Preparation): void;
  /** A problem is done, and kept. */
  onOutcome(outcome: ComparisonOutcome, log: readonly TimedEvent[]): void;
  /** A cell cannot be run, or not on. */
  onFault(cell: ComparisonCell, fault: ErrorData): void;
}

/** What a comparison needs of the world. */
export interface ComparisonWorld {
  readonly executor: CellExecutor;
  /** Keeps an outcome and the log of its run; the next problem is told only when this one is kept. */
  readonly keep: (outcome: ComparisonOutcome, log: readonly TimedEvent[]) => Promise<void>;
}

/** There is one model at a time, and another run wanted another. */
export const TAKEN_PLACE: ErrorData = {
  code: "rpc/disposed",
  message: "Another run took the model's place.",
  hint: "Continue when it is done.",
};

/**
 * Runs what is left of a comparison, cell after cell, and keeps every problem that is done before it is told. A cell
 * that fails is told and left; when its model does not load, the model's other cells are left with it.
 */
export async function runComparison(
  job: ComparisonJob,
  world: ComparisonWorld,
  listener: ComparisonListener,
): Promise<void> {
  const unloadable = new Map<string, ErrorData>();
  for (const cell of comparisonCells(job.spec)) {
    if (job.signal.aborted) return;
    const done = doneOf(cell, job.done);
    if (done.length >= job.problems.total) continue;
    const known = unloadable.get(cell.model) ?? cellFault(cell, job);
    if (known !== null) {
      listener.onFault(cell, known);
      continue;
    }
    listener.onCell(cell);
    let isLoaded = false;
    try {
      const work = { spec: job.spec, cell, done };
      const tell = (preparation: Preparation) => listener.onPreparation(preparation);
      for await (const batch of world.executor.runCell(work, tell, job.signal, job.backends[cell.model])) {
        isLoaded = true;
        for (const { outcome, log } of batch) {
          await world.keep(outcome, log);
          listener.onOutcome(outcome, log);
        }
      }
    } catch (thrown) {
      const fault = toErrorData(thrown);
      // Going on would take the place back, and so on.
      if (fault.code === "rpc/disposed") return listener.onFault(cell, TAKEN_PLACE);
      listener.onFault(cell, fault);
      if (!isLoaded && fault.code.startsWith("model/")) unloadable.set(cell.model, fault);
    }
  }
}

/** What keeps a cell from solving any of the problems; null when nothing is known to. */
function cellFault({ model, strategy }: ComparisonCell, { spec, problems }: ComparisonJob): ErrorData | null {
  if (problems.fault !== null) return problems.fault;
  const ref = parseModelRef(model);
  if (CEILINGS.has(strategy) && spec.problems.source !== "puzzles") {
    const words = "Exact values are known of list puzzles only.";
    return toErrorData(new LabError("input/no-exact-values", words));
  }
  if (ref.engine !== "tiny") {
    if (!WITHOUT_REPLACEMENT.has(strategy)) return null;
    const words = "Only the tiny model can be drawn from without repeats: others do not tell their tokens.";
    return toErrorData(new LabError("input/no-token-ids", words));
  }
  if (WITH_SCORER.has(strategy) && ref.scorer === undefined) {
    const words = "It needs a step scorer, and this model has none.";
    return toErrorData(new LabError("input/no-scorer", words, "Compare a model that names one: tiny+scorer@<id>."));
  }
  return problems.tinyFault;
}

/** A comparison that was begun. */
export interface ComparisonRecord {
  readonly id: string;
  readonly title: string;
  readonly spec: ComparisonSpec;
  /** ISO 8601. */
  readonly startedAt: string;
}

/**
 * The comparisons of this browser, problem by problem, so that a closed tab loses nothing but the problems under way. Every
 * method throws LabError `storage/*` when the browser's storage is full, blocked or gone.
 */
export interface ComparisonArchive {
  /** Newest first. */
  list(): Promise<readonly ComparisonRecord[]>;
  create(title: string, spec: ComparisonSpec): Promise<ComparisonRecord>;
  /** With all that belongs to it. */
  remove(comparison: string): Promise<void>;
  /** All that is there, in any order. */
  outcomes(comparison: string): Promise<readonly ComparisonOutcome[]>;
  /** Keeps one result and the log of its run; a second one for the same cell and problem replaces the first. */
  add(comparison: string, outcome: ComparisonOutcome, log: readonly TimedEvent[]): Promise<void>;
  /** The log of one run; null when there is none. */
  log(comparison: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null>;
}
