import type { SearchConfig } from "../config";
import type { Problem } from "../problem";
import type { StepProtocol } from "../protocol/protocol";
import { deriveSeed } from "../rng";
import type { NodeId, RunEvent } from "../run/events";
import { nodeAt, type RunState, stepsTo } from "../run/tree";
import { isStep, type Step } from "../step";
import { type DrawPurpose, drawRequests, drawsWithoutReplacement } from "./draw";
import { type DistinctUnit, drawnBefore } from "./drawn";
import { passesGiven } from "./reward";
import { SearchTree } from "./search-tree";
import { countOf, type Work } from "./work";

/** A simulation (or sample, or path of a beam) under way. */
export interface Simulation {
  /** Counts from 0. */
  readonly number: number;
  /** From the root to where it is now: a virtual visit of every node here until it is backed up. */
  readonly path: readonly NodeId[];
  /** What it waits for; null when it waits for another simulation to be done with a node. */
  readonly work: Work | null;
  /** Whether it has added a node or had a program judged. */
  readonly fresh: boolean;
}

/** The node a simulation has come to. */
export function leafOf({ path }: Simulation): NodeId {
  return path[path.length - 1] ?? 0;
}

/** `Omit` for each member of a union. */
type WithoutId<W extends Work> = W extends Work ? Omit<W, "id"> : never;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What strategies work on: the tree, the simulations under way, and the log they write. */
export class SearchState {
  readonly problem: Problem;
  readonly config: SearchConfig;
  readonly tree: SearchTree;
  private underWay: readonly Simulation[] = [];
  private events: RunEvent[] = [];
  private begunCount: number;
  private idleCount = 0;
  private nextWork = 0;
  private handedOut = 0;
  private passed: boolean;
  /** Whether the sampled tokens of each step go into the log: where it is wanted, and where they tell what not to draw again. */
  readonly keepSamples: boolean;

  /** @throws RangeError when the run has not started. */
  constructor(
    run: RunState,
    readonly protocol: StepProtocol,
    keepSamples: boolean,
  ) {
    const { problem, config } = run;
    if (!problem || !config) throw new RangeError("A search needs a run that has started.");
    this.problem = problem;
    this.config = config;
    this.keepSamples = keepSamples || drawsWithoutReplacement(config);
    this.tree = new SearchTree(run, config);
    this.begunCount = run.simulations;
    this.passed = [...run.nodes].some(({ verdicts = [] }) => passesGiven(verdicts));
  }

  /** Whether a program has passed all given tests. */
  get hasPassed(): boolean {
    return this.passed;
  }

  /** Simulations under way, in the order they began. */
  get simulations(): readonly Simulation[] {
    return this.underWay;
  }

  /** Simulations begun. */
  get begun(): number {
    return this.begunCount;
  }

  /** Simulations in a row that brought neither a new node nor a new verdict. */
  get idle(): number {
    return this.idleCount;
  }

  /** Records a fact: it changes the tree and goes into the log. */
  emit(event: RunEvent): void {
    this.tree.apply(event);
    this.events.push(event);
    if (event.type === "evaluated" && passesGiven(event.verdicts)) this.passed = true;
  }

  /** The facts since this was last called. */
  takeEvents(): readonly RunEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  /** A new simulation at the root. */
  begin(): Simulation {
    const simulation: Simulation = { number: this.begunCount, path: [0], work: null, fresh: false };
    this.begunCount += 1;
    this.underWay = [...this.underWay, simulation];
    this.tree.addVirtualVisits(simulation.path);
    return simulation;
  }

  /** Leads a simulation along another path, on which it waits for nothing yet. */
  lead(simulation: Simulation, path: readonly NodeId[]): void {
    this.tree.removeVirtualVisits(simulation.path);
    this.change(simulation, { path });
    this.tree.addVirtualVisits(path);
  }

  /** What `look` finds in the tree without this simulation's own virtual visits. */
  without<Found>(simulation: Simulation, look: () => Found): Found {
    this.tree.removeVirtualVisits(simulation.path);
    const found = look();
    this.tree.addVirtualVisits(simulation.path);
    return found;
  }

  /** Notes whether a simulation has brought something new. */
  markFresh(simulation: Simulation, fresh = true): void {
    if (fresh) this.change(simulation, { fresh });
  }

