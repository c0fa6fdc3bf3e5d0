import { LabError } from "../errors";
import type { StepProtocol } from "../protocol/protocol";
import type { EndReason, RunEvent } from "../run/events";
import type { RunState } from "../run/tree";
import { absorbVerdicts } from "./evaluate";
import { initialSearch, type SearchState } from "./state";
import { STRATEGIES } from "./strategies/registry";
import type { Strategy } from "./strategies/strategy";
import { Turn } from "./turn";
import type { Work, WorkResult } from "./work";

/** What a turn brought: the next state and the facts to log. */
export interface TurnResult {
  readonly state: SearchState;
  readonly events: readonly RunEvent[];
}

/** What asking brought, besides: the work to do. */
export interface Asked extends TurnResult {
  readonly work: readonly Work[];
}

function close(turn: Turn): TurnResult {
  return { state: turn.state, events: turn.events };
}

function strategyOf(turn: Turn): Strategy {
  return STRATEGIES[turn.config.strategy];
}

function finish(turn: Turn, reason: EndReason, message?: string): void {
  const answer = strategyOf(turn).answer(turn.state);
  turn.emit({ type: "ended", reason, answer, ...(message === undefined ? {} : { message }) });
}

/** Why no simulation can begin any more, or null while one can now or later. */
function endReason(turn: Turn): EndReason | null {
  if (turn.outOfTokens || turn.state.begun >= strategyOf(turn).simulations(turn.config)) return "budget";
  return strategyOf(turn).readiness(turn) === "closed" ? "exhausted" : null;
}

/**
 * All work that is ready. Begins as many simulations as may be under way at once; ends the run when its budget is spent and the
 * last of them is back. Asking again without telling brings nothing new.
 */
export function ask(state: SearchState, protocol: StepProtocol): Asked {
  const turn = new Turn(state, protocol);
  if (turn.run.ended) return { ...close(turn), work: [] };
  const strategy = strategyOf(turn);
  if (turn.run.nodes.length === 0) {
    turn.emit({ type: "nodeAdded", id: 0, parent: null, step: null, tokens: 0, logProb: 0, origin: "root" });
  }
  for (const flight of turn.state.flights) if (flight.work === null) strategy.move(turn, flight);
  while (
    turn.state.flights.length < strategy.width(turn.config) &&
    endReason(turn) === null &&
    turn.affordsAnother &&
    strategy.readiness(turn) === "ready"
  ) {
    strategy.move(turn, turn.begin());
  }
  const reason = endReason(turn);
  if (turn.state.flights.length === 0 && reason !== null) finish(turn, reason);
  const work = turn.handOut();
  return { ...close(turn), work };
}

/**
 * Takes in what came of a piece of work. Telling in the order of asking makes the tree a function of the seed.
 * @throws RangeError when no such work is open; LabError `model/bad-answer` when a result does not fit its work.
 */
export function tell(state: SearchState, id: number, result: WorkResult, protocol: StepProtocol): TurnResult {
  const turn = new Turn(state, protocol);
  if (turn.run.ended) return close(turn);
  const flight = turn.state.flights.find(({ work }) => work?.id === id);
  const work = flight?.work;
  if (!flight || !work) throw new RangeError(`No work with id ${id} is open.`);
  if (work.kind === "sample" && result.kind === "sample") {
    if (result.completions.length !== work.request.count) throw badAnswer();
    strategyOf(turn).absorb(turn, flight, work, result.completions);
  } else if (work.kind === "judge" && result.kind === "judge") {
    absorbVerdicts(turn, flight, work.node, result.verdicts);
  } else if (work.kind === "score" && result.kind === "score") {
    if (!(result.value >= 0 && result.value <= 1)) throw badAnswer();
    strategyOf(turn).absorbScore(turn, flight, work, result.value);
  } else throw badAnswer();
  return close(turn);
}

function badAnswer(): LabError {
  return new LabError(
    "model/bad-answer",
    "The model's answer does not fit what it was asked.",
    "Choose another model.",
  );
}

/** Ends a run before its time with the best answer so far; what is under way is dropped. */
export function stop(state: SearchState, protocol: StepProtocol, reason: EndReason, message?: string): TurnResult {
  const turn = new Turn(state, protocol);
  if (!turn.run.ended) finish(turn, reason, message);
  return close(turn);
}

/** A search that keeps its state: what a driver holds. */
export interface Search {
  readonly state: SearchState;
  ask(): { readonly work: readonly Work[]; readonly events: readonly RunEvent[] };
  tell(id: number, result: WorkResult): readonly RunEvent[];
  stop(reason: EndReason, message?: string): readonly RunEvent[];
}

/** The search of a run that has `started`, or one that goes on from a saved state. */
export function createSearch(from: RunState | SearchState, protocol: StepProtocol): Search {
  let state = "flights" in from ? from : initialSearch(from);
  const advance = <Result extends TurnResult>(result: Result): Result => {
    state = result.state;
    return result;
  };
  return {
    get state() {
      return state;
    },
    ask: () => advance(ask(state, protocol)),
    tell: (id, result) => advance(tell(state, id, result, protocol)).events,
    stop: (reason, message) => advance(stop(state, protocol, reason, message)).events,
  };
}
