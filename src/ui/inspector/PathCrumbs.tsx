import { pathTo, type TreeNode } from "../../core/run/tree";
import { useRun } from "../lab-context";
import classes from "./PathCrumbs.module.css";

/** The path from the root to the node; each part leads to its step. */
export function PathCrumbs({ node }: { readonly node: TreeNode }) {
  const state = useRun((run) => run.state);
  const select = useRun((run) => run.select);
  return (
    <nav aria-label="Path">
      <ol className={classes.crumbs}>
        {pathTo(state, node.id).map((id) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => select(id)}
              {...(id === node.id ? { "aria-current": "step" as const } : {})}
            >
              {state.nodes.get(id)?.step?.kind ?? "problem"}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
