import { lazy, Suspense, useEffect, useState } from "react";
import type { DialogName, Pane } from "../store/view-slice";
import classes from "./App.module.css";
import { RunContext, useLab } from "./contexts";
import { Header } from "./frame/Header";
import { NoticeBar } from "./frame/NoticeBar";
import { PaneTabs } from "./frame/PaneTabs";
import { InspectorPane } from "./inspector/InspectorPane";
import { RunBar } from "./setup/RunBar";
import { SetupPane } from "./setup/SetupPane";
import { TreePane } from "./tree/TreePane";

const ComparisonScreen = lazy(() =>
  import("./compare/ComparisonScreen").then((module) => ({ default: module.ComparisonScreen })),
);
const TrainScreen = lazy(() => import("./train/TrainScreen").then((module) => ({ default: module.TrainScreen })));

/** The screen: one run in the explorer, comparisons of many, or what models learn. */
export function App() {
  const view = useLab((state) => state.view);
  const run = useLab((state) => state.run);
  const pane = useLab((state) => state.pane);
  return (
    <RunContext value={run}>
      <div className={classes.screen} data-view={view} data-pane={pane}>
        <Header />
        <NoticeBar />
        {view === "explorer" ? <Explorer /> : <Suspense>{SCREENS[view]}</Suspense>}
        <Dialogs />
      </div>
    </RunContext>
  );
}

const SCREENS = { comparison: <ComparisonScreen />, train: <TrainScreen /> } as const;

const PANES: readonly (readonly [Pane, string])[] = [
  ["setup", "Problem"],
  ["tree", "Tree"],
  ["inspector", "Step"],
];

/** What to solve and how, the tree, the selected node. */
function Explorer() {
  const pane = useLab((state) => state.pane);
  const showPane = useLab((state) => state.showPane);
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
      <PaneTabs panes={PANES} shown={pane} onShow={showPane} />
    </>
  );
}

// Each comes when it is first opened: the first picture of the page needs none of them.
const ModelDialog = lazy(() => import("./models/ModelDialog").then((module) => ({ default: module.ModelDialog })));
const ProblemsDialog = lazy(() =>
  import("./problems/ProblemsDialog").then((module) => ({ default: module.ProblemsDialog })),
);

/** The dialogs that lie over the screen; one that was opened once stays mounted, so that it keeps what was typed into it. */
function Dialogs() {
  const dialog = useLab((state) => state.dialog);
  const [opened, setOpened] = useState<ReadonlySet<DialogName>>(new Set());
  useEffect(() => {
    if (dialog !== null) setOpened((before) => new Set(before).add(dialog));
  }, [dialog]);
  return (
    <Suspense>
      {opened.has("model") && <ModelDialog />}
      {opened.has("problems") && <ProblemsDialog />}
    </Suspense>
  );
}
