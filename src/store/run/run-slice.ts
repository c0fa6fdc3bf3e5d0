import { type ErrorData, toErrorData } from "../../core/errors";
import type { NodeId } from "../../core/run/events";
import { initialState } from "../../core/run/fold";
import type { RunState } from "../../core/run/tree";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ExperimentRun, Preparation } from "../../ports/experiment-runner";
import { RunLog } from "../../runs/log";
import type { RunFile } from "../../runs/run-file";
import type { LabDependencies, LabState, SliceCreator } from "../lab-state";
import { isSameExperiment } from "../setup/same-experiment";
import { takeByFrame } from "./by-frame";
import { momentOf } from "./moment";
import { playLog } from "./replay-clock";
import type { ViewSlice } from "./view-slice";

/** How far a run is. `idle`: there is none. */
export type RunStatus = "idle" | "preparing" | "running" | "paused" | "ended" | "failed";

/** Where the shown run came from. */
export type RunOrigin = "live" | "recorded" | "imported" | "compared";

/** Speeds of the replay, as multiples of the run's own time. */
export const REPLAY_SPEEDS = [1, 4, 16] as const;

/** A moment of a run to go to when there is one. */
export interface Moment {
  readonly node: NodeId | null;
  /** Events, or null for all. */
  readonly event: number | null;
}

/** The run that is shown, live or not, and the moment of it that is shown. */
export interface RunSlice {
  /** Another number means another run. */
  readonly runId: number;
  /** What the shown run did; null while there is none. */
  readonly runSpec: ExperimentSpec | null;
  readonly origin: RunOrigin;
  readonly status: RunStatus;
  readonly preparation: Preparation | null;
  readonly failure: ErrorData | null;
  readonly log: RunLog;
  /** Events of the log, which itself keeps its identity. */
  readonly length: number;
  /** Events that are shown, at most `length`. */
  readonly position: number;
  /** The state after `position` events. */
  readonly state: RunState;
  /** Milliseconds into the run at `position`. */
  readonly elapsedMs: number;
  readonly isPlaying: boolean;
  readonly speed: number;
  /** The moment a link asked for in a run that was not done here yet. */
  readonly expected: { readonly spec: ExperimentSpec; readonly moment: Moment } | null;
  /**
   * Starts the experiment as it is set up; a run under way is stopped. If it ends before its first event, what was shown
   * before is shown again. While a problem is awaited, says so instead.
   */
  start(): void;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Shows a finished run. */
  show(file: RunFile, origin: RunOrigin, moment?: Moment): void;
  /** Takes the shown run away. When what is set up now has been run, `moment` will be shown. */
  clear(moment: Moment): void;
  seek(position: number): void;
  /** Goes to the end of the next (`1`) or previous (`-1`) simulation. */
  step(direction: 1 | -1): void;
  togglePlaying(): void;
  setSpeed(speed: number): void;
}

const NO_MOMENT: Moment = { node: null, event: null };

export const createRunSlice: SliceCreator<RunSlice> = (set, get, dependencies) => ({
  runId: 0,
  runSpec: null,
  origin: "recorded",
  status: "idle",
  ...blank(new RunLog()),
  expected: null,
  speed: REPLAY_SPEEDS[1],
  ...liveActions(set, get, dependencies),
  ...replayActions(set, get, dependencies),
});

type Set = Parameters<SliceCreator<RunSlice>>[0];
type Get = () => LabState;

