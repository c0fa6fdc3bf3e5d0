import { Button } from "@mantine/core";
import { useEffect } from "react";
import type { ImportProgress, ImportReport, RowNote } from "../../ports/problem-importer";
import { useLab, useLabStore } from "../contexts";
import { Dialog } from "../shared/Dialog";
import { formatCount } from "../shared/format";
import { ProgressTrack } from "../shared/ProgressTrack";
import { saveFile } from "../shared/save-file";
import { CollectionList } from "./CollectionList";
import { ImportForm } from "./ImportForm";
import classes from "./ProblemsDialog.module.css";
import { reportText, takenWords } from "./report-text";

/** Brings problems in, tells how that went, and lists what is there. */
export function ProblemsDialog() {
  const store = useLabStore();
  const isOpen = useLab((state) => state.dialog === "problems");
  const importing = useLab((state) => state.importing);

  useEffect(() => {
    if (!isOpen) return;
    void store.getState().loadCollections();
    void store.getState().loadFormats();
  }, [isOpen, store]);

  return (
    <Dialog title="Problems" isOpen={isOpen} onClose={() => store.getState().showDialog(null)}>
      <div className={classes.content}>
        {importing.stage === "reading" && <ImportProgressView name={importing.name} progress={importing.progress} />}
        {importing.stage === "done" && <ImportReportView name={importing.name} report={importing.report} />}
        {/* Hidden rather than gone, so that nothing that was typed is lost. */}
        <div hidden={importing.stage === "reading" || importing.stage === "done"}>
          <ImportForm fault={importing.stage === "failed" ? importing.error : null} />
        </div>
        <CollectionList />
      </div>
    </Dialog>
  );
}

interface ImportProgressViewProps {
  readonly name: string;
  readonly progress: ImportProgress;
}

/** How far reading is, and the way to give it up. */
function ImportProgressView({ name, progress }: ImportProgressViewProps) {
  const cancel = useLab((state) => state.cancelImport);
  return (
    <div className={classes.progress}>
      <p className={classes.name}>{name}</p>
      <ProgressTrack label="Reading" share={progress.fraction} />
      <div className={`${classes.line} numbers`}>
        <span className="quiet">{formatCount(progress.rows)} rows</span>
        <Button size="xs" variant="default" onClick={cancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

/** Most rows of a list that are shown; the saved report holds them all. */
const MOST_ROWS = 500;

interface ImportReportViewProps {
  readonly name: string;
  readonly report: ImportReport;
}

/** What was taken, what was not and why. */
function ImportReportView({ name, report }: ImportReportViewProps) {
  const dismiss = useLab((state) => state.dismissImport);
  const openCollection = useLab((state) => state.chooseCollection);
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
              void openCollection(collection.id);
            }}
          >
            Open {collection.title}
          </Button>
        )}
        <Button variant="default" onClick={() => saveFile("import-report.txt", reportText(name, report), "text/plain")}>
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
