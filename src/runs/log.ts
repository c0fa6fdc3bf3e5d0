import type { TimedEvent } from "../core/run/events";
import { applyEvent, initialState } from "../core/run/fold";
import type { RunState } from "../core/run/tree";

/** Events between two checkpoints: a jump in time folds at most this many. */
const CHECKPOINT_INTERVAL = 100;

/** The log of one run with checkpoints, so that every moment of it is at hand. Grows at the end only. */
export class RunLog {
  private readonly log: TimedEvent[] = [];
  /** Index i holds the state after i * CHECKPOINT_INTERVAL events. */
  private readonly checkpoints: RunState[] = [initialState()];
  private readonly boundaries: number[] = [];
  private latest: RunState = initialState();

  /** @throws RangeError when an event does not fit what came before; the log then ends before it. */
  constructor(events: readonly TimedEvent[] = []) {
    this.append(events);
  }

  /** @throws RangeError as the constructor. */
  append(events: readonly TimedEvent[]): void {
    for (const timed of events) {
      this.latest = applyEvent(this.latest, timed.event);
      this.log.push(timed);
      if (this.log.length % CHECKPOINT_INTERVAL === 0) this.checkpoints.push(this.latest);
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
    if (end === this.log.length) return this.latest;
    const index = Math.floor(end / CHECKPOINT_INTERVAL);
    const from = this.checkpoints[index] ?? initialState();
    return this.log
      .slice(index * CHECKPOINT_INTERVAL, end)
      .reduce((state, timed) => applyEvent(state, timed.event), from);
  }

  /** Milliseconds into the run after the first `position` events; 0 before the first. */
  timeAt(position: number): number {
    return this.log[this.clamp(position) - 1]?.at ?? 0;
  }

  /** How many events had happened `ms` milliseconds into the run. */
  positionAt(ms: number): number {
    let [low, high] = [0, this.log.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.log[middle]?.at ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The end of the next (`1`) or the previous (`-1`) simulation, seen from a position; the log's own ends beyond them. */
  simulationBoundary(position: number, direction: 1 | -1): number {
    if (direction === 1) return this.boundaries.find((boundary) => boundary > position) ?? this.log.length;
    return this.boundaries.findLast((boundary) => boundary < position) ?? 0;
  }

  private clamp(position: number): number {
    return Math.min(this.log.length, Math.max(0, Math.floor(position)));
  }
}