  /**
   * Has steps drawn from the node a simulation has come to. The seed depends on the run, the purpose, the simulation and the node only;
   * without replacement, what is drawn depends on what was drawn before.
   */
  draw(simulation: Simulation, purpose: DrawPurpose, count: number, unit: DistinctUnit): void {
    const { protocol, problem, config, tree } = this;
    const node = leafOf(simulation);
    const sampling = config.strategy === "greedy" ? { ...config.sampling, temperature: 0 } : config.sampling;
    const seed = deriveSeed(tree.facts.seed, purpose, simulation.number, node);
    const prefix = stepsTo(tree, node);
    const requests = drawRequests(protocol, {
      purpose,
      problem,
      prefix,
      place: { tried: this.triedAt(node), stepsLeft: config.tree.maxDepth - prefix.length },
      sampling,
      count,
      seed,
      keepIds: this.keepSamples,
      likeliest: config.strategy === "best-first",
      ...(drawsWithoutReplacement(config) ? { drawn: drawnBefore(tree, node, unit) } : {}),
    });
    this.tree.addPendingDraws(node, count);
    this.assign(simulation, { kind: "sample", node, purpose, requests });
  }

  /** The next steps of a node that are none of its dead ends. */
  private triedAt(node: NodeId): readonly Step[] {
    return [...nodeAt(this.tree, node).children].flatMap((child) => {
      const { step, deadEnd } = nodeAt(this.tree, child);
      return step !== null && isStep(step) && deadEnd === undefined ? [step] : [];
    });
  }

  /** Has the program judged that a simulation has come to. */
  judge(simulation: Simulation, code: string): void {
    const node = leafOf(simulation);
    this.tree.setBeingJudged(node, true);
    this.assign(simulation, { kind: "judge", node, code });
  }

  /** Asks the step scorer about the node a simulation has come to. */
  score(simulation: Simulation): void {
    const node = leafOf(simulation);
    this.assign(simulation, { kind: "score", node, steps: stepsTo(this.tree, node) });
  }

  /** The open piece of work with an id, and who waits for it. @throws RangeError when there is none. */
  open(id: number): { readonly simulation: Simulation; readonly work: Work } {
    for (const simulation of this.underWay) {
      if (simulation.work?.id === id) return { simulation, work: simulation.work };
    }
    throw new RangeError(`No work with id ${id} is open.`);
  }

  /** A simulation waits for its work no longer. */
  closeWork(simulation: Simulation): void {
    const { work } = simulation;
    if (work?.kind === "sample") this.tree.addPendingDraws(work.node, -countOf(work));
    if (work?.kind === "judge") this.tree.setBeingJudged(work.node, false);
    this.change(simulation, { work: null });
  }

  /** Takes a simulation off the tree: its virtual visits are gone. `idle` is the new count of idle simulations. */
  end(simulation: Simulation, idle: number): void {
    this.tree.removeVirtualVisits(simulation.path);
    this.underWay = this.underWay.filter((other) => other !== simulation);
    this.idleCount = idle;
  }

  /** Work that nobody has been told of, in the order it came up; from now on it counts as handed out. */
  handOut(): readonly Work[] {
    const open = this.underWay.map(({ work }) => work).filter((work) => work !== null);
    const work = open.filter(({ id }) => id >= this.handedOut).sort((a, b) => a.id - b.id);
    this.handedOut = this.nextWork;
    return work;
  }

  /** Whether no more tokens may be sampled. */
  get outOfTokens(): boolean {
    const { maxTokens } = this.config.budget;
    return maxTokens !== null && this.tree.facts.tokens.sampled >= maxTokens;
  }

  /**
   * Whether the tokens reach for one more simulation beside those under way, each of which is taken to cost what one
   * has cost so far (before the first is back, a whole path). So searches that do much at once keep to the same bound
   * as those that do not. Always true when nothing is under way: then `outOfTokens` decides.
   */
  get affordsAnother(): boolean {
    const { budget, sampling } = this.config;
    const { simulations, tokens } = this.tree.facts;
    const each = simulations === 0 ? sampling.maxPathTokens : tokens.sampled / simulations;
    const underWay = this.underWay.length;
    return budget.maxTokens === null || underWay === 0 || tokens.sampled + underWay * each < budget.maxTokens;
  }

  private assign(simulation: Simulation, work: WithoutId<Work>): void {
    this.change(simulation, { work: { ...work, id: this.nextWork } });
    this.nextWork += 1;
  }

  private change(simulation: Mutable<Simulation>, change: Partial<Omit<Simulation, "number">>): void {
    Object.assign(simulation, change);
  }
}
