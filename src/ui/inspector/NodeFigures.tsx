import { qValue } from "../../core/replay";
import type { TreeNode } from "../../core/tree";
import { formatValue } from "../shared/format";
import classes from "./NodeFigures.module.css";

/** The node's statistics. */
export function NodeFigures({ node }: { readonly node: TreeNode }) {
  const drawn = node.step !== null;
  const figures: readonly (readonly [string, string, string])[] = [
    ["N", String(node.visitCount), "Visits: simulations that went through this node"],
    ["W", formatValue(node.valueSum), "Sum of the values they brought back"],
    ["Q", formatValue(qValue(node)), "Value: W / N, from 0 to 1"],
    ["P", drawn ? formatValue(node.prior) : "–", "Prior: how likely the policy finds this step among its siblings"],
    ["log p", drawn ? node.logProb.toFixed(1) : "–", "Log-probability of the step's tokens"],
    ["drawn", drawn ? `${node.count}×` : "–", "How often this very step was drawn here"],
    ["tokens", drawn ? String(node.tokens) : "–", "Sampled tokens of the step"],
    ...(node.score === undefined ? [] : [["score", formatValue(node.score), "The step scorer's estimate"] as const]),
  ];
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
