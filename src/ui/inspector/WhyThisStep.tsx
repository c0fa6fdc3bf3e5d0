import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import type { SelectionRule } from "../../core/config";
import { nodeAt, type RunState, type TreeNode } from "../../core/run/tree";
import { type ExplainedChoice, explainChoice, lastChoice, type Standing } from "../../core/search/choice";
import { shortLabel } from "../../viz/labels";
import { useRun } from "../contexts";
import { formatValue } from "../shared/format";
import classes from "./WhyThisStep.module.css";

/** Siblings that are shown before one asks for all. */
const FEW = 6;

/** Nodes above which the moment has to stand still for so many milliseconds. */
const [LARGE, REST_MS] = [2000, 200];

/** Why the newest simulation that chose among a step and its siblings went where it went: what the formula made of each. */
export function WhyThisStep({ node }: { readonly node: TreeNode }) {
  const log = useRun((run) => run.log);
  // What a large tree was like takes a moment to find out: not while it changes.
  const rest = useRun((run) => (run.state.nodes.length > LARGE ? REST_MS : 0));
  const [position] = useDebouncedValue(
    useRun((run) => run.position),
    rest,
  );
  const [showsAll, setShowsAll] = useState(false);
  const explained = useMemo(() => {
    const logged = node.parent === null ? null : lastChoice(log.events, position, node.parent);
    const before = logged && log.stateAt(logged.position);
    const choice = before && explainChoice(logged, before);
    return choice && { choice, before };
  }, [log, position, node.parent]);
  if (explained === null) return null;
  const { choice, before } = explained;
  const ranked = choice.standings.toSorted(
    (a, b) => Number(b.isEligible) - Number(a.isEligible) || b.total - a.total || a.id - b.id,
  );
  const shown = showsAll
    ? ranked
    : ranked.filter(({ id }, rank) => rank < FEW || id === node.id || id === choice.chosen);
  return (
    <section aria-label="Why this step">
      <h3 className={classes.title}>Why this step</h3>
      <Verdict choice={choice} before={before} node={node} />
      <Standings choice={choice} before={before} standings={shown} node={node} />
      {shown.length < ranked.length && (
        <button type="button" className={classes.more} onClick={() => setShowsAll(true)}>
          {ranked.length - shown.length} more
        </button>
      )}
      <Formula choice={choice} node={node} />
    </section>
  );
}

interface ChoiceProps {
  readonly choice: ExplainedChoice;
  /** The run as it was then: the moment that is shown may be an earlier one by now. */
  readonly before: RunState;
  /** The step that is looked at. */
  readonly node: TreeNode;
}

/** In words: which simulation, and what decided. */
function Verdict({ choice, before, node }: ChoiceProps) {
  const eligible = choice.standings.filter(({ isEligible }) => isEligible).length;
  const what = choice.chosen === node.id ? "here" : `to ${nameOf(nodeAt(before, choice.chosen))}`;
  return (
    <p className={classes.verdict}>
      Simulation {choice.simulation + 1} went {what}: {reasonOf(choice, eligible)}.
    </p>
  );
}

function reasonOf({ among, ties }: ExplainedChoice, eligible: number): string {
  if (eligible === 1) return among === "unvisited" ? "the only new step" : "nowhere else was anything to do";
  const of = among === "unvisited" ? "new steps" : among === "judged" ? "programs that are judged" : "steps";
  return ties.length > 1
    ? `chance chose between ${ties.length} ${of} of the same total`
    : `the largest total of ${eligible} ${of}`;
}

/** A step in few words, as its mark in the tree says it. */
function nameOf(node: TreeNode): string {
  const label = shortLabel(node);
  return node.step?.kind === "code" ? `a program, ${label}` : label || (node.step?.kind ?? "");
}

function Standings({ choice, before, standings, node }: ChoiceProps & { readonly standings: readonly Standing[] }) {
  const select = useRun((run) => run.select);
  const hasPrior = choice.rule === "puct";
  return (
    <table className={`${classes.table} numbers`} aria-label="Siblings">
      <thead>
        <tr>
          <th scope="col">Sibling</th>
          <th scope="col">N</th>
          <th scope="col">Q</th>
          {hasPrior && <th scope="col">P</th>}
          <th scope="col" title="What the formula adds to Q">
            + U
          </th>
          <th scope="col">Total</th>
        </tr>
      </thead>
      <tbody>
        {standings.map(({ id, visitCount, q, prior, exploration, total, isEligible }) => (
          <tr
            key={id}
            className={isEligible ? "" : classes.out}
            title={isEligible ? undefined : "Not to be chosen: nothing new can come of it, or others are at work there"}
            {...(id === choice.chosen ? { "data-chosen": true } : {})}
          >
            <th scope="row">
              <button
                type="button"
                onClick={() => select(id)}
                {...(id === node.id ? { "aria-current": "true" as const } : {})}
                {...(id === choice.chosen ? { "aria-description": "chosen" } : {})}
              >
                {nameOf(nodeAt(before, id))}
              </button>
            </th>
            <td>{visitCount}</td>
            <td>{formatValue(q)}</td>
            {hasPrior && <td>{formatValue(prior)}</td>}
            <td>{number(exploration)}</td>
            <td>{number(total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The formula in force, with its source. */
const FORMULAS: Readonly<Record<SelectionRule, { readonly text: string; readonly source: string }>> = {
  uct: { text: "Q + c √(ln N₀ / N)", source: "UCT: UCB1 applied to trees (Kocsis and Szepesvári 2006)" },
  puct: { text: "Q + c P √N₀ / (1 + N)", source: "PUCT (AlphaZero; Silver et al. 2018)" },
};

/** The formula, and the same with the numbers of the selected step put in. N₀ are the visits of the node they all follow. */
function Formula({ choice, node }: Omit<ChoiceProps, "before">) {
  const { rule, c, parentVisits, standings } = choice;
  const own = standings.find(({ id }) => id === node.id);
  const { text, source } = FORMULAS[rule];
  if (own === undefined) return null;
  const { q = 0, visitCount, prior, total } = own;
  const numbers =
    rule === "uct"
      ? `${number(q)} + ${number(c)} √(ln ${parentVisits} / ${visitCount})`
      : `${number(q)} + ${number(c)} · ${number(prior)} · √${parentVisits} / (1 + ${visitCount})`;
  return (
    <p className={`${classes.formula} numbers`} title={`${source}. N₀: visits of the step they all follow`}>
      {text}
      <br />= {numbers} = <strong>{number(total)}</strong>
    </p>
  );
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : "∞";
}
