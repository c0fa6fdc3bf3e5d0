import type { RunViewState } from "../../store/run/run-view";
import { useRun } from "../lab-context";
import classes from "./EmptyTree.module.css";

/** What stands in the middle while there is no tree. */
export function EmptyTree() {
  const words = useRun(wordsFor);
  return (
    <div className={classes.empty}>
      <svg width="150" height="84" viewBox="0 0 150 84" aria-hidden="true" focusable="false">
        <path d="M10 42C45 42 40 18 72 18M10 42C45 42 40 66 72 66M72 18C106 18 102 6 138 6M72 18C106 18 102 30 138 30M72 66C106 66 102 54 138 54M72 66C106 66 102 78 138 78" />
      </svg>
      <p>{words}</p>
    </div>
  );
}

function wordsFor({ status, preparation, length, position, state }: RunViewState): string {
  if (status === "preparing") return `${preparation?.message ?? "Starting"}…`;
  if (status === "failed") return "There is no tree to show.";
  if (length === 0) return "Press Run, and the tree grows here.";
  if (position < length || status === "ended") return "Here the run begins.";
  return (state.config?.numGeneratedTests ?? 0) > 0 ? "The model writes tests…" : "The model thinks…";
}
