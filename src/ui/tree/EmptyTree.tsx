import { useLab } from "../lab-context";
import classes from "./EmptyTree.module.css";

/** What stands in the middle while there is no tree. */
export function EmptyTree() {
  const status = useLab((state) => state.status);
  const message = useLab((state) => state.preparation?.message);
  const isPlayable = useLab((state) => state.length > 0);
  if (isPlayable) return null;
  return (
    <div className={classes.empty}>
      <svg width="150" height="84" viewBox="0 0 150 84" aria-hidden="true" focusable="false">
        <path d="M10 42C45 42 40 18 72 18M10 42C45 42 40 66 72 66M72 18C106 18 102 6 138 6M72 18C106 18 102 30 138 30M72 66C106 66 102 54 138 54M72 66C106 66 102 78 138 78" />
      </svg>
      <p>{status === "preparing" ? `${message ?? "Starting"}…` : "Press Run, and the tree grows here."}</p>
    </div>
  );
}
