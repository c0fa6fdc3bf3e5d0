import type { TimedEvent } from "../../core/run/events";
import type { ComparisonCell } from "../../experiment/compare/cells";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import { comparisonConfig } from "../../experiment/compare/strategies";
import { familyOf } from "../../experiment/spec/model-family";
import type { ExperimentSpec, ProblemRef } from "../../experiment/spec/spec";
import { presetOfStrategy } from "../../experiment/spec/strategy-config";
import { SPEC_VERSION } from "../../experiment/spec/version";
import { migrateRun } from "../../runs/migration";
import type { RunFile } from "../../runs/run-file";
import { problemRefOf } from "./problems";

/** The experiment that a cell does on a problem, but for its seed, which depends on the problem. */
export function cellExperiment(
  { budgetTokens, seed }: Pick<ComparisonSpec, "budgetTokens" | "seed">,
  { model, strategy }: ComparisonCell,
  problem: ProblemRef,
): ExperimentSpec {
  const family = familyOf(model);
  const config = comparisonConfig(strategy, family, budgetTokens);
  return { version: SPEC_VERSION, preset: presetOfStrategy(config.strategy, family), problem, model, seed, config };
}

/** A cell's run on a problem, as the explorer shows it; null for a run that could not begin. */
export function runOfCell(
  spec: ComparisonSpec,
  cell: ComparisonCell,
  problem: string,
  log: readonly TimedEvent[],
): RunFile | null {
  const events = migrateRun({ spec: null, events: log }).events as readonly TimedEvent[];
  const started = events[0]?.event;
  if (started?.type !== "started") return null;
  const { config, seed } = started;
  return { spec: { ...cellExperiment(spec, cell, problemRefOf(spec, problem)), config, seed }, events };
}
