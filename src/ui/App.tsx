import { lazy, Suspense } from "react";
import classes from "./App.module.css";
import { Dialogs } from "./frame/Dialogs";
import { Header } from "./frame/Header";
import { NoticeBar } from "./frame/NoticeBar";
import { PaneTabs } from "./frame/PaneTabs";
import { InspectorPane } from "./inspector/InspectorPane";
import { RunContext, useLab } from "./lab-context";
import { RunBar } from "./setup/RunBar";
import { SetupPane } from "./setup/SetupPane";
import { TreePane } from "./tree/TreePane";

const ComparisonScreen = lazy(() =>
  import("./compare/ComparisonScreen").then((module) => ({ default: module.ComparisonScreen })),
);

/** The screen: one run in the explorer, or comparisons of many. */
export function App() {
  const view = useLab((state) => state.view);
  const run = useLab((state) => state.run);
  const pane = useLab((state) => state.pane);
  return (
    <RunContext value={run}>
      <div className={classes.screen} data-view={view} data-pane={pane}>
        <Header />
        <NoticeBar />
        {view === "explorer" ? (
          <Explorer />
        ) : (
          <Suspense>
            <ComparisonScreen />
          </Suspense>
        )}
        <Dialogs />
      </div>
    </RunContext>
  );
}

/** What to solve and how, the tree, the selected node. */
function Explorer() {
  return (
    <>
      <div className={classes.setup}>
        <SetupPane />
      </div>
      <div className={classes.run}>
        <RunBar />
      </div>
      <main className={classes.tree} aria-label="Search tree">
        <TreePane />
      </main>
      <aside className={classes.inspector} aria-label="Inspector">
        <InspectorPane />
      </aside>
      <PaneTabs />
    </>
  );
}
