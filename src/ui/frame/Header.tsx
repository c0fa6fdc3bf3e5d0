import { parseModelRef } from "../../core/model-ref";
import { useLab, useRun } from "../lab-context";
import { modelWords } from "../models/model-words";
import { CopyLink } from "./CopyLink";
import classes from "./Header.module.css";
import { HelpButton } from "./HelpButton";
import { RunFileButtons } from "./RunFileButtons";
import { ThemeButton } from "./ThemeButton";
import { ViewSwitch } from "./ViewSwitch";

/** The top line: the name, the model, and the few things that concern everything. */
export function Header() {
  const isExplorer = useLab((state) => state.view === "explorer");
  return (
    <header className={classes.header}>
      <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path className={classes.twig} d="M3 8C8 8 7 3.5 12 3.5M3 8C8 8 7 12.5 12 12.5" />
        <circle cx="3.2" cy="8" r="2.2" fill="var(--value-16)" />
        <circle cx="12.4" cy="3.5" r="2.2" fill="var(--value-32)" />
        <circle cx="12.4" cy="12.5" r="2.2" fill="var(--value-6)" />
      </svg>
      <h1 className={classes.name}>O1-CODER Lab</h1>
      <ViewSwitch />
      {isExplorer && <ModelPill />}
      <div className={classes.actions}>
        {isExplorer && <CopyLink />}
        {isExplorer && <RunFileButtons />}
        <HelpButton />
        <ThemeButton />
      </div>
    </header>
  );
}

/** The model that is set up, and what it ran on where the shown run is one of it. */
function ModelPill() {
  const chosen = useLab((state) => state.spec.model);
  const ran = useRun((run) => (run.runSpec?.model === chosen ? run.state.model : null));
  const title =
    ran === null
      ? "The model that is set up."
      : `${ran.id}: the model that answered, and what it ran on. Context: ${ran.contextLength} tokens.`;
  return (
    <span className={classes.model} title={title}>
      <span className={classes.id}>{modelWords(parseModelRef(chosen)).name}</span>
      {ran !== null && <span className={classes.backend}>{ran.backend}</span>}
    </span>
  );
}
