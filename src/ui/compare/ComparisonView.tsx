import { useMemo, useState } from "react";
import type { ModelInfo } from "../../core/model";
import { toJson } from "../../experiment/compare/comparison-file";
import { toCsv, toLatex } from "../../experiment/compare/exports";
import { COMPARISON_STRATEGY_TITLES, ONE_SAMPLE } from "../../experiment/compare/spec";
import { type ComparisonTable, comparisonTable } from "../../experiment/compare/table";
import type { ShownComparison } from "../../store/compare/state";
import { useComparison, useLab } from "../contexts";
import { TextButton } from "../shared/buttons";
import { copyText } from "../shared/copy-text";
import { saveFile } from "../shared/save-file";
import { ComparisonHead } from "./ComparisonHead";
import { ComparisonTableView, PaperTable } from "./ComparisonTable";
import classes from "./ComparisonView.module.css";
import { fileStem, modelName, paperDifferences } from "./comparison-words";
import { OutcomeList } from "./OutcomeList";
import { SolveCurves } from "./SolveCurves";

/** The comparison that is shown: its table, what lies behind a row, and what to know when reading it. */
export function ComparisonView() {
  const shown = useComparison((state) => state.shown);
  const isLookedUp = useComparison((state) => state.records !== null);
  const table = useMemo(
    () => (shown === null ? null : comparisonTable(shown.record.spec, shown.outcomes, shown.problems.total)),
    [shown],
  );
  if (shown === null || table === null) return isLookedUp ? <Empty /> : null;
  return (
    <div className={classes.view}>
      <ComparisonHead shown={shown} table={table} />
      <StorageNote />
      {shown.problems.fault !== null && (
        <p className={classes.note}>
          {shown.problems.fault.message} {shown.problems.fault.hint}
        </p>
      )}
      <ComparisonTableView shown={shown} table={table} />
      <SolveCurves shown={shown} table={table} />
      <PaperTable />
      <OutcomeList shown={shown} />
      <ExportLine shown={shown} table={table} />
      <ComparisonNotes shown={shown} table={table} />
    </div>
  );
}

function Empty() {
  return (
    <div className={classes.empty}>
      <p>Models and strategies, side by side on the same problems at one token budget.</p>
      <p>Press Run comparison, and the table fills here.</p>
      <StorageNote />
    </div>
  );
}

/** Says so where nothing is kept. */
function StorageNote() {
  const fault = useComparison((state) => state.storageFault);
  if (fault === null) return null;
  return <p className={classes.note}>{fault.message} Comparisons last as long as this page.</p>;
}

interface ExportLineProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

interface Format {
  readonly name: string;
  readonly extension: string;
  readonly type: string;
  readonly textOf: (props: ExportLineProps) => string;
}

const FORMATS: readonly Format[] = [
  { name: "CSV", extension: "csv", type: "text/csv", textOf: ({ shown, table }) => toCsv(shown.record.spec, table) },
  {
    name: "JSON",
    extension: "json",
    type: "application/json",
    textOf: ({ shown: { record, outcomes, problems } }) => toJson(record.spec, outcomes, problems.total),
  },
  {
    name: "LaTeX",
    extension: "tex",
    type: "application/x-tex",
    textOf: ({ shown, table }) => toLatex(shown.record.spec, table),
  },
];

/** Takes the comparison along, as far as it has come. */
function ExportLine(props: ExportLineProps) {
  const notify = useLab((state) => state.notify);
  const [copied, setCopied] = useState("");

  const copy = (format: Format) => {
    copyText(format.textOf(props)).then(
      () => setCopied(`${format.name} copied`),
      () =>
        notify({ tone: "error", message: "The browser did not let it be copied.", hint: "Save it as a file instead." }),
    );
  };
  const save = (format: Format) => {
    saveFile(`${fileStem(props.shown.record)}.${format.extension}`, format.textOf(props), format.type);
  };

  return (
    <p className={classes.line}>
      <span>Save</span>
      {FORMATS.map((format) => (
        <TextButton key={format.name} label={`Save as ${format.name}`} onClick={() => save(format)}>
          {format.name}
        </TextButton>
      ))}
      <span className={classes.second}>Copy</span>
      {FORMATS.map((format) => (
        <TextButton key={format.name} label={`Copy as ${format.name}`} onClick={() => copy(format)}>
          {format.name}
        </TextButton>
      ))}
      <span role="status">{copied}</span>
    </p>
  );
}

interface ComparisonNotesProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

/** What to know when reading the table. */
function ComparisonNotes({ shown, table }: ComparisonNotesProps) {
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
    (spec.stopAtPass
      ? "A run ends with the first program that passes all tests it sees, else with the simulation that meets the budget."
      : "A run ends with the simulation that meets the budget, generated tests included.") +
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
