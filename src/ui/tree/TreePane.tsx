import { useRef } from "react";
import type { TreeView } from "../../viz/tree-view";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useRun } from "../lab-context";
import { IconButton } from "../shared/IconButton";
import { EmptyTree } from "./EmptyTree";
import { Legend } from "./Legend";
import { RunCaption } from "./RunCaption";
import { Scrubber } from "./Scrubber";
import { TreeCanvas } from "./TreeCanvas";
import classes from "./TreePane.module.css";

const ZOOM_STEP = 1.4;

/** The tree with its caption, its legend and the scrubber. */
export function TreePane() {
  const view = useRef<TreeView | null>(null);
  const isEmpty = useRun((run) => run.state.nodes.length === 0);
  return (
    <ErrorBoundary what="tree">
      <div className={classes.pane}>
        <div className={classes.top}>
          <RunCaption />
          <div className={classes.zoom}>
            <IconButton icon="plus" label="Zoom in" onClick={() => view.current?.zoomBy(ZOOM_STEP)} />
            <IconButton icon="minus" label="Zoom out" onClick={() => view.current?.zoomBy(1 / ZOOM_STEP)} />
            <IconButton icon="fit" label="Fit the tree (F)" onClick={() => view.current?.fit()} />
          </div>
        </div>
        <div className={classes.canvas}>
          <TreeCanvas view={view} />
          {isEmpty && <EmptyTree />}
        </div>
        <Legend />
        <Scrubber />
      </div>
    </ErrorBoundary>
  );
}
