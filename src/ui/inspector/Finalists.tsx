import type { SecondLook } from "../../core/run/events";
import type { TreeNode } from "../../core/run/tree";
import { useRun } from "../contexts";
import { formatValue } from "../shared/format";
import classes from "./Finalists.module.css";

/** What a finalist's support is. */
const SUPPORT: Readonly<Record<SecondLook, (support: number) => string>> = {
  scorer: (support) => `PRM ${formatValue(support)}`,
  differing: (support) => `${support} ${support === 1 ? "test" : "tests"}`,
  agreement: (support) => `agreement ${support}`,
};

/** The programs that the search could not tell apart, on the problem and on each of them; none where it did not look again. */
export function Finalists({ node }: { readonly node: TreeNode }) {
  const finalists = useRun((run) => run.state.finalists);
  const select = useRun((run) => run.select);
  const isOne = finalists?.all.some(({ nodeId }) => nodeId === node.id) ?? false;
  if (finalists === null || (node.step !== null && !isOne)) return null;
  return (
    <section aria-label="Finalists">
      <h3 className={classes.title}>Finalists</h3>
      <ol className={`${classes.list} numbers`}>
        {finalists.all.map(({ nodeId, support }, index) => (
          <li key={nodeId}>
            <button
              type="button"
              onClick={() => select(nodeId)}
              {...(nodeId === node.id ? { "aria-current": "true" as const } : {})}
            >
              {index === 0 ? "Answer" : `Program ${index + 1}`}
            </button>
            <span className="quiet">{SUPPORT[finalists.by](support)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
