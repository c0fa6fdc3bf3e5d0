import type { Reward } from "../../core/run/events";
import type { TestVerdict } from "../../core/verdict";
import { useRun } from "../lab-context";
import { formatValue } from "../shared/format";
import classes from "./RewardSplit.module.css";

interface RewardSplitProps {
  readonly reward: Reward;
  /** What the reward was counted from. */
  readonly verdicts: readonly TestVerdict[];
}

/** How the program's reward comes about. */
export function RewardSplit({ reward, verdicts }: RewardSplitProps) {
  const weight = useRun((run) => run.state.config?.compileWeight ?? 0);
  const lacksFunction = reward.compile === 0 && verdicts.some(({ verdict }) => verdict === "missing-entry-point");
  const tests = useRun(({ state }) => {
    if (state.mode === "synthesis") return "training tests";
    return state.problem?.visibleTests.length === 0 ? "generated tests" : "visible tests";
  });
  return (
    <section aria-label="Reward">
      <p className={`${classes.line} numbers`}>
        <span>Reward</span>
        <strong>{formatValue(reward.reward)}</strong>
        <span className="quiet">
          = {formatValue(weight)} · compile {formatValue(reward.compile)} + {formatValue(1 - weight)} · pass{" "}
          {formatValue(reward.pass)} ({tests})
        </span>
      </p>
      {lacksFunction && (
        <p className={`${classes.line} quiet`}>
          It parses, but without the function that is asked for it counts as not compiled.
        </p>
      )}
      <div className={classes.bar} aria-hidden="true">
        <div className={classes.compile} style={{ width: `${100 * weight * reward.compile}%` }} />
        <div className={classes.pass} style={{ width: `${100 * (1 - weight) * reward.pass}%` }} />
      </div>
    </section>
  );
}
