import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useRun } from "../lab-context";
import classes from "./InspectorPane.module.css";
import { NodeInspector } from "./NodeInspector";

/** The selected node at the shown moment; while it is not there yet, the newest one of the path that is looked at. */
export function InspectorPane() {
  const node = useRun(({ selected, state }) => {
    const chosen = selected === null ? undefined : state.nodes.get(selected);
    return chosen ?? state.nodes.get(state.lastPath.at(-1) ?? 0);
  });
  return (
    <ErrorBoundary what="inspector">
      {node !== undefined ? <NodeInspector node={node} /> : <p className={classes.empty}>Steps are shown here.</p>}
    </ErrorBoundary>
  );
}
