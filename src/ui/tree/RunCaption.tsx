import { COMPARISON_HASH, isSameExperiment } from "../../store/address";
import type { RunOrigin } from "../../store/run/run-view";
import { useLab, useRun } from "../lab-context";
import { STRATEGY_SHORT } from "../setup/search-words";
import { Icon } from "../shared/Icon";
import classes from "./RunCaption.module.css";

const ORIGIN_WORDS: Record<RunOrigin, string> = {
  live: "",
  recorded: "recorded run",
  imported: "from a file",
  compared: "from a comparison",
};

/** Which run the tree shows; it may be another than the one that is set up. */
export function RunCaption() {
  const title = useRun((run) => run.state.problem?.title);
  const spec = useRun((run) => run.runSpec);
  const origin = useRun((run) => run.origin);
  const mode = useRun((run) => run.state.mode);
  const isStale = useLab((state) => spec !== null && !isSameExperiment(state.spec, spec));
  if (spec === null || title === undefined) return <p className={classes.caption} />;
  const facts = [
    mode === "synthesis" ? "searches on the training tests" : "",
    ORIGIN_WORDS[origin],
    isStale && origin !== "compared" ? "settings changed since" : "",
  ].filter((fact) => fact !== "");
  return (
    <p className={classes.caption}>
      {origin === "compared" && (
        <a className={classes.back} href={COMPARISON_HASH} aria-label="Back to the comparison">
          <Icon name="chevron" />
          <span>Back to the comparison</span>
        </a>
      )}
      <strong title={title}>{title}</strong>
      <span className={classes.fixed}>
        {STRATEGY_SHORT[spec.config.strategy]} · seed {spec.seed}
      </span>
      {facts.length > 0 && <span title={facts.join(" · ")}>{`· ${facts.join(" · ")}`}</span>}
    </p>
  );
}
