import { useEffect, useState } from "react";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useLab } from "../lab-context";
import classes from "./BenchScreen.module.css";
import { BenchSetup } from "./BenchSetup";
import { BenchView } from "./BenchView";
import { BenchContext, useBench, useBenchStore } from "./use-bench";

/** Comparisons of models and strategies: setting one up, and the table of the one that is shown. */
export function BenchScreen() {
  const bench = useLab((state) => state.bench);
  if (bench === null) return null;
  return (
    <BenchContext value={bench}>
      <ErrorBoundary what="comparison">
        <Panes />
      </ErrorBoundary>
    </BenchContext>
  );
}

type BenchPane = "setup" | "table";

function Panes() {
  const store = useBenchStore();
  const running = useBench((state) => state.run?.bench ?? null);
  const [pane, setPane] = useState<BenchPane>(() => (store.getState().shown === null ? "setup" : "table"));

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
        <BenchSetup onShow={() => setPane("table")} />
      </aside>
      <main className={classes.main} aria-label="Comparison">
        <BenchView />
      </main>
      <nav className={classes.tabs} aria-label="Panes">
        {(["setup", "table"] as const).map((name) => (
          <button key={name} type="button" aria-pressed={pane === name} onClick={() => setPane(name)}>
            {name === "setup" ? "Set up" : "Table"}
          </button>
        ))}
      </nav>
    </div>
  );
}
