import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useLab } from "../lab-context";
import classes from "./InspectorPane.module.css";
import { NodeInspector } from "./NodeInspector";

/** The selected node, at the shown moment. */
export function InspectorPane() {
  const node = useLab((state) => (state.selected === null ? undefined : state.state.nodes[state.selected]));
  const isBeyond = useLab(
    (state) => state.selected !== null && state.length > 0 && state.selected >= state.state.nodes.length,
  );
  return (
    <ErrorBoundary what="inspector">
      {node === undefined ? (
        <p className={classes.empty}>
          {isBeyond
            ? "At this moment the selected step was not there yet."
            : "Select a node of the tree to look into it."}
        </p>
      ) : (
        <NodeInspector node={node} />
      )}
    </ErrorBoundary>
  );
}
