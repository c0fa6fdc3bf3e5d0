import { createStore, type StoreApi } from "zustand/vanilla";
import { leafValueOf } from "../../core/config";
import { type ErrorData, toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import type { NodeId } from "../../core/run/events";
import { initialState } from "../../core/run/fold";
import type { RunState } from "../../core/run/tree";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ExperimentRun, ExperimentRunner, Preparation } from "../../ports/experiment-runner";
import { RunLog } from "../../runs/log";
import { newIdentity, type RunFile, type RunIdentity } from "../../runs/run-file";
import type { ViewState } from "../../share/link";
import { takeByFrame } from "./by-frame";

/** How far a run is. `idle`: there is none. */
export type RunStatus = "idle" | "preparing" | "running" | "paused" | "ended" | "failed";

/** Where the shown run came from. */
export type RunOrigin = "live" | "recorded" | "imported" | "compared";

/** What the colours of a tree tell: Q, what simulations brought back, or the step scorer's estimate (PRM). */
export type Colouring = "value" | "score";

/** Speeds of the replay, as multiples of the run's own time. */
export const REPLAY_SPEEDS = [1, 4, 16] as const;

/** A run after the first `position` events of its log. */
interface Snapshot {
  /** Events that are shown, at most the length of the log. */
  readonly position: number;
  /** The state after `position` events. */
  readonly state: RunState;
  /** Milliseconds into the run at `position`. */
  readonly elapsedMs: number;
}

/** One run, live or not, and what is shown of it. */
export interface RunViewState extends Snapshot {
  /** Another number means another run. */
  readonly runId: number;
  /** Which run it is, among all that were ever kept; null while there is none. */
  readonly identity: RunIdentity | null;
  /** What the run does; null while there is none, and for a run that no search here made. */
  readonly runSpec: ExperimentSpec | null;
  readonly origin: RunOrigin;
  readonly status: RunStatus;
  readonly preparation: Preparation | null;
  readonly failure: ErrorData | null;
  readonly log: RunLog;
  /** Events of the log, which itself keeps its identity. */
  readonly length: number;
  readonly isPlaying: boolean;
  readonly speed: number;
  readonly colouring: Colouring;
  readonly selected: NodeId | null;
  /** Whether a person chose the node, so that the app leaves it alone and links carry it. */
  readonly selectionIsChosen: boolean;
  /**
   * Runs an experiment; a run under way is stopped. If it ends before its first event, what was shown before is shown again.
   * At its end `view` is shown.
   */
  start(spec: ExperimentSpec, view?: ViewState): void;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Shows a finished run. */
  show(file: RunFile, origin: RunOrigin, view?: ViewState): void;
  /** Takes the run away. */
  clear(): void;
  seek(position: number): void;
  /** Goes to the end of the next (`1`) or previous (`-1`) simulation. */
  step(direction: 1 | -1): void;
  togglePlaying(): void;
  setSpeed(speed: number): void;
  setColouring(colouring: Colouring): void;
  select(id: NodeId): void;
}

/** Whether the shown run is one that no search here made, so that its settings are not known. */
export function isForeign({ runSpec, length }: Pick<RunViewState, "runSpec" | "length">): boolean {
  return runSpec === null && length > 0;
}

/** Whether steps of the shown run have been scored: its search asked for it, or its model has a step scorer. */
export function isScored({ runSpec }: Pick<RunViewState, "runSpec">): boolean {
  if (runSpec === null) return false;
  const { config, model } = runSpec;
  const ref = parseModelRef(model);
  const hasScorer = ref.engine === "tiny" && ref.scorer !== undefined;
  return hasScorer || config.strategy === "beam" || leafValueOf(config) !== "playout";
}

/** What the colours tell now: estimates only where there are some. */
export function shownColouring(run: Pick<RunViewState, "runSpec" | "colouring">): Colouring {
  return isScored(run) ? run.colouring : "value";
}

/** A view of one run. There can be several of them side by side: each has a log, a position and a selection of its own. */
export type RunView = StoreApi<RunViewState>;

/** What a view needs of the world. */
export interface RunViewWorld {
  readonly runner: ExperimentRunner<ExperimentSpec>;
  /** Calls back once before the next frame is drawn, with a clock in milliseconds. Events that arrive between frames go in together. */
  readonly nextFrame: (callback: (now: number) => void) => void;
}

const WHOLE: ViewState = { node: null, event: null };

/** A run that begins to be shown, or to be done. */
interface Run {
  readonly identity: RunIdentity;
  readonly spec: ExperimentSpec | null;
}

/** Makes a view without a run. */
export function createRunView(world: RunViewWorld): RunView {
  return createStore<RunViewState>()((set, get) => ({
    runId: 0,
    identity: null,
    runSpec: null,
    origin: "recorded",
    status: "idle",
    ...withoutEvents(new RunLog()),
    speed: REPLAY_SPEEDS[1],
    colouring: "value",
    setColouring: (colouring) => set({ colouring }),
    selected: null,
    selectionIsChosen: false,
    select: (selected) => set({ selected, selectionIsChosen: true }),
    ...runActions(set, get, world),
    ...replayActions(set, get, world),
  }));
}

type Set = RunView["setState"];
type Get = RunView["getState"];

