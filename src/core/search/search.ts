import { plannedSimulations, type SearchConfig } from "../config";
import { LabError } from "../errors";
import type { Completion, StepProtocol } from "../protocol/protocol";
import type { Answer, EndReason, RunEvent } from "../run/events";
import { nodeAt, type RunState } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { SearchState, type Simulation } from "./state";
import { countOf, type JudgeWork, type SampleWork, type ScoreWork, type Work, type WorkResult } from "./work";

/** A way to spend a budget: what one simulation does, and which program the run answers with. */
export interface Strategy {
  /** Whether it chooses among several programs by running them, so that generated tests are worth their tokens. */
  readonly chooses: boolean;
  /** Simulations under way at once. With `stopAtPass` one more of them is one more that may be drawn in vain. */
  width(config: SearchConfig): number;
  /** Whether another simulation can begin now (`busy`: when others are back; `closed`: never). */
  readiness(search: SearchState): "ready" | "busy" | "closed";
  /** Takes up a simulation that waits for nothing: a new one, or one that found its way busy. */
  move(search: SearchState, simulation: Simulation): void;
  /** Takes in what the policy drew. */
  takeDraws(search: SearchState, simulation: Simulation, work: SampleWork, completions: readonly Completion[]): void;
  /** Takes in the verdicts on a program. */
  takeVerdicts(search: SearchState, simulation: Simulation, work: JudgeWork, verdicts: readonly TestVerdict[]): void;
  /** Takes in what the step scorer thinks of a node, in [0, 1]. */
  takeScore(search: SearchState, simulation: Simulation, work: ScoreWork, value: number): void;
  answer(run: RunState): Answer | null;
}

/**
 * A search, as whoever drives it sees it: it is asked for work and told what came of it, as an optimiser is. It never waits, has no clock, and
 * draws no random number that the run's seed does not determine.
 */
export interface Search {
  /** The run as it is now, a value: what a replay of all events up to here gives. */
  readonly run: RunState;
  /** Whether the run has ended. */
  readonly ended: boolean;
  /**
   * All work that is ready, and what happened meanwhile. Begins as many simulations as may be under way at once; ends the run when
   * its budget is spent and the last of them is back. Asking again without telling brings nothing new.
   */
  ask(): { readonly work: readonly Work[]; readonly events: readonly RunEvent[] };
  /**
   * Takes in what came of a piece of work. Telling in the order of asking makes the tree a function of the seed.
   * @throws RangeError when no such work is open; LabError `model/bad-answer` when a result does not fit its work.
   */
  tell(id: number, result: WorkResult): readonly RunEvent[];
  /** Ends the run before its time with the best answer so far; what is under way is dropped. */
  stop(reason: EndReason, message?: string): readonly RunEvent[];
}

/** How a search is done beyond what its configuration says. */
export interface SearchOptions {
  /** Keep the sampled tokens of each step, with their log-probabilities, in its event. Not unless it is said. */
  readonly keepSamples?: boolean;
}

/**
 * The search of a run that has `started` (and whose tests, if any, are generated). A run that was cut off goes on from its log.
 * @throws RangeError when the run has not started.
 */
export function createSearch(
  run: RunState,
  protocol: StepProtocol,
  strategy: Strategy,
  { keepSamples = false }: SearchOptions = {},
): Search {
  const state = new SearchState(run, protocol, keepSamples);
  return {
    get run() {
      return state.tree.run;
    },
    get ended() {
      return state.tree.facts.ended !== null;
    },
    ask() {
      const work = state.tree.facts.ended ? [] : ask(state, strategy);
      return { work, events: state.takeEvents() };
    },
    tell(id, result) {
      if (!state.tree.facts.ended) tell(state, strategy, id, result);
      return state.takeEvents();
    },
    stop(reason, message) {
      if (!state.tree.facts.ended) finish(state, strategy, reason, message);
      return state.takeEvents();
    },
  };
}

function ask(state: SearchState, strategy: Strategy): readonly Work[] {
  if (state.tree.nodes.length === 0) {
    state.emit({ type: "nodeAdded", id: 0, parent: null, step: null, tokens: 0, logProb: 0, origin: "root" });
  }
  // What was drawn beside the program that passed has been told by now, and its tokens are counted.
  if (state.hasPassed && state.config.budget.stopAtPass) {
    finish(state, strategy, "passed");
    return [];
  }
  const waiting = state.simulations.filter(({ work }) => work === null);
  for (const simulation of waiting) strategy.move(state, simulation);
  while (
    state.simulations.length < strategy.width(state.config) &&
    endReason(state, strategy) === null &&
    state.affordsAnother &&
    strategy.readiness(state) === "ready"
  ) {
    strategy.move(state, state.begin());
  }
  const reason = endReason(state, strategy);
  if (state.simulations.length === 0 && reason !== null) finish(state, strategy, reason);
  return state.handOut();
}

/** Why no simulation can begin any more, or null while one can now or later. */
function endReason(state: SearchState, strategy: Strategy): EndReason | null {
  if (state.outOfTokens || state.begun >= plannedSimulations(state.config)) return "budget";
  return strategy.readiness(state) === "closed" ? "exhausted" : null;
}

function finish(state: SearchState, strategy: Strategy, reason: EndReason, message?: string): void {
  const answer = strategy.answer(state.tree.run);
  state.emit({ type: "ended", reason, answer, ...(message === undefined ? {} : { message }) });
}

function tell(state: SearchState, strategy: Strategy, id: number, result: WorkResult): void {
  const { simulation, work } = state.open(id);
  if (work.kind === "sample" && result.kind === "sample" && fits(work, result.completions)) {
    state.closeWork(simulation);
    const isExhausted = result.completions.length < countOf(work);
    if (isExhausted && !nodeAt(state.tree, work.node).isExhausted) state.emit({ type: "exhausted", id: work.node });
    strategy.takeDraws(state, simulation, work, result.completions);
  } else if (work.kind === "judge" && result.kind === "judge") {
    state.closeWork(simulation);
    strategy.takeVerdicts(state, simulation, work, result.verdicts);
  } else if (work.kind === "score" && result.kind === "score" && result.value >= 0 && result.value <= 1) {
    state.closeWork(simulation);
    strategy.takeScore(state, simulation, work, result.value);
  } else {
    throw new LabError(
      "model/bad-answer",
      "The model's answer does not fit what it was asked.",
      "Choose another model.",
    );
  }
}

/** As many as were asked for; fewer when nothing is left to draw. */
function fits(work: SampleWork, { length }: readonly Completion[]): boolean {
  const count = countOf(work);
  return length === count || (work.requests.every(({ drawn }) => drawn !== undefined) && length < count);
}
