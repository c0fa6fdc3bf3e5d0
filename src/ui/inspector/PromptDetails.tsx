import { policyPrompt, vanillaPrompt } from "../../core/prompt";
import { stepsTo } from "../../core/replay";
import type { RunState, TreeNode } from "../../core/tree";
import { useLab } from "../lab-context";
import classes from "./PromptDetails.module.css";

/** The prompt that the model was given when it wrote the step. */
export function PromptDetails({ node }: { readonly node: TreeNode }) {
  const prompt = useLab((state) => promptOf(state.state, node));
  if (prompt === null) return null;
  return (
    <details className={classes.prompt}>
      <summary>Prompt</summary>
      <pre>{prompt}</pre>
    </details>
  );
}

function promptOf({ problem, config, ...state }: RunState, node: TreeNode): string | null {
  if (problem === null || node.parent === null) return null;
  if (config?.strategy === "vanilla") return vanillaPrompt(problem);
  return policyPrompt(problem, stepsTo({ problem, config, ...state }, node.parent));
}
