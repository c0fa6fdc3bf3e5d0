import { Button } from "@mantine/core";
import { parseModelRef } from "../../core/model";
import { COMPARISON_STRATEGY_TITLES } from "../../experiment/compare/spec";
import type { ComparisonTable } from "../../experiment/compare/table";
import type { ComparisonRun, ComparisonState, ShownComparison } from "../../store/compare/state";
import { useComparison, useComparisonStore } from "../contexts";
import { modelWords } from "../models/model-words";
import { formatBytes, formatCount, formatWait } from "../shared/format";
import { Icon } from "../shared/Icon";
import classes from "./ComparisonHead.module.css";
import { counted, startedWords } from "./comparison-words";

interface ComparisonHeadProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

/** What is compared, at which budget, how far it is, and going on with it. */
export function ComparisonHead({ shown, table }: ComparisonHeadProps) {
  const { record, problems } = shown;
  const { budgetTokens, seed } = record.spec;
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <h2 className={classes.title}>{record.title}</h2>
        <p className={`${classes.facts} numbers`}>
          {counted(problems.total, "problem")} · <b>budget of {formatCount(budgetTokens)} sampled tokens each</b> · seed{" "}
          {seed} · begun {startedWords(record.startedAt)}
        </p>
      </div>
      <Controls shown={shown} table={table} />
      <StatusLine shown={shown} table={table} />
    </header>
  );
}

/** Problems of all rows that are done, and that there are. */
function countRuns({ rows }: ComparisonTable): {
  readonly done: number;
  readonly total: number;
  readonly errors: number;
} {
  return rows.reduce(
    (sum, { done, total, errors }) => ({
      done: sum.done + done,
      total: sum.total + total,
      errors: sum.errors + errors,
    }),
    { done: 0, total: 0, errors: 0 },
  );
}

function Controls({ shown, table }: ComparisonHeadProps) {
  const store = useComparisonStore();
  const run = useComparison((state) => state.run);
  const { done, total, errors } = countRuns(table);
  const { resume, stop } = store.getState();
  if (run?.comparison === shown.record.id) {
    return (
      <div className={classes.controls}>
        <Button variant="default" leftSection={<Icon name="stop" />} onClick={stop} disabled={run.isStopping}>
          {run.isStopping ? "Stopping" : "Stop"}
        </Button>
      </div>
    );
  }
  if (run !== null) return <div className={classes.controls} />;
  return (
    <div className={classes.controls}>
      {errors > 0 && (
        <Button variant="default" onClick={() => void resume("errors")}>
          Try errors again
        </Button>
      )}
      {done < total && (
        <Button variant="light" leftSection={<Icon name="play" />} onClick={() => void resume()}>
          Continue
        </Button>
      )}
    </div>
  );
}

/** One line that is always there. Read out when it comes to rest, not at every problem. */
function StatusLine({ shown, table }: ComparisonHeadProps) {
  const run = useComparison((state) => (state.run?.comparison === shown.record.id ? state.run : null));
  const other = useComparison((state) => state.run !== null && state.run.comparison !== shown.record.id);
  const hasFaults = useComparison((state) => faultsOf(state, shown));
  const { done, total } = countRuns(table);
  const text = run === null ? restWords(done, total, hasFaults, other) : runWords(run, table);
  return (
    <p className={classes.status} role="status">
      {text}
    </p>
  );
}

function faultsOf({ faults }: ComparisonState, { record, problems }: ShownComparison): boolean {
  return problems.fault !== null || Object.keys(faults[record.id] ?? {}).length > 0;
}

function restWords(done: number, total: number, hasFaults: boolean, other: boolean): string {
  if (other) return "Another comparison is running.";
  if (done >= total) return "Complete.";
  const how = hasFaults ? "Some rows could not be run to their end" : "Stopped";
  return `${how}: ${formatCount(done)} of ${formatCount(total)} runs done.`;
}

function runWords({ cell, preparation, isStopping }: ComparisonRun, { rows }: ComparisonTable): string {
  const row = rows.find(({ id }) => id === cell);
  if (isStopping) return "Stopping; the problems under way are dropped.";
  if (row === undefined) return "Starting.";
  const where = `${COMPARISON_STRATEGY_TITLES[row.strategy]}, ${modelWords(parseModelRef(row.model)).name}`;
  if (preparation === null) return `Running ${where}.`;
  const { message, fraction, download } = preparation;
  if (download === undefined)
    return `${where}: ${message}${fraction === null ? "" : ` ${Math.round(fraction * 100)} %`}`;
  const size = download.totalBytes === null ? "" : ` of ${formatBytes(download.totalBytes)}`;
  const wait = download.secondsLeft === null ? "" : `, ${formatWait(download.secondsLeft)} left`;
  return `${where}: ${message}, ${formatBytes(download.loadedBytes)}${size}${wait}`;
}
