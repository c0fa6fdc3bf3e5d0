import { useEffect, useState } from "react";
import { ComparisonContext, useComparison, useComparisonStore, useLab } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { PaneTabs } from "../frame/PaneTabs";
import classes from "./ComparisonScreen.module.css";
import { ComparisonSetup } from "./ComparisonSetup";
import { ComparisonView } from "./ComparisonView";

/** Comparisons of models and strategies: setting one up, and the table of the one that is shown. */
export function ComparisonScreen() {
  const comparison = useLab((state) => state.comparison);
  if (comparison === null) return null;
  return (
    <ComparisonContext value={comparison}>
      <ErrorBoundary what="comparison">
        <Panes />
      </ErrorBoundary>
    </ComparisonContext>
  );
}

type ComparisonPane = "setup" | "table";

const PANES: readonly (readonly [ComparisonPane, string])[] = [
  ["setup", "Set up"],
  ["table", "Table"],
];

function Panes() {
  const store = useComparisonStore();
  const running = useComparison((state) => state.run?.comparison ?? null);
  const [pane, setPane] = useState<ComparisonPane>(() => (store.getState().shown === null ? "setup" : "table"));

  useEffect(() => {
    if (store.getState().records !== null) return;
    void store
      .getState()
      .load()
      .then(() => {
        if (store.getState().shown !== null) setPane("table");
      });
  }, [store]);
  useEffect(() => {
    if (running !== null) setPane("table");
  }, [running]);

  return (
    <div className={classes.screen} data-pane={pane}>
      <aside className={classes.setup} aria-label="Set up a comparison">
        <ComparisonSetup onShow={() => setPane("table")} />
      </aside>
      <main className={classes.main} aria-label="Comparison">
        <ComparisonView />
      </main>
      <PaneTabs panes={PANES} shown={pane} onShow={setPane} />
    </div>
  );
}
