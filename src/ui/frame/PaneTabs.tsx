import type { Pane } from "../../store/view-slice";
import { useLab } from "../lab-context";
import classes from "./PaneTabs.module.css";

const PANES: readonly (readonly [Pane, string])[] = [
  ["setup", "Problem"],
  ["tree", "Tree"],
  ["inspector", "Step"],
];

/** Narrow screens: which pane is shown. */
export function PaneTabs() {
  const pane = useLab((state) => state.pane);
  const showPane = useLab((state) => state.showPane);
  return (
    <nav className={classes.tabs} aria-label="Panes">
      {PANES.map(([name, label]) => (
        <button key={name} type="button" aria-pressed={pane === name} onClick={() => showPane(name)}>
          {label}
        </button>
      ))}
    </nav>
  );
}
