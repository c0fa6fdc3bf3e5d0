import { TextInput } from "@mantine/core";
import { lazy, Suspense } from "react";
import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useLab } from "../lab-context";
import { ModelLine } from "../models/ModelLine";
import { TextButton } from "../shared/TextButton";
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
