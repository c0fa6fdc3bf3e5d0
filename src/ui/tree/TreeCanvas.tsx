import { type RefObject, useEffect, useRef } from "react";
import { TreeView } from "../../viz/tree-view";
import { useLabStore } from "../lab-context";
import { sceneOf } from "./scene-of";
import classes from "./TreeCanvas.module.css";

interface TreeCanvasProps {
  /** Receives the drawing, for the buttons that zoom it. */
  readonly view: RefObject<TreeView | null>;
}

/** The element the tree is drawn in. Renders once: the drawing follows the store by itself. */
export function TreeCanvas({ view }: TreeCanvasProps) {
  const store = useLabStore();
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (element.current === null) return;
    const tree = new TreeView(element.current, { selected: (id) => store.getState().select(id) });
    view.current = tree;
    tree.update(sceneOf(store.getState()));
    const unsubscribe = store.subscribe((state, before) => {
      if (state.state === before.state && state.selected === before.selected && state.runId === before.runId) return;
      tree.update(sceneOf(state));
    });
    return () => {
      unsubscribe();
      tree.destroy();
      view.current = null;
    };
  }, [store, view]);

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
