import type { TimedEvent } from "../../core/run/events";
import type { ComparisonCell } from "../../experiment/compare/cells";
import { comparedProblem } from "../../experiment/compare/problems";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import { SPEC_VERSION } from "../../experiment/spec/migration";
import { familyOf } from "../../experiment/spec/model-family";
import { presetOfStrategy } from "../../experiment/spec/presets";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import { identityOf, migrateEvents, type RunFile, runFile } from "../../runs/run-file";

/** A cell's run on a problem, as the explorer shows it; null for a run that could not begin. */
export function runOfCell(
  spec: ComparisonSpec,
  { model }: ComparisonCell,
  problem: string,
  log: readonly TimedEvent[],
): RunFile | null {
  const events = migrateEvents(log) as readonly TimedEvent[];
  const started = events[0]?.event;
  if (started?.type !== "started") return null;
  const { config, seed } = started;
  const preset = presetOfStrategy(config.strategy, familyOf(model));
  const experiment: ExperimentSpec = {
    version: SPEC_VERSION,
    preset,
    problem: comparedProblem(spec, problem),
    model,
    seed,
    config,
  };
  return runFile(identityOf(log), experiment, events);
}
