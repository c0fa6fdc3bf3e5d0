import { useMemo } from "react";
import { comparisonTable } from "../../experiment/compare/table";
import { ComparisonHead } from "./ComparisonHead";
import { ComparisonNotes } from "./ComparisonNotes";
import { ComparisonTableView } from "./ComparisonTableView";
import classes from "./ComparisonView.module.css";
import { ExportLine } from "./ExportLine";
import { OutcomeList } from "./OutcomeList";
import { PaperTable } from "./PaperTable";
import { useComparison } from "./use-comparison";

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
