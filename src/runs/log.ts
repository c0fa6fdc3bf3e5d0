import type { TimedEvent } from "../core/run/events";
import { Fold, fold, initialState } from "../core/run/fold";
import type { RunState } from "../core/run/tree";

/**
 * Events between two snapshots: a jump folds at most this many. A snapshot shares with the one before all that these events have not
 * touched, so that snapshots together take memory in proportion to the events, whatever the size of the tree.
 */
const SNAPSHOT_INTERVAL = 2048;

/** A state, and how many events had led to it. */
interface Snapshot {
  readonly position: number;
  readonly state: RunState;
}

/** The log of one run, every moment of which is at hand. Grows at the end only. */
export class RunLog {
  private readonly log: TimedEvent[] = [];
  /** Index i holds the state after i * SNAPSHOT_INTERVAL events. */
  private readonly snapshots: RunState[] = [initialState()];
  /** Where simulations ended, in order. */
  private readonly boundaries: number[] = [];
  private readonly latest = new Fold(initialState());
  /** What was asked for last: those who step or play through a log ask for what comes soon after. */
  private recent: Snapshot = { position: 0, state: initialState() };

  /** @throws RangeError when an event does not fit what came before; the log then ends before it. */
  constructor(events: readonly TimedEvent[] = []) {
    this.append(events);
  }

  /** @throws RangeError as the constructor. */
  append(events: readonly TimedEvent[]): void {
    for (const timed of events) {
      this.latest.apply(timed.event);
      this.log.push(timed);
      if (this.log.length % SNAPSHOT_INTERVAL === 0) this.snapshots.push(this.latest.state);
      if (timed.event.type === "backedUp") this.boundaries.push(this.log.length);
    }
  }

  get events(): readonly TimedEvent[] {
    return this.log;
  }

  get length(): number {
    return this.log.length;
  }

  /** The state after the first `position` events (clamped to what there is). */
  stateAt(position: number): RunState {
    const end = this.clamp(position);
    if (end === this.log.length) return this.latest.state;
    const from = this.lastSnapshot(end);
    const state = fold(from.state, this.log.slice(from.position, end));
    this.recent = { position: end, state };
    return state;
  }

  /** Milliseconds into the run after the first `position` events; 0 before the first. */
  timeAt(position: number): number {
    return this.log[this.clamp(position) - 1]?.at ?? 0;
  }

  /** How many events had happened `ms` milliseconds into the run. */
  positionAt(ms: number): number {
    return countWhile(this.log, ({ at }) => at <= ms);
  }

  /** The end of the next (`1`) or the previous (`-1`) simulation, seen from a position; the log's own ends beyond them. */
  simulationBoundary(position: number, direction: 1 | -1): number {
    if (direction === 1) {
      const next = countWhile(this.boundaries, (boundary) => boundary <= position);
      return this.boundaries[next] ?? this.log.length;
    }
    return this.boundaries[countWhile(this.boundaries, (boundary) => boundary < position) - 1] ?? 0;
  }

  /** The nearest known state that is not behind a position. */
  private lastSnapshot(position: number): Snapshot {
    const index = Math.floor(position / SNAPSHOT_INTERVAL);
    const start = index * SNAPSHOT_INTERVAL;
    if (this.recent.position >= start && this.recent.position <= position) return this.recent;
    return { position: start, state: this.snapshots[index] ?? initialState() };
  }

  private clamp(position: number): number {
    return Math.min(this.log.length, Math.max(0, Math.floor(position)));
  }
}

/** How many of the first items pass a test that, in their order, none passes after one that does not. */
function countWhile<T>(items: readonly T[], passes: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && passes(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