function runActions(set: Set, get: Get, { runner, nextFrame }: RunViewWorld) {
  let current: ExperimentRun | null = null;
  /** What was shown before the run under way. */
  let before: Partial<RunViewState> = {};

  const begin = (run: Run | null, origin: RunOrigin, status: RunStatus, log: RunLog): number => {
    current?.stop();
    current = null;
    const runId = get().runId + 1;
    const { identity = null, spec: runSpec = null } = run ?? {};
    set({ ...withoutEvents(log), runId, identity, runSpec, origin, status, selected: 0, selectionIsChosen: false });
    return runId;
  };

  const follow = async (run: ExperimentRun, runId: number, view: ViewState) => {
    const isCurrent = () => get().runId === runId;
    try {
      await takeByFrame(run.events, nextFrame, (events) => {
        if (!isCurrent()) return;
        get().log.append(events);
        set(grown(get()));
      });
      if (!isCurrent()) return;
      if (get().length === 0) set({ ...before, runId: runId + 1 });
      else set({ status: "ended", preparation: null, ...atTheEnd(get(), view) });
    } catch (error) {
      run.stop();
      if (isCurrent()) set({ status: "failed", preparation: null, failure: toErrorData(error) });
    }
    if (current === run) current = null;
  };

  return {
    start: (spec: ExperimentSpec, view: ViewState = WHOLE) => {
      if (get().status !== "preparing") before = shownIn(get());
      const runId = begin({ spec, identity: newIdentity() }, "live", "preparing", new RunLog());
      const run = runner.run(spec, (preparation) => {
        if (get().runId === runId && get().status === "preparing") set({ preparation });
      });
      current = run;
      void follow(run, runId, view);
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
    show: ({ spec, events, id, parent }: RunFile, origin: RunOrigin, view: ViewState = WHOLE) => {
      const log = new RunLog(events);
      begin({ spec, identity: { id, parent } }, origin, "ended", log);
      set({ length: log.length, ...snapshotAt(log, log.length) });
      set(atTheEnd(get(), view));
    },
    clear: () => void begin(null, "live", "idle", new RunLog()),
  };
}

function replayActions(set: Set, get: Get, { nextFrame }: RunViewWorld) {
  const seek = (position: number) => set({ isPlaying: false, ...snapshotAt(get().log, position) });

  /** Lets the snapshot move on by the run's own clock, `speed` times as fast, until the end, a seek, a pause, or another run. */
  const play = () => {
    const { runId } = get();
    let ms = get().elapsedMs;
    let before: number | undefined;
    const tick = (now: number) => {
      const { isPlaying, log, position, speed } = get();
      if (!isPlaying || get().runId !== runId) return;
      ms += (now - (before ?? now)) * speed;
      before = now;
      const next = Math.max(position, log.positionAt(ms));
      if (next !== position) set(snapshotAt(log, next));
      if (next >= log.length) set({ isPlaying: false });
      else nextFrame(tick);
    };
    nextFrame(tick);
  };

  return {
    seek,
    step: (direction: 1 | -1) => seek(get().log.simulationBoundary(get().position, direction)),
    togglePlaying: () => {
      const { isPlaying, log, position, length } = get();
      if (isPlaying) return set({ isPlaying: false });
      if (position === length) set(snapshotAt(log, 0));
      set({ isPlaying: true });
      play();
    },
    setSpeed: (speed: number) => set({ speed }),
  };
}

/** The run after the first `position` events of its log, clamped to what there is. */
function snapshotAt(log: RunLog, position: number): Snapshot {
  const shown = Math.min(log.length, Math.max(0, position));
  return { position: shown, state: log.stateAt(shown), elapsedMs: log.timeAt(shown) };
}

/** After new events: the snapshot moves along if it was the newest. */
function grown({ log, position, length, status }: RunViewState): Partial<RunViewState> {
  return {
    length: log.length,
    ...(position === length ? snapshotAt(log, log.length) : {}),
    ...(status === "preparing" ? { status: "running", preparation: null } : {}),
  };
}

/** At the end of a run: what was asked to be seen of it, or else the answer, unless a person has chosen a node. */
function atTheEnd({ log, selectionIsChosen }: RunViewState, { node, event }: ViewState): Partial<RunViewState> {
  const { nodes, ended } = log.stateAt(log.length);
  const sought = event === null ? {} : { isPlaying: false, ...snapshotAt(log, event) };
  if (node !== null && node < nodes.length) return { ...sought, selected: node, selectionIsChosen: true };
  return { ...sought, ...(selectionIsChosen ? {} : { selected: ended?.answer?.nodeId ?? 0 }) };
}

/** What is shown of a run, to be shown again. A run under way will have been stopped by then. */
function shownIn(view: RunViewState): Partial<RunViewState> {
  const { identity, runSpec, origin, log, length, failure, selected, selectionIsChosen } = view;
  const { position, elapsedMs, state } = view;
  const status = view.status === "running" || view.status === "paused" ? "ended" : view.status;
  const snapshot = { position, state, elapsedMs };
  const run = { identity, runSpec, origin, log, length, status, preparation: null };
  return { ...run, ...snapshot, failure, selected, selectionIsChosen };
}

function withoutEvents(log: RunLog) {
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
