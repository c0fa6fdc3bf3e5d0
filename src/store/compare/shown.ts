import type { ModelInfo } from "../../core/model";
import type { TimedEvent } from "../../core/run/events";
import type { ComparisonOutcome } from "../../experiment/compare/cells";
import type { ComparisonArchive, ComparisonRecord } from "../../experiment/compare/compare";
import { modelOf } from "../../runs/run-file";
import type { ShownComparison } from "./state";

/** The same weights on the same backend. */
function isSame(a: ModelInfo, b: ModelInfo): boolean {
  return a.id === b.id && a.weights === b.weights && a.backend === b.backend;
}

/** What answered in the first and in the last run of each model: both tell whether it changed on the way. */
export async function answeredBy(
  record: ComparisonRecord,
  outcomes: readonly ComparisonOutcome[],
  archive: ComparisonArchive,
): Promise<ShownComparison["answeredBy"]> {
  const entries = record.spec.models.map(async (model) => {
    const own = outcomes.filter((outcome) => outcome.model === model && outcome.nodes > 0);
    const ends = [own[0], own.at(-1)].filter((outcome) => outcome !== undefined);
    const logs = await Promise.all(ends.map(({ cell, id }) => archive.log(record.id, cell, id)));
    return [model, distinct(logs.map((log) => modelOf(log ?? [])).filter((info) => info !== null))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function distinct(infos: readonly ModelInfo[]): readonly ModelInfo[] {
  return infos.filter((info, at) => infos.findIndex((other) => isSame(other, info)) === at);
}

/** What each model ran on at last. */
export function lastBackends(known: ShownComparison["answeredBy"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(known).flatMap(([model, infos]) => infos.slice(-1).map(({ backend }) => [model, backend])),
  );
}

/** A comparison with one more outcome. */
export function withOutcome(
  shown: ShownComparison,
  outcome: ComparisonOutcome,
  log: readonly TimedEvent[],
): ShownComparison {
  const outcomes = [...shown.outcomes, outcome];
  const info = modelOf(log);
  const { model } = outcome;
  if (info === null) return { ...shown, outcomes };
  const before = shown.answeredBy[model] ?? [];
  const known = before.some((other) => isSame(other, info)) ? before : [...before, info];
  return { ...shown, outcomes, answeredBy: { ...shown.answeredBy, [model]: known } };
}
