import { Button } from "@mantine/core";
import { type MouseEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { SearchConfig } from "../../core/config";
import type { Preparation } from "../../ports/experiment-runner";
import { isSameExperiment } from "../../store/address";
import { isForeign, type RunStatus } from "../../store/run/run-view";
import { useLab, useLabStore, useRun, useRunView } from "../contexts";
import { focusModelFault, type ModelState, modelState } from "../models/model-words";
import { formatBytes, formatCount, formatDuration, formatShare, formatWait } from "../shared/format";
import { Icon } from "../shared/Icon";
import { badNumberField, focusField } from "../shared/NumberField";
import { ProgressTrack } from "../shared/ProgressTrack";
import { environmentNote, qualifiedVerdict, reusedShare } from "../shared/words";
import classes from "./RunBar.module.css";

/** Milliseconds: Stop takes the place and the focus of Run, and must not take the second of two clicks or keystrokes. */
const SECOND_PRESS_MS = 600;

/** Run, pause, resume, stop, and how far it is. */
export function RunBar() {
  const status = useRun((run) => run.status);
  const [note] = useState(() => environmentNote({ isolated: crossOriginIsolated, webgpu: "gpu" in navigator }));
  return (
    <section className={classes.bar} aria-label="Run">
      <div className={classes.buttons}>
        <Buttons status={status} />
      </div>
      <Progress />
      {note !== null && <p className={classes.note}>{note}</p>}
    </section>
  );
}

/** What Run is called. Another try does not mend what is wrong with a model. */
function runWords(status: RunStatus, readiness: ModelState["kind"]): string {
  if (status === "failed" && readiness !== "fault") return "Try again";
  return readiness === "download" ? "Download and run" : "Run";
}

function Buttons({ status }: { readonly status: RunStatus }) {
  const store = useLabStore();
  const { pause, resume, stop } = useRunView().getState();
  // By the events' own times: a late handler makes no second press of a first, and no first of a second.
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  const readiness = useLab((state) => modelState(state.spec.model, state, state.problem)?.kind ?? "ready");

  const run = async (pressed: number) => {
    const { isDrafting, commitDraft, start, showPane, notify } = store.getState();
    const bad = badNumberField();
    if (bad !== null) {
      notify({
        tone: "error",
        message: `${bad.label} has a value that is not allowed.`,
        hint: "Correct it, then run.",
      });
      // A field of a pane that is not shown cannot take the focus.
      flushSync(() => showPane("setup"));
      focusField(bad.input);
      return;
    }
    if (isDrafting && !(await commitDraft()).ok) {
      notify({
        tone: "error",
        message: "Your problem is not complete yet.",
        hint: "What is missing stands below the fields.",
      });
      showPane("setup");
      return;
    }
    const { spec, problem, awaited } = store.getState();
    if (awaited !== null) return start();
    const model = modelState(spec.model, store.getState(), problem);
    if (model?.kind === "fault") {
      // What is wrong stands there already.
      flushSync(() => showPane("setup"));
      focusModelFault();
      return;
    }
    showPane("tree");
    pressedAt.current = pressed;
    start();
  };

  if (status === "running" || status === "paused") {
    const paused = status === "paused";
    return (
      <>
        <Button
          fullWidth
          variant="light"
          leftSection={<Icon name={paused ? "play" : "pause"} />}
          onClick={paused ? resume : pause}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
        <Button className={classes.stop ?? ""} variant="default" leftSection={<Icon name="stop" />} onClick={stop}>
          Stop
        </Button>
      </>
    );
  }
  if (status === "preparing") {
    const giveUp = ({ detail, timeStamp }: MouseEvent) => {
      const isSingleClick = detail === 1;
      if (isSingleClick || timeStamp - pressedAt.current >= SECOND_PRESS_MS) stop();
    };
    return (
      <Button fullWidth variant="default" leftSection={<Icon name="stop" />} onClick={giveUp}>
        Stop
      </Button>
    );
  }
  return (
    <Button fullWidth leftSection={<Icon name="play" />} onClick={({ timeStamp }) => void run(timeStamp)}>
      {runWords(status, readiness)}
    </Button>
  );
}

const REUSED_HINT =
  "Share of the prompt tokens that did not have to be prefilled again: steps of one path share their beginning.";

/** Simulations, tokens and time at the shown snapshot; and how it went. */
function Progress() {
  const simulations = useRun((run) => run.state.simulations);
  const budget = useBudget();
  const tokens = useRun((run) => run.state.tokens.sampled);
  const reused = useRun((run) => reusedShare(run.state.tokens));
  const elapsed = useRun((run) => run.elapsedMs);
  const preparation = useRun((run) => (run.status === "preparing" ? (run.preparation?.fraction ?? null) : null));
  const isPreparing = useRun((run) => run.status === "preparing");
  const maxTokens = budget?.maxTokens ?? null;
  const simulated = budget === null ? 1 : simulations / budget.numSimulations;
  const spent = maxTokens === null ? 0 : tokens / maxTokens;
  // The budget that will be met first is the one to go by.
  const isByTokens = maxTokens !== null && spent >= simulated;
  const share = isPreparing ? preparation : Math.min(1, Math.max(simulated, spent));
  return (
    <div className={classes.progress}>
      <ProgressTrack label={isPreparing ? "Preparation" : isByTokens ? "Tokens" : "Simulations"} share={share} />
      <dl className={`${classes.figures} numbers`}>
        <Figure
          label="simulations"
          value={isByTokens || budget === null ? `${simulations}` : `${simulations} / ${budget.numSimulations}`}
        />
        <Figure
          label="tokens"
          value={isByTokens ? `${formatCount(tokens)} / ${formatCount(maxTokens)}` : formatCount(tokens)}
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

/** The budget of the shown run, or else of the experiment that is set up; null where it is not known: another system made the run. */
function useBudget(): SearchConfig["budget"] | null {
  const planned = useLab((state) => state.spec.config.budget);
  const isUnknown = useRun(isForeign);
  return useRun((run) => run.state.config?.budget) ?? (isUnknown ? null : planned);
}

/** Whether the shown run is over and not of the experiment that is set up now. */
function useIsPast(): boolean {
  const spec = useLab((state) => state.spec);
  return useRun(({ status, runSpec }) => status === "ended" && (runSpec === null || !isSameExperiment(spec, runSpec)));
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
