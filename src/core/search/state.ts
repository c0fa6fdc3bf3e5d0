import type { NodeId } from "../run/events";
import type { RunState } from "../run/tree";
import type { Work } from "./work";

/** A simulation (or sample) under way. */
export interface Flight {
  /** Counts from 0. */
  readonly simulation: number;
  /** From the root to where it is now. It counts as a virtual visit of value 0 of every node here until it is backed up. */
  readonly path: readonly NodeId[];
  /** What it waits for; null when it waits for another flight to be done with a node. */
  readonly work: Work | null;
  /** Whether it has added a node or judged a program. */
  readonly fresh: boolean;
}

/**
 * A search between two turns, as plain data: it can be written as JSON and read back. The tree itself is the fold over the
 * events emitted so far, so that what the search sees is what `replay` shows.
 */
export interface SearchState {
  readonly run: RunState;
  /** In the order they began. */
  readonly flights: readonly Flight[];
  /** Simulations begun. */
  readonly begun: number;
  /** The id of the next piece of work. */
  readonly nextWork: number;
  /** Work with a smaller id has been handed out by `ask`. */
  readonly handedOut: number;
  /** Simulations in a row that brought neither a new node nor a new verdict. */
  readonly idle: number;
}

/** A search of a run that has `started` (and whose tests, if any, are generated). A run that was cut off goes on from its log. */
export function initialSearch(run: RunState): SearchState {
  return { run, flights: [], begun: run.simulations, nextWork: 0, handedOut: 0, idle: 0 };
}
