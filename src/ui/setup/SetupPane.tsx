import { TextInput } from "@mantine/core";
import { lazy, Suspense, useEffect } from "react";
import { parseModelRef } from "../../core/model";
import { useLab } from "../contexts";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { MODEL_FAULT_ID, modelState, modelWords } from "../models/model-words";
import { TextButton } from "../shared/buttons";
import { Icon } from "../shared/Icon";
import { ProblemCard } from "./ProblemCard";
import { SearchSettings } from "./SearchSettings";
import classes from "./SetupPane.module.css";

// Both bring much code along that the first picture of the page does not need.
const ProblemPicker = lazy(() => import("./ProblemPicker").then((module) => ({ default: module.ProblemPicker })));
const CustomEditor = lazy(() => import("./CustomEditor").then((module) => ({ default: module.CustomEditor })));

/** What to solve, and how to search for it. */
export function SetupPane() {
  const isDrafting = useLab((state) => state.isDrafting);
  const showDialog = useLab((state) => state.showDialog);
  return (
    <ErrorBoundary what="settings">
      <section className={classes.section} aria-labelledby="problem-title">
        <div className={classes.head}>
          <h2 id="problem-title" className={classes.title}>
            Problem
          </h2>
          <TextButton onClick={() => showDialog("problems")}>Add problems</TextButton>
        </div>
        {isDrafting ? (
          <Suspense>
            <CustomEditor />
          </Suspense>
        ) : (
          <>
            <Suspense fallback={<ComingPicker />}>
              <ProblemPicker />
            </Suspense>
            <ProblemCard />
          </>
        )}
      </section>
      <section className={classes.section} aria-labelledby="model-title">
        <div className={classes.head}>
          <h2 id="model-title" className={classes.title}>
            Model
          </h2>
        </div>
        <ModelLine />
      </section>
      <section className={classes.section} aria-labelledby="search-title">
        <div className={classes.head}>
          <h2 id="search-title" className={classes.title}>
            Search
          </h2>
        </div>
        <SearchSettings />
      </section>
    </ErrorBoundary>
  );
}

/** Looks like the picker, and keeps its place. */
function ComingPicker() {
  const title = useLab((state) => state.problem?.title ?? "");
  return <TextInput aria-label="Problem" value={title} readOnly />;
}

/** The model that is set up, what to know of it, and the way to another one. */
function ModelLine() {
  const model = useLab((state) => state.spec.model);
  const listing = useLab((state) => state.listing);
  // While a problem is awaited, what stands in for it says nothing of the model.
  const problem = useLab((state) => (state.awaited === null ? state.problem : null));
  const loadModels = useLab((state) => state.loadModels);
  const showDialog = useLab((state) => state.showDialog);
  const ref = parseModelRef(model);
  const { name, place } = modelWords(ref);
  const state = modelState(model, listing, problem);
  const isUnknown = ref.engine === "webllm" && listing === null;

  useEffect(() => {
    if (isUnknown) void loadModels();
  }, [isUnknown, loadModels]);

  return (
    <>
      <button type="button" className={classes.line} aria-haspopup="dialog" onClick={() => showDialog("model")}>
        <span className={classes.name}>{name}</span>
        <span className={classes.place}>{place}</span>
        <Icon name="chevron" />
      </button>
      {state !== null && (
        <p
          className={classes.state}
          data-kind={state.kind}
          {...(state.kind === "fault" ? { id: MODEL_FAULT_ID, role: "alert" } : {})}
        >
          {state.text}{" "}
          {state.kind === "fault" && <TextButton onClick={() => showDialog("model")}>Choose another model</TextButton>}
        </p>
      )}
    </>
  );
}
