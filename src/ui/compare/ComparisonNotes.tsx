import type { ModelInfo } from "../../core/run/events";
import { COMPARISON_STRATEGY_TITLES, ONE_SAMPLE } from "../../experiment/compare/spec";
import type { ComparisonTable } from "../../experiment/compare/table";
import type { ShownComparison } from "../../store/compare/state";
import classes from "./ComparisonNotes.module.css";
import { modelName } from "./comparison-words";
import { paperDifferences } from "./paper-differences";

interface ComparisonNotesProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

/** What to know when reading the table. */
export function ComparisonNotes({ shown, table }: ComparisonNotesProps) {
  return (
    <ul className={classes.notes}>
      {notesOf({ shown, table }).map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function notesOf({ shown, table }: ComparisonNotesProps): readonly string[] {
  const { spec } = shown.record;
  const single = spec.strategies.filter((strategy) => ONE_SAMPLE.has(strategy));
  const names = single.map((strategy) => COMPARISON_STRATEGY_TITLES[strategy]);
  const differences = table.rows.some(({ paper }) => paper !== null) ? paperDifferences(spec) : null;
  return [
    "A problem is solved when the answer passes all hidden tests, which the search never sees. " +
      "Below Pass@1: the 95 % Wilson interval.",
    "Gain: Pass@1 minus that of the same model's Vanilla row, over the problems both have done, " +
      "with Newcombe's 95 % interval for pairs.",
    "A run ends with the simulation that meets the budget, generated tests included." +
      (names.length === 0 ? "" : ` ${list(names)} answer with one sample and spend what that costs.`),
    spec.freshSamples === 0
      ? "ASPR was not asked for."
      : `ASPR: of ${spec.freshSamples} fresh samples of the last step, the share that passes, ` +
        "over the solved problems; not part of the budget.",
    ...(differences === null ? [] : [differences]),
    ...Object.entries(shown.answeredBy).flatMap(([model, infos]) => answeredWords(model, infos)),
  ];
}

function answeredWords(model: string, infos: readonly ModelInfo[]): readonly string[] {
  if (infos.length === 0) return [];
  const each = infos.map(({ backend, weights }) => {
    const where = backend.startsWith("endpoint") ? `behind its ${backend}` : `on ${backend}`;
    return `${where}${weights === undefined ? "" : `, weights ${weights.slice(0, 12)}`}`;
  });
  const change = infos.length > 1 ? " The rows mix them: they are not strictly comparable." : "";
  return [`${modelName(model)} ran ${each.join("; then ")}.${change}`];
}

/** `a`, `a and b`, `a, b and c`. */
function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join("; ")} and ${names.at(-1)}`;
}
