import type { SearchConfig } from "../config";
import type { Problem } from "../problem";
import type { StepProtocol } from "../protocol/protocol";
import type { RunEvent } from "../run/events";
import { applyEvent } from "../run/fold";
import type { RunState } from "../run/tree";
import type { Flight, SearchState } from "./state";
import type { JudgeWork, SampleWork, ScoreWork, Work } from "./work";

/** `Omit` for each member of a union. */
type WithoutId<W extends Work> = W extends Work ? Omit<W, "id"> : never;

/**
 * One call of `ask` or `tell` in progress: the only mutable thing in the search. It opens from a state, gathers events, and
 * closes into the next state.
 */
export class Turn {
  readonly events: RunEvent[] = [];
  readonly problem: Problem;
  readonly config: SearchConfig;
  private search: SearchState;

  /** @throws RangeError when the run has not started. */
  constructor(
    state: SearchState,
    readonly protocol: StepProtocol,
  ) {
    const { problem, config } = state.run;
    if (!problem || !config) throw new RangeError("A search needs a run that has started.");
    this.problem = problem;
    this.config = config;
    this.search = state;
  }

  get state(): SearchState {
    return this.search;
  }

  get run(): RunState {
    return this.search.run;
  }

  /** Records a fact: it changes the tree and goes into the log. */
  emit(event: RunEvent): void {
    this.search = { ...this.search, run: applyEvent(this.search.run, event) };
    this.events.push(event);
  }

  /** A new simulation at the root. */
  begin(): Flight {
    const flight: Flight = { simulation: this.search.begun, path: [0], work: null, fresh: false };
    this.search = { ...this.search, begun: flight.simulation + 1, flights: [...this.search.flights, flight] };
    return flight;
  }

  /** Replaces a flight by a changed one, which it returns. */
  change(flight: Flight, change: Partial<Omit<Flight, "simulation">>): Flight {
    const changed = { ...flight, ...change };
    const flights = this.search.flights.map((f) => (f.simulation === flight.simulation ? changed : f));
    this.search = { ...this.search, flights };
    return changed;
  }

  /** Gives a flight something to wait for. */
  assign(flight: Flight, work: WithoutId<SampleWork | JudgeWork | ScoreWork>): void {
    const assigned: Work = { ...work, id: this.search.nextWork };
    this.search = { ...this.search, nextWork: assigned.id + 1 };
    this.change(flight, { work: assigned });
  }

  /** Work that nobody has been told of, in the order it came up; from now on it counts as handed out. */
  handOut(): readonly Work[] {
    const { flights, handedOut, nextWork } = this.search;
    this.search = { ...this.search, handedOut: nextWork };
    const open = flights.map(({ work }) => work).filter((work) => work !== null);
    return open.filter(({ id }) => id >= handedOut).sort((a, b) => a.id - b.id);
  }

  /** Takes a flight out of the air; its virtual visits are gone. `idle` is the new count of idle simulations. */
  land(flight: Flight, idle: number): void {
    const flights = this.search.flights.filter((f) => f.simulation !== flight.simulation);
    this.search = { ...this.search, idle, flights };
  }

  /** All flights but one: what a flight must steer clear of. */
  others(flight: Flight | null): readonly Flight[] {
    return this.search.flights.filter((f) => f.simulation !== flight?.simulation);
  }

  /**
   * Whether the tokens reach for one more simulation beside those under way, each of which is taken to cost what one
   * has cost so far (before the first is back, a whole path). So searches that do much at once keep to the same bound
   * as those that do not. Always true when nothing is under way: then `outOfTokens` decides.
   */
  get affordsAnother(): boolean {
    const { budget, sampling } = this.config;
    const { simulations, tokens } = this.run;
    const each = simulations === 0 ? sampling.maxPathTokens : tokens.sampled / simulations;
    const underWay = this.search.flights.length;
    return budget.maxTokens === null || underWay === 0 || tokens.sampled + underWay * each < budget.maxTokens;
  }

  /** Whether no more tokens may be sampled. */
  get outOfTokens(): boolean {
    const { maxTokens } = this.config.budget;
    return maxTokens !== null && this.run.tokens.sampled >= maxTokens;
  }
}
