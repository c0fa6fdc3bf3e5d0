import { qValue, type TreeNode } from "../../core/run/tree";
import { priorOf } from "../../core/search/prior";
import { useRun } from "../lab-context";
import { formatValue } from "../shared/format";
import classes from "./NodeFigures.module.css";

/** Symbol, value, and what it means. */
type Figure = readonly [string, string, string];

/** The node's statistics, and how the step was drawn. */
export function NodeFigures({ node }: { readonly node: TreeNode }) {
  const prior = useRun(({ state }) => (node.id < state.nodes.length ? priorOf(state, node) : 0));
  const statistics: readonly Figure[] = [
    ["N", String(node.visitCount), "Visits: simulations that went through this node"],
    ["W", formatValue(node.valueSum), "Sum of the values they brought back"],
    ["Q", formatValue(qValue(node)), "Value: W / N, from 0 to 1"],
  ];
  const draw: readonly Figure[] = [
    ["P", formatValue(prior), "Prior: how likely the policy finds this step among its siblings"],
    ["log p", node.logProb.toFixed(2), "Log-probability of the step's tokens"],
    ["drawn", `${node.count}×`, "How often this very step was drawn here"],
    ["tokens", String(node.tokens), "Sampled tokens of the step"],
    ...(node.score === undefined ? [] : [["score", formatValue(node.score), "The step scorer's estimate"] as const]),
  ];
  const figures = node.step === null ? statistics : [...statistics, ...draw];
  return (
    <dl className={`${classes.figures} numbers`}>
      {figures.map(([name, value, meaning]) => (
        <div key={name} title={meaning}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
