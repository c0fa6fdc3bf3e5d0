import type { Preparation } from "../../ports/experiment-runner";
import type { LabState } from "../../store/lab-state";
import { isSameExperiment } from "../../store/setup/same-experiment";
import { useLab } from "../lab-context";
import { formatBytes, formatCount, formatDuration, formatShare, formatWait } from "../shared/format";
import { ProgressTrack } from "../shared/ProgressTrack";
import { reusedShare } from "../shared/reused-share";
import { qualifiedVerdict } from "../shared/verdict-words";
import classes from "./Progress.module.css";

const REUSED_HINT =
  "Share of the prompt tokens that did not have to be prefilled again: steps of one path share their beginning.";

/** Simulations, tokens and time at the shown moment; and how it went. */
export function Progress() {
  const simulations = useLab((state) => state.state.simulations);
  const budget = useLab((state) => (state.state.config ?? state.spec.config).budget);
  const tokens = useLab((state) => state.state.tokens.sampled);
  const reused = useLab((state) => reusedShare(state.state.tokens));
  const elapsed = useLab((state) => state.elapsedMs);
  const preparation = useLab((state) => (state.status === "preparing" ? (state.preparation?.fraction ?? null) : null));
  const isPreparing = useLab((state) => state.status === "preparing");
  const simulated = simulations / budget.numSimulations;
  const spent = budget.maxTokens === null ? 0 : tokens / budget.maxTokens;
  // The budget that will be met first is the one to go by.
  const isByTokens = budget.maxTokens !== null && spent >= simulated;
  const share = isPreparing ? preparation : Math.min(1, Math.max(simulated, spent));
  return (
    <div className={classes.progress}>
      <ProgressTrack label={isPreparing ? "Preparation" : isByTokens ? "Tokens" : "Simulations"} share={share} />
      <dl className={`${classes.figures} numbers`}>
        <Figure
          label="simulations"
          value={isByTokens ? `${simulations}` : `${simulations} / ${budget.numSimulations}`}
        />
        <Figure
          label="tokens"
          value={isByTokens ? `${formatCount(tokens)} / ${formatCount(budget.maxTokens)}` : formatCount(tokens)}
        />
        <Figure label="time" value={formatDuration(elapsed)} />
        <Figure label="reused" value={reused === null ? "–" : formatShare(reused)} hint={REUSED_HINT} />
      </dl>
      <StatusLine />
    </div>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
}

function Figure({ label, value, hint }: FigureProps) {
  return (
    <div {...(hint === undefined ? {} : { title: hint })}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Whether the shown run is over and not of the experiment that is set up now. */
function isPastRun({ status, runSpec, spec }: LabState): boolean {
  return status === "ended" && runSpec !== null && !isSameExperiment(spec, runSpec);
}

/** What is being prepared; of a download, how much of it is here and how long the rest takes. */
function preparationWords(preparation: Preparation | null): string {
  const message = preparation?.message ?? "Starting";
  if (preparation?.download === undefined) return `${message}…`;
  const { loadedBytes, totalBytes, secondsLeft } = preparation.download;
  const size = totalBytes === null ? "" : ` of ${formatBytes(totalBytes)}`;
  const wait = secondsLeft === null || loadedBytes === totalBytes ? "" : `, ${formatWait(secondsLeft)} left`;
  return `${message}: ${formatBytes(loadedBytes)}${size}${wait}`;
}

/** One line that is always there, so that nothing moves when it has something to say. */
function StatusLine() {
  const isPast = useLab(isPastRun);
  const text = useLab((state) => {
    if (state.status === "failed") return `${state.failure?.message ?? "The run failed."} ${state.failure?.hint ?? ""}`;
    if (state.status === "preparing") return preparationWords(state.preparation);
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
