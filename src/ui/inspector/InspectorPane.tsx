import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useLab } from "../lab-context";
import classes from "./InspectorPane.module.css";
import { NodeInspector } from "./NodeInspector";

/** The selected node, at the shown moment. */
export function InspectorPane() {
  const node = useLab((state) => (state.selected === null ? undefined : state.state.nodes[state.selected]));
  const isEmpty = useLab((state) => state.state.nodes.length === 0);
  return (
    <ErrorBoundary what="inspector">
      {node !== undefined ? (
        <NodeInspector node={node} />
      ) : (
        <p className={classes.empty}>
          {isEmpty ? "Steps are shown here." : "The selected step was not there yet at this moment."}
        </p>
      )}
    </ErrorBoundary>
  );
}
