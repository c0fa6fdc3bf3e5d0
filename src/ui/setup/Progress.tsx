import type { SearchConfig } from "../../core/config";
import type { Preparation } from "../../ports/experiment-runner";
import { isSameExperiment } from "../../store/address";
import { useLab, useRun } from "../lab-context";
import { formatBytes, formatCount, formatDuration, formatShare, formatWait } from "../shared/format";
import { ProgressTrack } from "../shared/ProgressTrack";
import { reusedShare } from "../shared/reused-share";
import { qualifiedVerdict } from "../shared/verdict-words";
import classes from "./Progress.module.css";

const REUSED_HINT =
  "Share of the prompt tokens that did not have to be prefilled again: steps of one path share their beginning.";

/** Simulations, tokens and time at the shown snapshot; and how it went. */
export function Progress() {
  const simulations = useRun((run) => run.state.simulations);
  const budget = useBudget();
  const tokens = useRun((run) => run.state.tokens.sampled);
  const reused = useRun((run) => reusedShare(run.state.tokens));
  const elapsed = useRun((run) => run.elapsedMs);
  const preparation = useRun((run) => (run.status === "preparing" ? (run.preparation?.fraction ?? null) : null));
  const isPreparing = useRun((run) => run.status === "preparing");
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

/** The budget of the shown run, or else of the experiment that is set up. */
function useBudget(): SearchConfig["budget"] {
  const planned = useLab((state) => state.spec.config.budget);
  return useRun((run) => run.state.config?.budget) ?? planned;
}

/** Whether the shown run is over and not of the experiment that is set up now. */
function useIsPast(): boolean {
  const spec = useLab((state) => state.spec);
  return useRun(({ status, runSpec }) => status === "ended" && runSpec !== null && !isSameExperiment(spec, runSpec));
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
  const isPast = useIsPast();
  const text = useRun(({ status, state, failure, preparation }) => {
    if (status === "failed") return `${failure?.message ?? "The run failed."} ${failure?.hint ?? ""}`;
    if (status === "preparing") return preparationWords(preparation);
    const verdict = qualifiedVerdict(state, status);
    return isPast && verdict !== "" ? `Last run, ${state.problem?.title}: ${verdict}` : verdict;
  });
  const tone = useRun(({ status, state }) =>
    status === "failed" ? "bad" : state.hidden?.solved === true ? "good" : "plain",
  );
  return (
    <p className={classes.status} data-tone={isPast ? "past" : tone} role="status">
      {text}
    </p>
  );
}
