import { type RefObject, useEffect, useRef } from "react";
import { TreeView } from "../../viz/tree-view";
import { useRunView } from "../lab-context";
import { sceneOf } from "./scene-of";
import classes from "./TreeCanvas.module.css";

interface TreeCanvasProps {
  /** Receives the drawing, for the buttons that zoom it. */
  readonly view: RefObject<TreeView | null>;
}

/** The element the tree is drawn in. Renders once: the drawing follows the run by itself. */
export function TreeCanvas({ view }: TreeCanvasProps) {
  const run = useRunView();
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (element.current === null) return;
    const tree = new TreeView(element.current, { selected: (id) => run.getState().select(id) });
    view.current = tree;
    tree.update(sceneOf(run.getState()));
    const unsubscribe = run.subscribe((shown, before) => {
      if (shown.state === before.state && shown.selected === before.selected && shown.runId === before.runId) return;
      tree.update(sceneOf(shown));
    });
    return () => {
      unsubscribe();
      tree.destroy();
      view.current = null;
    };
  }, [run, view]);

  return (
    <div
      ref={element}
      className={classes.canvas}
      role="tree"
      aria-label="Search tree"
      tabIndex={0}
      data-testid="tree"
    />
  );
}
