import { useMemo } from "react";
import type { TreeNode } from "../../core/run/tree";
import { useRun } from "../contexts";
import classes from "./InspectorPane.module.css";
import { promptOf } from "./prompt-of";

/** A prompt in full: a text, or the messages of a conversation. */
export function PromptText({ node }: { readonly node: TreeNode }) {
  const state = useRun((run) => run.state);
  const prompt = useMemo(() => promptOf(state, node), [state, node]);
  if (prompt === null) return null;
  if (typeof prompt === "string") return <pre>{prompt}</pre>;
  // Two turns may say the same: their places tell them apart.
  const turns = prompt.map((message, place) => ({ ...message, place }));
  return (
    <ol className={classes.messages}>
      {turns.map(({ role, content, place }) => (
        <li key={place}>
          <span className="quiet">{role}</span>
          <pre>{content}</pre>
        </li>
      ))}
    </ol>
  );
}
