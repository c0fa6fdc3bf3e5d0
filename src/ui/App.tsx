import classes from "./App.module.css";
import { Dialogs } from "./frame/Dialogs";
import { Header } from "./frame/Header";
import { NoticeBar } from "./frame/NoticeBar";
import { PaneTabs } from "./frame/PaneTabs";
import { InspectorPane } from "./inspector/InspectorPane";
import { useLab } from "./lab-context";
import { RunBar } from "./setup/RunBar";
import { SetupPane } from "./setup/SetupPane";
import { TreePane } from "./tree/TreePane";

/** The one screen: what to solve and how, the tree, the selected node. */
export function App() {
  const pane = useLab((state) => state.pane);
  return (
    <div className={classes.screen} data-pane={pane}>
      <Header />
      <NoticeBar />
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
      <Dialogs />
    </div>
  );
}
