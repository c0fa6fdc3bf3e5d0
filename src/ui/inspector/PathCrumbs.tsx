import { pathTo } from "../../core/run/fold";
import type { TreeNode } from "../../core/run/tree";
import { useLab } from "../lab-context";
import classes from "./PathCrumbs.module.css";

/** The path from the root to the node; each part leads to its step. */
export function PathCrumbs({ node }: { readonly node: TreeNode }) {
  const state = useLab((lab) => lab.state);
  const select = useLab((lab) => lab.select);
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
              {state.nodes[id]?.step?.kind ?? "problem"}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
