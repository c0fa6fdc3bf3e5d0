import { useEffect } from "react";
import { TrainContext, useLab, useTrain, useTrainStore } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { Pipeline } from "./Pipeline";
import { Shelf } from "./Shelf";
import { StagePanel } from "./StagePanel";
import classes from "./TrainScreen.module.css";

/** What models learn: the pipeline, the stage that is looked at, and what came of it all. */
export function TrainScreen() {
  const train = useLab((state) => state.train);
  if (train === null) return null;
  return (
    <TrainContext value={train}>
      <ErrorBoundary what="training">
        <Screen />
      </ErrorBoundary>
    </TrainContext>
  );
}

function Screen() {
  const store = useTrainStore();
  const isLoaded = useTrain((state) => state.isLoaded);
  const fault = useTrain((state) => state.storageFault);

  useEffect(() => {
    if (!store.getState().isLoaded) void store.getState().load();
    const refresh = () => void store.getState().refresh();
    addEventListener("focus", refresh);
    return () => removeEventListener("focus", refresh);
  }, [store]);

  return (
    <main className={classes.screen} aria-label="Training" aria-busy={!isLoaded}>
      <div className={classes.page}>
        {fault !== null && (
          <p className={classes.fault} role="alert">
            {fault.message} {fault.hint}
          </p>
        )}
        <Pipeline />
        {isLoaded && <StagePanel />}
        {isLoaded && <Shelf />}
      </div>
    </main>
  );
}
