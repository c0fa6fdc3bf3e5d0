import classes from "./PaneTabs.module.css";

interface PaneTabsProps<P extends string> {
  /** Names and labels, in their order. */
  readonly panes: readonly (readonly [name: P, label: string])[];
  readonly shown: P;
  readonly onShow: (pane: P) => void;
}

/** Narrow screens, in the grid's area `tabs`: which pane is shown. */
export function PaneTabs<P extends string>({ panes, shown, onShow }: PaneTabsProps<P>) {
  return (
    <nav className={classes.tabs} aria-label="Panes">
      {panes.map(([name, label]) => (
        <button key={name} type="button" aria-pressed={shown === name} onClick={() => onShow(name)}>
          {label}
        </button>
      ))}
    </nav>
  );
}
