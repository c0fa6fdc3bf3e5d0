import { lazy, Suspense, useState } from "react";
import type { TreeNode } from "../../core/run/tree";
import classes from "./PromptDetails.module.css";

// The words of the chat protocol are needed by nobody before this is unfolded.
const PromptText = lazy(() => import("./PromptText").then((module) => ({ default: module.PromptText })));

/** The prompt that the model was given when it wrote the step. */
export function PromptDetails({ node }: { readonly node: TreeNode }) {
  const [isOpen, setOpen] = useState(false);
  if (node.parent === null) return null;
  return (
    <details className={classes.prompt} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Prompt</summary>
      {isOpen && (
        <Suspense>
          <PromptText node={node} />
        </Suspense>
      )}
    </details>
  );
}