function liveActions(set: Set, get: Get, { runner, nextFrame }: LabDependencies) {
  let current: ExperimentRun | null = null;

  let before: Partial<RunSlice & ViewSlice> = {};

  const begin = (spec: ExperimentSpec, origin: RunOrigin, status: RunStatus, log: RunLog): number => {
    current?.stop();
    current = null;
    const runId = get().runId + 1;
    set({ ...blank(log), runId, runSpec: spec, origin, status, selected: 0, selectionIsChosen: false });
    return runId;
  };

  const follow = async (run: ExperimentRun, runId: number, moment: Moment) => {
    const isCurrent = () => get().runId === runId;
    try {
      await takeByFrame(run.events, nextFrame, (events) => {
        if (!isCurrent()) return;
        get().log.append(events);
        set(grown(get()));
      });
      if (!isCurrent()) return;
      if (get().length === 0) set({ ...before, runId: runId + 1 });
      else {
        set({ status: "ended", preparation: null });
        settle(get(), moment);
      }
    } catch (error) {
      run.stop();
      if (isCurrent()) set({ status: "failed", preparation: null, failure: toErrorData(error) });
    }
    if (current === run) current = null;
  };

  return {
    start: () => {
      const { spec, expected, awaited, dismissNotice, notify } = get();
      if (awaited !== null) return notify({ tone: "error", ...missing(awaited), opens: "problems" });
      dismissNotice();
      if (get().status !== "preparing") before = shownIn(get());
      const moment = expected !== null && isSameExperiment(expected.spec, spec) ? expected.moment : NO_MOMENT;
      const runId = begin(spec, "live", "preparing", new RunLog());
      const run = runner.run(spec, (preparation) => {
        if (get().runId === runId && get().status === "preparing") set({ preparation });
      });
      current = run;
      void follow(run, runId, moment);
    },
    pause: () => {
      if (get().status !== "running") return;
      current?.pause();
      set({ status: "paused" });
    },
    resume: () => {
      if (get().status !== "paused") return;
      current?.resume();
      set({ status: "running" });
    },
    stop: () => current?.stop(),
    show: ({ spec, events }: RunFile, origin: RunOrigin, moment: Moment = NO_MOMENT) => {
      const log = new RunLog(events);
      begin(spec, origin, "ended", log);
      set({ length: log.length, ...momentOf(log, log.length) });
      settle(get(), moment);
    },
    clear: (moment: Moment) => {
      const { spec } = get();
      begin(spec, "live", "idle", new RunLog());
      set({ runSpec: null, expected: { spec, moment } });
    },
  };
}

function replayActions(set: Set, get: Get, { nextFrame }: LabDependencies) {
  const seek = (position: number) => set({ isPlaying: false, ...momentOf(get().log, position) });
  return {
    seek,
    step: (direction: 1 | -1) => seek(get().log.simulationBoundary(get().position, direction)),
    togglePlaying: () => {
      const { isPlaying, log, position, length } = get();
      if (isPlaying) return set({ isPlaying: false });
      if (position === length) set(momentOf(log, 0));
      set({ isPlaying: true });
      playLog({ set, get, nextFrame });
    },
    setSpeed: (speed: number) => set({ speed }),
  };
}

/** After new events: the shown moment moves along if it was the newest. */
function grown({ log, position, length, status }: LabState): Partial<LabState> {
  return {
    length: log.length,
    ...(position === length ? momentOf(log, log.length) : {}),
    ...(status === "preparing" ? { status: "running", preparation: null } : {}),
  };
}

/** At the end of a run: goes to the moment that was asked for, or else suggests the answer. */
function settle({ log, select, suggest, seek }: LabState, moment: Moment): void {
  const { nodes, ended } = log.stateAt(log.length);
  if (moment.event !== null) seek(moment.event);
  if (moment.node !== null && moment.node < nodes.length) select(moment.node);
  else suggest(ended?.answer?.nodeId ?? 0);
}

function missing({ collection, id }: { readonly collection: string; readonly id: string }) {
  const hint = `The problem ${id} then opens; or choose another problem.`;
  return { message: `Add the problems of ${collection} first.`, hint };
}

/** What is shown of a run, to be shown again. A run under way will have been stopped by then. */
function shownIn(state: LabState): Partial<RunSlice & ViewSlice> {
  const { runSpec, origin, log, length, position, elapsedMs, failure, selected, selectionIsChosen } = state;
  const status = state.status === "running" || state.status === "paused" ? "ended" : state.status;
  const shown = { runSpec, origin, log, length, position, elapsedMs, failure, selected, selectionIsChosen };
  return { ...shown, status, state: state.state, preparation: null };
}

function blank(log: RunLog) {
  return {
    log,
    length: 0,
    position: 0,
    state: initialState(),
    elapsedMs: 0,
    preparation: null,
    failure: null,
    isPlaying: false,
  };
}
