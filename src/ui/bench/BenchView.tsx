import { useMemo } from "react";
import { benchTable } from "../../experiment/bench/table";
import { BenchHead } from "./BenchHead";
import { BenchNotes } from "./BenchNotes";
import { BenchTableView } from "./BenchTableView";
import classes from "./BenchView.module.css";
import { ExportLine } from "./ExportLine";
import { OutcomeList } from "./OutcomeList";
import { PaperTable } from "./PaperTable";
import { useBench } from "./use-bench";

/** The comparison that is shown: its table, what lies behind a row, and what to know when reading it. */
export function BenchView() {
  const shown = useBench((state) => state.shown);
  const isLookedUp = useBench((state) => state.records !== null);
  const table = useMemo(
    () => (shown === null ? null : benchTable(shown.record.spec, shown.outcomes, shown.problems.total)),
    [shown],
  );
  if (shown === null || table === null) return isLookedUp ? <Empty /> : null;
  return (
    <div className={classes.view}>
      <BenchHead shown={shown} table={table} />
      <StorageNote />
      {shown.problems.fault !== null && (
        <p className={classes.note}>
          {shown.problems.fault.message} {shown.problems.fault.hint}
        </p>
      )}
      <BenchTableView shown={shown} table={table} />
      <PaperTable />
      <OutcomeList shown={shown} />
      <ExportLine shown={shown} table={table} />
      <BenchNotes shown={shown} table={table} />
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
  const fault = useBench((state) => state.storageFault);
  if (fault === null) return null;
  return <p className={classes.note}>{fault.message} Comparisons last as long as this page.</p>;
}
