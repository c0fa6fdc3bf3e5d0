import { useState } from "react";
import { toCsv, toJson, toLatex } from "../../experiment/compare/exports";
import type { ComparisonTable } from "../../experiment/compare/table";
import type { ShownComparison } from "../../store/compare/state";
import { saveText } from "../frame/save-text";
import { useLab } from "../lab-context";
import { TextButton } from "../shared/TextButton";
import { fileStem } from "./comparison-words";
import classes from "./ExportLine.module.css";

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
export function ExportLine(props: ExportLineProps) {
  const notify = useLab((state) => state.notify);
  const [copied, setCopied] = useState("");

  const copy = (format: Format) => {
    navigator.clipboard.writeText(format.textOf(props)).then(
      () => setCopied(`${format.name} copied`),
      () =>
        notify({ tone: "error", message: "The browser did not let it be copied.", hint: "Save it as a file instead." }),
    );
  };
  const save = (format: Format) => {
    saveText(`${fileStem(props.shown.record)}.${format.extension}`, format.textOf(props), format.type);
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
