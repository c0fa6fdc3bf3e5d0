import { ErrorBoundary } from "../frame/ErrorBoundary";
import { useLab } from "../lab-context";
import { CustomEditor } from "./CustomEditor";
import { ProblemCard } from "./ProblemCard";
import { ProblemPicker } from "./ProblemPicker";
import { SearchSettings } from "./SearchSettings";
import classes from "./SetupPane.module.css";

/** What to solve, and how to search for it. */
export function SetupPane() {
  const isDrafting = useLab((state) => state.isDrafting);
  return (
    <ErrorBoundary what="settings">
      <section className={classes.section} aria-labelledby="problem-title">
        <h2 id="problem-title" className={classes.title}>
          Problem
        </h2>
        {isDrafting ? (
          <CustomEditor />
        ) : (
          <>
            <ProblemPicker />
            <ProblemCard />
          </>
        )}
      </section>
      <section className={classes.section} aria-labelledby="search-title">
        <h2 id="search-title" className={classes.title}>
          Search
        </h2>
        <SearchSettings />
      </section>
    </ErrorBoundary>
  );
}
