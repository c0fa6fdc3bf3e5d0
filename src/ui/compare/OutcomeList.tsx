import { NativeSelect } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ComparisonOutcome, comparisonCells } from "../../experiment/compare/cells";
import { COMPARISON_STRATEGY_TITLES } from "../../experiment/compare/spec";
import { explorerHash } from "../../store/address";
import type { OpenRow, OutcomeFilter, ShownComparison } from "../../store/compare/state";
import { useComparison, useComparisonStore, useLabStore } from "../contexts";
import { IconButton, TextButton } from "../shared/buttons";
import { formatCount, formatDuration } from "../shared/format";
import { modelName } from "./comparison-words";
import classes from "./OutcomeList.module.css";
import { type ListedOutcome, listOutcomes, problemTitle } from "./outcomes";

/** Most problems that are listed at once. */
const MOST_LISTED = 100;

/** The problems of the row that is open. */
export function OutcomeList({ shown }: { readonly shown: ShownComparison }) {
  const row = useComparison((state) => state.openRow);
  if (row === null) return null;
  return <OpenOutcomes key={row.cell} shown={shown} row={row} />;
}

function OpenOutcomes({ shown, row }: { readonly shown: ShownComparison; readonly row: OpenRow }) {
  const store = useComparisonStore();
  const [isAll, setAll] = useState(false);
  const head = useRef<HTMLDivElement>(null);
  const lists = useMemo(
    () => listOutcomes(shown.outcomes, row.cell, row.against),
    [shown.outcomes, row.cell, row.against],
  );
  const cell = comparisonCells(shown.record.spec).find(({ id }) => id === row.cell);
  const listed = lists[row.filter];

  useEffect(() => {
    head.current?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }, []);

  if (cell === undefined) return null;
  const choose = (filter: OutcomeFilter) => store.getState().setOpenRow({ ...row, filter });
  return (
    <section className={classes.list} aria-labelledby="comparison-outcomes">
      <div ref={head} className={classes.head}>
        <h3 id="comparison-outcomes" className={classes.title}>
          {COMPARISON_STRATEGY_TITLES[cell.strategy]}, {modelName(cell.model)}
        </h3>
        <IconButton icon="close" label="Close the problems" onClick={() => store.getState().setOpenRow(null)} />
      </div>
      <div className={classes.choice}>
        <fieldset className={classes.filters} aria-label="Which problems">
          {filtersOf(row).map(([filter, label]) => (
            <button key={filter} type="button" aria-pressed={row.filter === filter} onClick={() => choose(filter)}>
              {label} <span className="numbers">{lists[filter].length}</span>
            </button>
          ))}
        </fieldset>
        <AgainstChoice shown={shown} row={row} />
      </div>
      <Outcomes shown={shown} listed={isAll ? listed : listed.slice(0, MOST_LISTED)} other={otherName(shown, row)} />
      {listed.length === 0 && <p className={classes.none}>No such problem.</p>}
      {!isAll && listed.length > MOST_LISTED && (
        <p>
          <TextButton onClick={() => setAll(true)}>Show all {formatCount(listed.length)}</TextButton>
        </p>
      )}
    </section>
  );
}

function filtersOf({ against }: OpenRow): readonly (readonly [OutcomeFilter, string])[] {
  const own = [
    ["all", "All"],
    ["solved", "Solved"],
    ["unsolved", "Not solved"],
    ["errors", "Errors"],
  ] as const;
  return against === null ? own : [...own, ["gained", "Solved only here"], ["lost", "Solved only there"]];
}

/** What the row that is compared with is called in a column: by what sets it apart. */
function otherName({ record }: ShownComparison, { cell, against }: OpenRow): string | null {
  const cells = comparisonCells(record.spec);
  const other = cells.find(({ id }) => id === against);
  if (other === undefined) return null;
  const isSameModel = cells.find(({ id }) => id === cell)?.model === other.model;
  return isSameModel ? COMPARISON_STRATEGY_TITLES[other.strategy] : modelName(other.model);
}

/** The row to compare with, problem by problem. */
function AgainstChoice({ shown, row }: { readonly shown: ShownComparison; readonly row: OpenRow }) {
  const store = useComparisonStore();
  const { spec } = shown.record;
  const others = comparisonCells(spec).filter(({ id }) => id !== row.cell);
  if (others.length === 0) return null;
  return (
    <div className={classes.against}>
      <span>compared with</span>
      <NativeSelect
        aria-label="The row to compare with"
        size="xs"
        value={row.against ?? ""}
        onChange={(event) => {
          const against = event.currentTarget.value === "" ? null : event.currentTarget.value;
          const isPaired = row.filter === "gained" || row.filter === "lost";
          store.getState().setOpenRow({ ...row, against, filter: against === null && isPaired ? "all" : row.filter });
        }}
        data={[
          { value: "", label: "no other row" },
          ...others.map(({ id, strategy, model }) => ({
            value: id,
            label: COMPARISON_STRATEGY_TITLES[strategy] + (spec.models.length > 1 ? `, ${modelName(model)}` : ""),
          })),
        ]}
      />
    </div>
  );
}

interface OutcomesProps {
  readonly shown: ShownComparison;
  readonly listed: readonly ListedOutcome[];
  /** The row that is compared with; null for none. */
  readonly other: string | null;
}

function Outcomes({ shown, listed, other: otherRow }: OutcomesProps) {
  if (listed.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no pointer scrolls a wide table with the keys
    <section className={classes.frame} aria-label="Runs" tabIndex={0}>
      <table className={`${classes.table} numbers`}>
        <thead>
          <tr>
            <th scope="col">Problem</th>
            <th scope="col">Result</th>
            {otherRow !== null && <th scope="col">{otherRow}</th>}
            <th scope="col">Tokens</th>
            <th scope="col">Simulations</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ outcome, other }) => (
            <tr key={outcome.id}>
              <th scope="row">
                <ProblemButton shown={shown} outcome={outcome} />
                {outcome.message !== null && <p className={classes.message}>{outcome.message}</p>}
              </th>
              <Result outcome={outcome} />
              {otherRow !== null && (other === null ? <td>not yet</td> : <Result outcome={other} />)}
              <td>{formatCount(outcome.tokens)}</td>
              <td>{formatCount(outcome.simulations)}</td>
              <td>{formatDuration(outcome.wallMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Result({ outcome: { solved, ended } }: { readonly outcome: ComparisonOutcome }) {
  const tone = ended === "error" ? "bad" : solved ? "good" : "plain";
  return (
    <td className={classes.result} data-tone={tone}>
      {ended === "error" ? "error" : solved ? "solved" : "not solved"}
    </td>
  );
}

/** Opens the run in the explorer; the browser's way back leads here again. */
function ProblemButton({ shown, outcome }: { readonly shown: ShownComparison; readonly outcome: ComparisonOutcome }) {
  const store = useLabStore();
  const comparison = useComparisonStore();
  const title = problemTitle(outcome.id, shown.problems.titles);
  if (outcome.nodes === 0) return <span>{title}</span>;
  const open = async () => {
    const { openCompared } = store.getState();
    if (!(await openCompared(comparison.getState().runFile(outcome.cell, outcome.id)))) return;
    const { spec, run } = store.getState();
    location.hash = explorerHash(spec, run.getState());
  };
  return <TextButton onClick={() => void open()}>{title}</TextButton>;
}
