import { Button } from "@mantine/core";
import { parseModelRef } from "../../core/model-ref";
import { BENCH_STRATEGY_TITLES } from "../../experiment/bench/strategies";
import type { BenchTable } from "../../experiment/bench/table";
import type { BenchRun, BenchState, ShownBench } from "../../store/bench/bench-state";
import { modelWords } from "../models/model-words";
import { formatBytes, formatCount, formatWait } from "../shared/format";
import { Icon } from "../shared/Icon";
import classes from "./BenchHead.module.css";
import { counted, startedWords } from "./bench-words";
import { useBench, useBenchStore } from "./use-bench";

interface BenchHeadProps {
  readonly shown: ShownBench;
  readonly table: BenchTable;
}

/** What is compared, at which budget, how far it is, and going on with it. */
export function BenchHead({ shown, table }: BenchHeadProps) {
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
function countRuns({ rows }: BenchTable): { readonly done: number; readonly total: number; readonly errors: number } {
  return rows.reduce(
    (sum, { done, total, errors }) => ({
      done: sum.done + done,
      total: sum.total + total,
      errors: sum.errors + errors,
    }),
    { done: 0, total: 0, errors: 0 },
  );
}

function Controls({ shown, table }: BenchHeadProps) {
  const store = useBenchStore();
  const run = useBench((state) => state.run);
  const { done, total, errors } = countRuns(table);
  const { resume, stop } = store.getState();
  if (run?.bench === shown.record.id) {
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
function StatusLine({ shown, table }: BenchHeadProps) {
  const run = useBench((state) => (state.run?.bench === shown.record.id ? state.run : null));
  const other = useBench((state) => state.run !== null && state.run.bench !== shown.record.id);
  const hasFaults = useBench((state) => faultsOf(state, shown));
  const { done, total } = countRuns(table);
  const text = run === null ? restWords(done, total, hasFaults, other) : runWords(run, table);
  return (
    <p className={classes.status} role="status">
      {text}
    </p>
  );
}

function faultsOf({ faults }: BenchState, { record, problems }: ShownBench): boolean {
  return problems.fault !== null || Object.keys(faults[record.id] ?? {}).length > 0;
}

function restWords(done: number, total: number, hasFaults: boolean, other: boolean): string {
  if (other) return "Another comparison is running.";
  if (done >= total) return "Complete.";
  const how = hasFaults ? "Some rows could not be run to their end" : "Stopped";
  return `${how}: ${formatCount(done)} of ${formatCount(total)} runs done.`;
}

function runWords({ cell, preparation, isStopping }: BenchRun, { rows }: BenchTable): string {
  const row = rows.find(({ id }) => id === cell);
  if (isStopping) return "Stopping; the problems under way are dropped.";
  if (row === undefined) return "Starting.";
  const where = `${BENCH_STRATEGY_TITLES[row.strategy]}, ${modelWords(parseModelRef(row.model)).name}`;
  if (preparation === null) return `Running ${where}.`;
  const { message, fraction, download } = preparation;
  if (download === undefined)
    return `${where}: ${message}${fraction === null ? "" : ` ${Math.round(fraction * 100)} %`}`;
  const size = download.totalBytes === null ? "" : ` of ${formatBytes(download.totalBytes)}`;
  const wait = download.secondsLeft === null ? "" : `, ${formatWait(download.secondsLeft)} left`;
  return `${where}: ${message}, ${formatBytes(download.loadedBytes)}${size}${wait}`;
}
