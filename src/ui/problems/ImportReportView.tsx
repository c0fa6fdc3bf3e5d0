import { Button } from "@mantine/core";
import type { ImportReport, RowNote } from "../../ports/problem-importer";
import { saveText } from "../frame/save-text";
import { useLab } from "../lab-context";
import { formatCount } from "../shared/format";
import classes from "./ImportReportView.module.css";
import { reportText, takenWords } from "./report-text";
import { useOpenCollection } from "./use-open-collection";

/** Most rows of a list that are shown; the saved report holds them all. */
const MOST_ROWS = 500;

interface ImportReportViewProps {
  readonly name: string;
  readonly report: ImportReport;
}

/** What was taken, what was not and why. */
export function ImportReportView({ name, report }: ImportReportViewProps) {
  const dismiss = useLab((state) => state.dismissImport);
  const openCollection = useOpenCollection();
  const { collection, refused, remarks, brokenOff } = report;
  return (
    <section className={classes.report} aria-label="Report">
      <p className={classes.head} role="status">
        {takenWords(report)}
      </p>
      <p className={classes.facts}>
        {name}
        {collection !== null && ` · ${collection.visibility} ${collection.attribution}`}
      </p>
      {brokenOff !== null && <p className={classes.broken}>{brokenOff}</p>}
      {refused.length > 0 && (
        <div className={classes.list}>
          <h3>{formatCount(refused.length)} not taken</h3>
          <Rows notes={refused} label="Rows that were not taken" />
        </div>
      )}
      {remarks.length > 0 && (
        <details className={classes.list}>
          <summary>{formatCount(remarks.length)} taken with a remark</summary>
          <Rows notes={remarks} label="Rows that were taken with a remark" />
        </details>
      )}
      <div className={classes.buttons}>
        {collection !== null && (
          <Button
            onClick={() => {
              dismiss();
              openCollection(collection.id);
            }}
          >
            Open {collection.title}
          </Button>
        )}
        <Button variant="default" onClick={() => saveText("import-report.txt", reportText(name, report), "text/plain")}>
          Save report
        </Button>
        <Button variant="subtle" color="gray" onClick={dismiss}>
          Add more
        </Button>
      </div>
    </section>
  );
}

function Rows({ notes, label }: { readonly notes: readonly RowNote[]; readonly label: string }) {
  const rest = notes.length - MOST_ROWS;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard.
    <ul className={`${classes.rows} numbers`} aria-label={label} tabIndex={0}>
      {notes.slice(0, MOST_ROWS).map(({ row, id, reason }) => (
        <li key={`${row} ${reason}`}>
          <span className="quiet">row {row}</span>
          <span>
            {id !== null && <b>{id} </b>}
            {reason}
          </span>
        </li>
      ))}
      {rest > 0 && <li className="quiet">and {formatCount(rest)} more in the saved report</li>}
    </ul>
  );
}
