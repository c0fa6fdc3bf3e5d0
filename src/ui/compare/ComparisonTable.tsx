import { Fragment } from "react";
import type { ErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import { COMPARISON_STRATEGY_TITLES } from "../../experiment/compare/spec";
import { type ComparisonRow, type ComparisonTable, PAPER_SOURCE, PAPER_TABLE_1 } from "../../experiment/compare/table";
import type { ShownComparison } from "../../store/compare/state";
import { useComparison, useComparisonStore, useLab } from "../contexts";
import { missingRoles, modelWords } from "../models/model-words";
import { useCheckpointsOf } from "../models/use-checkpoints";
import { Icon } from "../shared/Icon";
import classes from "./ComparisonTable.module.css";
import { interval, money, NO_FIGURE, percent, points, seconds, tokens } from "./comparison-words";

interface ComparisonTableProps {
  readonly shown: ShownComparison;
  readonly table: ComparisonTable;
}

/** The table as the paper's Table 1 has it: a group for each model, a row for each strategy. */
export function ComparisonTableView({ shown, table }: ComparisonTableProps) {
  const { models, price } = shown.record.spec;
  const hasPrice = price !== null;
  useCheckpointsOf(models.join("\n"));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no pointer scrolls a wide table with the keys
    <section className={classes.frame} aria-label="Results" tabIndex={0}>
      <table className={`${classes.table} numbers`} data-price={hasPrice}>
        <thead>
          <tr>
            <th scope="col">Strategy</th>
            <th scope="col">Pass@1, %</th>
            <th scope="col">ASPR, %</th>
            <th scope="col">Gain, points</th>
            <th scope="col">Tokens / problem</th>
            <th scope="col">Tokens / solved</th>
            <th scope="col">Seconds / solved</th>
            {hasPrice && <th scope="col">Cost / solved</th>}
            <th scope="col">Done</th>
          </tr>
        </thead>
        {models.map((model) => (
          <tbody key={model}>
            <ModelRows
              rows={table.rows.filter((row) => row.model === model)}
              comparison={shown.record.id}
              hasPrice={hasPrice}
            />
          </tbody>
        ))}
      </table>
    </section>
  );
}

interface ModelRowsProps {
  /** Of one model. */
  readonly rows: readonly ComparisonRow[];
  /** The comparison they belong to. */
  readonly comparison: string;
  readonly hasPrice: boolean;
}

/** A model's name and its rows. What is wrong with all of them is said once. */
function ModelRows({ rows, comparison, hasPrice }: ModelRowsProps) {
  const faults = useComparison((state) => state.faults[comparison]);
  const { name, place } = modelWords(parseModelRef(rows[0]?.model ?? "tiny"));
  const isMissing = useLab(
    ({ checkpoints }) =>
      checkpoints !== null && missingRoles(parseModelRef(rows[0]?.model ?? "tiny"), checkpoints).length > 0,
  );
  const messages = rows.map(({ id }) => faults?.[id]?.message);
  const common = rows.length > 1 && new Set(messages).size === 1 ? faults?.[rows[0]?.id ?? ""] : undefined;
  return (
    <Fragment>
      <tr className={classes.model}>
        <th scope="rowgroup">
          {name}{" "}
          <span className={classes.place}>
            {place}
            {isMissing && ", not in this browser"}
          </span>
        </th>
        <td colSpan={columnCount(hasPrice) - 1} />
      </tr>
      {common !== undefined && <FaultRow fault={common} hasPrice={hasPrice} />}
      {rows.map((row) => (
        <Row
          key={row.id}
          row={row}
          comparison={comparison}
          hasPrice={hasPrice}
          fault={common === undefined ? (faults?.[row.id] ?? null) : null}
        />
      ))}
    </Fragment>
  );
}

function FaultRow({ fault, hasPrice }: { readonly fault: ErrorData; readonly hasPrice: boolean }) {
  return (
    <tr className={classes.fault}>
      <td colSpan={columnCount(hasPrice)}>
        <p>
          {fault.message} {fault.hint}
        </p>
      </td>
    </tr>
  );
}

function columnCount(hasPrice: boolean): number {
  return hasPrice ? 9 : 8;
}

interface RowProps {
  readonly row: ComparisonRow;
  /** The comparison it belongs to. */
  readonly comparison: string;
  readonly hasPrice: boolean;
  /** Why it could not be run, or not on. */
  readonly fault: ErrorData | null;
}

