import type { LabState } from "../../store/lab-state";
import { isSameExperiment } from "../../store/same-experiment";
import { useLab } from "../lab-context";
import { formatCount, formatDuration } from "../shared/format";
import { qualifiedVerdict } from "../shared/verdict-words";
import classes from "./Progress.module.css";

/** Simulations, tokens and time at the shown moment; and how it went. */
export function Progress() {
  const simulations = useLab((state) => state.state.simulations);
  const budget = useLab((state) => (state.state.config ?? state.spec.config).budget.numSimulations);
  const tokens = useLab((state) => state.state.tokens.sampled);
  const elapsed = useLab((state) => state.elapsedMs);
  const preparation = useLab((state) => (state.status === "preparing" ? (state.preparation?.fraction ?? null) : null));
  const isPreparing = useLab((state) => state.status === "preparing");
  const share = isPreparing ? preparation : Math.min(1, simulations / budget);
  return (
    <div className={classes.progress}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={isPreparing ? "Preparation" : "Simulations"}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
      >
        <div className={classes.fill} data-unknown={share === null} style={{ transform: `scaleX(${share ?? 1})` }} />
      </div>
      <dl className={`${classes.figures} numbers`}>
        <Figure label="simulations" value={`${simulations} / ${budget}`} />
        <Figure label="tokens" value={formatCount(tokens)} />
        <Figure label="time" value={formatDuration(elapsed)} />
      </dl>
      <StatusLine />
    </div>
  );
}

function Figure({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Whether the shown run is over and not of the experiment that is set up now. */
function isPastRun({ status, runSpec, spec }: LabState): boolean {
  return status === "ended" && runSpec !== null && !isSameExperiment(spec, runSpec);
}

/** One line that is always there, so that nothing moves when it has something to say. */
function StatusLine() {
  const isPast = useLab(isPastRun);
  const text = useLab((state) => {
    if (state.status === "failed") return `${state.failure?.message ?? "The run failed."} ${state.failure?.hint ?? ""}`;
    if (state.status === "preparing") return `${state.preparation?.message ?? "Starting"}…`;
    const verdict = qualifiedVerdict(state.state, state.status);
    return isPastRun(state) && verdict !== "" ? `Last run, ${state.state.problem?.title}: ${verdict}` : verdict;
  });
  const tone = useLab((state) =>
    state.status === "failed" ? "bad" : state.state.hidden?.solved === true ? "good" : "plain",
  );
  return (
    <p className={classes.status} data-tone={isPast ? "past" : tone} role="status">
      {text}
    </p>
  );
}
