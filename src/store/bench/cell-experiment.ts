import type { TimedEvent } from "../../core/events";
import type { BenchCell } from "../../experiment/bench/cells";
import type { BenchSpec } from "../../experiment/bench/spec";
import { benchConfig } from "../../experiment/bench/strategies";
import { familyOf } from "../../experiment/model-family";
import type { ExperimentSpec, ProblemRef } from "../../experiment/spec";
import { SPEC_VERSION } from "../../experiment/spec-version";
import { presetOfStrategy } from "../../experiment/strategy-config";
import type { RunFile } from "../run-file";
import { migrateRun } from "../run-migration";
import { problemRefOf } from "./bench-problems";

/** The experiment that a cell does on a problem, but for its seed, which depends on the problem. */
export function cellExperiment(
  { budgetTokens, seed }: Pick<BenchSpec, "budgetTokens" | "seed">,
  { model, strategy }: BenchCell,
  problem: ProblemRef,
): ExperimentSpec {
  const family = familyOf(model);
  const config = benchConfig(strategy, family, budgetTokens);
  return { version: SPEC_VERSION, preset: presetOfStrategy(config.strategy, family), problem, model, seed, config };
}

/** A cell's run on a problem, as the explorer shows it; null for a run that could not begin. */
export function runOfCell(
  spec: BenchSpec,
  cell: BenchCell,
  problem: string,
  log: readonly TimedEvent[],
): RunFile | null {
  const events = migrateRun({ spec: null, events: log }).events as readonly TimedEvent[];
  const started = events[0]?.event;
  if (started?.type !== "started") return null;
  const { config, seed } = started;
  return { spec: { ...cellExperiment(spec, cell, problemRefOf(spec, problem)), config, seed }, events };
}
