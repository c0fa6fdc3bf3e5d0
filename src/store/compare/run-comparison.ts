import { type ErrorData, LabError, toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model-ref";
import type { TimedEvent } from "../../core/run/events";
import { type ComparisonCell, type ComparisonOutcome, comparisonCells, isDone } from "../../experiment/compare/cells";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import { tinyModelFault } from "../../experiment/spec/entry-point";
import type { ComparisonArchive, ComparisonRecord } from "../../ports/comparison-archive";
import type { Preparation } from "../../ports/experiment-runner";
import { cellExperiment } from "./cell-experiment";
import type { ComparisonDependencies } from "./dependencies";
import type { ComparisonProblems } from "./problems";

/** There is one model at a time, and the explorer wanted another. */
const TAKEN_PLACE: ErrorData = {
  code: "rpc/disposed",
  message: "Another run took the model's place.",
  hint: "Continue when it is done.",
};

/** A comparison to begin, or to go on with. */
export interface ComparisonJob {
  readonly record: ComparisonRecord<ComparisonSpec>;
  readonly problems: ComparisonProblems;
  /** What is done of it, and is not to be done again. */
  readonly done: readonly ComparisonOutcome[];
  /** What the models ran on in what is done, by model; empty at the beginning. */
  readonly backends: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Who is told how it goes. */
export interface ComparisonListener {
  onCell(cell: ComparisonCell): void;
  onPreparation(preparation: Preparation): void;
  /** A problem is done, and kept. */
  onOutcome(outcome: ComparisonOutcome, log: readonly TimedEvent[]): void;
  onFault(cell: ComparisonCell, fault: ErrorData): void;
}

interface World {
  readonly runner: ComparisonDependencies["runner"];
  readonly archive: ComparisonArchive<ComparisonSpec, ComparisonOutcome>;
}

/**
 * Runs what is left of a comparison, cell after cell, and keeps every problem that is done before the next is told. A
 * cell that fails is told and left; when its model does not load, the model's other cells are left with it.
 */
export async function runComparison(job: ComparisonJob, world: World, listener: ComparisonListener): Promise<void> {
  const unloadable = new Map<string, ErrorData>();
  for (const cell of comparisonCells(job.record.spec)) {
    if (job.signal.aborted) return;
    const done = job.done.filter((outcome) => outcome.cell === cell.id && isDone(outcome)).map(({ id }) => id);
    if (done.length >= job.problems.total) continue;
    const known = unloadable.get(cell.model) ?? cellFault(cell, job.problems);
    if (known !== null) {
      listener.onFault(cell, known);
      continue;
    }
    listener.onCell(cell);
    let isLoaded = false;
    try {
      for await (const { outcome, log } of progressOf(job, cell, done, world, listener)) {
        isLoaded = true;
        await world.archive.add(job.record.id, outcome, log);
        listener.onOutcome(outcome, log);
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

async function* progressOf(
  { record, problems, backends, signal }: ComparisonJob,
  cell: ComparisonCell,
  done: readonly string[],
  { runner }: World,
  listener: ComparisonListener,
) {
  const { example } = problems;
  if (example === null) return;
  const backend = backends[cell.model];
  const request = {
    cell: { spec: record.spec, cell, done },
    example: cellExperiment(record.spec, cell, example),
    ...(backend === undefined ? {} : { backend }),
  };
  for await (const batch of runner.runCell(request, (told) => listener.onPreparation(told), signal)) yield* batch;
}

/** What keeps a cell from solving any of the problems; null when nothing is known to. */
function cellFault({ model, strategy }: ComparisonCell, { language, fault }: ComparisonProblems): ErrorData | null {
  if (fault !== null) return fault;
  if (parseModelRef(model).engine !== "tiny") return null;
  if (strategy === "beam") {
    const words = "Beam search needs a step scorer, and the tiny model has none.";
    return toErrorData(new LabError("input/no-scorer", words));
  }
  const unfit = tinyModelFault({ language, entryPoint: "solve" });
  return unfit === null ? null : toErrorData(unfit);
}