function Row({ row, comparison, hasPrice, fault }: RowProps) {
  const isRunning = useComparison(({ run }) => run?.comparison === comparison && run.cell === row.id);
  const isOpen = useComparison(({ openRow }) => openRow?.cell === row.id);
  const { passAt1, aspr, gain } = row;
  return (
    <Fragment>
      <tr data-open={isOpen} data-running={isRunning}>
        <th scope="row">
          <RowButton row={row} isOpen={isOpen} />
        </th>
        {passAt1 === null ? (
          <Figure value={NO_FIGURE} />
        ) : (
          <Figure value={percent(passAt1.value)} below={interval(passAt1.ci95, percent)} strong />
        )}
        <Figure value={aspr === null ? NO_FIGURE : percent(aspr.value)} />
        {gain === null ? (
          <Gainless row={row} />
        ) : (
          <Figure value={points(gain.value)} below={interval(gain.ci95, points)} />
        )}
        <Figure value={tokens(row.tokensPerProblem)} />
        <Figure value={tokens(row.tokensPerSolved)} />
        <Figure value={seconds(row.secondsPerSolved)} />
        {hasPrice && <Figure value={money(row.costPerSolved)} />}
        <Done row={row} />
      </tr>
      {fault !== null && <FaultRow fault={fault} hasPrice={hasPrice} />}
      {row.paper !== null && (
        <tr className={classes.paper}>
          <th scope="row">The paper</th>
          <Figure value={percent(row.paper.passAt1)} />
          <Figure value={percent(row.paper.aspr)} />
          <td colSpan={columnCount(hasPrice) - 3}>
            O1-CODER, Table 1: {row.paper.model}, {row.paper.kind}, MBPP
          </td>
        </tr>
      )}
    </Fragment>
  );
}

/** In the place of a gain: why there is none. */
function Gainless({ row: { strategy, done } }: { readonly row: ComparisonRow }) {
  const hasVanilla = useComparison(({ shown }) => shown?.record.spec.strategies.includes("vanilla") ?? false);
  if (hasVanilla || strategy === "vanilla" || done === 0) return <Figure value={NO_FIGURE} />;
  return (
    <Figure
      value={NO_FIGURE}
      below="no Vanilla"
      title="A gain is over the Vanilla row of the same model: tick Vanilla."
    />
  );
}

/** Opens the problems of the row; nothing to open before the first is done. */
function RowButton({ row, isOpen }: { readonly row: ComparisonRow; readonly isOpen: boolean }) {
  const store = useComparisonStore();
  const hasVanilla = useComparison(({ shown }) => shown?.record.spec.strategies.includes("vanilla") ?? false);
  const against = hasVanilla && row.strategy !== "vanilla" ? `vanilla ${row.model}` : null;
  return (
    <button
      type="button"
      className={classes.open}
      aria-expanded={isOpen}
      disabled={row.done === 0}
      onClick={() => store.getState().setOpenRow(isOpen ? null : { cell: row.id, filter: "all", against })}
    >
      <Icon name="chevron" />
      {COMPARISON_STRATEGY_TITLES[row.strategy]}
    </button>
  );
}

interface FigureProps {
  readonly value: string;
  /** In small print below it: an interval. */
  readonly below?: string;
  readonly strong?: boolean;
  /** What it means, shown on hover. */
  readonly title?: string;
}

function Figure({ value, below, strong = false, title }: FigureProps) {
  return (
    <td title={title}>
      {strong ? <b>{value}</b> : value}
      {below !== undefined && <small>{below}</small>}
    </td>
  );
}

function Done({ row: { done, total, errors } }: { readonly row: ComparisonRow }) {
  return (
    <td className={classes.done}>
      {done} / {total}
      <small data-tone={errors > 0 ? "bad" : "plain"}>
        {errors > 0 ? `${errors} ${errors === 1 ? "error" : "errors"}` : ""}
      </small>
      <span className={classes.track} data-full={done === total} aria-hidden="true">
        <span style={{ transform: `scaleX(${total === 0 ? 0 : done / total})` }} />
      </span>
    </td>
  );
}

/** The paper's Table 1, folded away: what our table is to be read beside. */
export function PaperTable() {
  return (
    <details className={classes.paperFigures}>
      <summary>The paper's own figures (Table 1)</summary>
      <table className={`${classes.paperTable} numbers`}>
        <caption>{PAPER_SOURCE}. The paper gives no intervals.</caption>
        <thead className={classes.paperHead}>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Kind</th>
            <th scope="col">Pass@1, %</th>
            <th scope="col">ASPR, %</th>
          </tr>
        </thead>
        <tbody>
          {PAPER_TABLE_1.map(({ model, kind, passAt1, aspr }) => (
            <tr key={`${model} ${kind}`}>
              <th scope="row">{model}</th>
              <td>{kind}</td>
              <td>{percent(passAt1)}</td>
              <td>{percent(aspr)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
