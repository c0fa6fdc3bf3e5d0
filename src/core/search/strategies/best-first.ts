import { leafValueOf } from "../../config";
import type { Completion, TokenSample } from "../../protocol/protocol";
import type { NodeId } from "../../run/events";
import { isTerminal, nodeAt, pathTo, type Tree } from "../../run/tree";
import { bestAnswer } from "../answer";
import { stepsDrawnFrom } from "../drawn";
import type { Strategy } from "../search";
import type { SearchTree } from "../search-tree";
import {
  addDraws,
  announce,
  backup,
  drawRest,
  evaluate,
  expand,
  takeRest,
  takeScore,
  takeVerdicts,
} from "../simulation";
import { leafOf, type SearchState, type Simulation } from "../state";

/**
 * Best-first search by the policy's prior alone: paths about in the order of their probability, none twice (HeapSearch; Fijalkow et
 * al. 2022, DeepSynth, arXiv 2110.12485). What a search with a value has to beat.
 *
 * What has not been drawn behind a node has the mass P(node) * (1 - the probabilities of its drawn next steps), which no path
 * that branches off there can exceed. A simulation goes to the node where most is left, without going down the tree, and draws a new
 * next step and the rest of its path, always the token behind which most is left. So a path costs only its tokens behind the
 * branch. Probabilities are those that samples are drawn with (temperature, top-k, top-p): the tail that is cut off for them, slips
 * above all, is not worth its tokens here either.
 *
 * Exact are the masses, the choice of where to branch, and that nothing comes twice. Not exact is the order of the paths: a path follows the largest remaining mass token by token, which need not lead to
 * the likeliest whole path; to know that one, every prefix that is as likely would have to be read. DeepSynth's other
 * answer, SQRT sampling, draws from the square root of the distribution because it draws with replacement; here nothing is drawn
 * twice anyway.
 *
 * With values of steps (`leafValue` other than playouts) a simulation draws the next step alone, has it valued, and a node's mass counts
 * times its value: the probability that a path comes to be, times how likely it is right.
 */
export const bestFirst: Strategy = {
  chooses: true,
  width: ({ budget, tree }) => (budget.stopAtPass ? 1 : tree.parallelSimulations),
  readiness: (search) => {
    if (frontierOf(search).best() !== null) return "ready";
    return search.simulations.length > 0 ? "busy" : "closed";
  },
  move: (search, simulation) => {
    if (isTerminal(nodeAt(search.tree, leafOf(simulation)))) {
      evaluate(search, simulation);
      return;
    }
    const branch = frontierOf(search).take();
    if (branch === null) return;
    search.lead(simulation, pathTo(search.tree, branch));
    announce(search, simulation);
    if (leafValueOf(search.config) === "playout") drawRest(search, simulation, "playout");
    else expand(search, simulation, 1);
  },
  takeDraws: (search, simulation, { node, purpose }, completions) => {
    const depth = simulation.path.length;
    if (purpose === "expand") goOn(search, simulation, completions);
    else takeRest(search, simulation, purpose, completions);
    const frontier = frontierOf(search);
    for (const id of [node, ...simulation.path.slice(depth)]) frontier.add(id);
  },
  takeVerdicts,
  takeScore: (search, simulation, work, value) => {
    takeScore(search, simulation, work, value);
    frontierOf(search).add(work.node);
  },
  answer: bestAnswer,
};

/** Goes to the drawn step and has it valued, or judged if it is a program; when nothing was left to draw, that is worth 0. */
function goOn(search: SearchState, simulation: Simulation, completions: readonly Completion[]): void {
  const [child] = addDraws(search, simulation, completions);
  if (child === undefined) {
    backup(search, simulation, 0);
    return;
  }
  search.lead(simulation, [...simulation.path, child]);
  evaluate(search, simulation);
}

/** A step that is worth less counts with this: an estimate may be wrong. */
const LEAST_VALUE = 1e-6;

/** The mass below this share of a node's own counts as none: it is what rounding leaves. */
const NOTHING = 1e-9;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Log-probability of a step, as it is sampled. */
const drawnAt = ({ logProbs, drawLogProbs = logProbs }: TokenSample) => total(drawLogProbs);

/** Log of the mass of what has not been drawn behind a node; minus infinity where nothing can be. */
export function remainingLogMass(tree: Tree, id: NodeId): number {
  const node = nodeAt(tree, id);
  if (isTerminal(node) || node.isExhausted) return Number.NEGATIVE_INFINITY;
  const drawn = stepsDrawnFrom(tree, id).reduce((sum, sample) => sum + Math.exp(drawnAt(sample)), 0);
  const left = 1 - drawn;
  if (left < NOTHING) return Number.NEGATIVE_INFINITY;
  const own = pathTo(tree, id).flatMap((at) => nodeAt(tree, at).samples?.slice(0, 1) ?? []);
  return total(own.map(drawnAt)) + Math.log(left);
}

/** A node, and what was left behind it when it was put here. */
interface Entry {
  readonly id: NodeId;
  readonly logMass: number;
}

/** Where a search may branch off next: nodes by their remaining mass, in a binary heap. Made of the tree alone. */
class Frontier {
  private readonly heap: Entry[] = [];
  /** The mass that each node in the heap counts with; entries with another one are out of date. */
  private readonly masses = new Map<NodeId, number>();

  constructor(private readonly tree: SearchTree) {
    for (let id = 0; id < tree.nodes.length; id++) this.add(id);
  }

  /** A node has come, or something has been drawn behind it; one that is being drawn from is added when that is done. */
  add(id: NodeId): void {
    const { score = 1 } = nodeAt(this.tree, id);
    const logMass = remainingLogMass(this.tree, id) + Math.log(Math.max(LEAST_VALUE, score));
    if (this.masses.get(id) === logMass || this.tree.isBeingDrawnFrom(id)) return;
    this.masses.delete(id);
    if (logMass === Number.NEGATIVE_INFINITY) return;
    this.masses.set(id, logMass);
    this.heap.push({ id, logMass });
    for (let at = this.heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfBetter(at, parent)) break;
      at = parent;
    }
  }

  /** The node with the largest remaining mass, the oldest of equals; null when there is none. */
  best(): NodeId | null {
    for (;;) {
      const [first] = this.heap;
      if (first === undefined) return null;
      if (first.logMass === this.masses.get(first.id)) return first.id;
      this.pop();
    }
  }

  /** Takes the best node out, until it is added again. */
  take(): NodeId | null {
    const id = this.best();
    if (id === null) return null;
    this.pop();
    this.masses.delete(id);
    return id;
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const child = this.isBetter(left + 1, left) ? left + 1 : left;
      if (!this.swapIfBetter(child, at)) return;
      at = child;
    }
  }

  private swapIfBetter(lower: number, upper: number): boolean {
    const [a, b] = [this.heap[lower], this.heap[upper]];
    if (a === undefined || b === undefined || !this.isBetter(lower, upper)) return false;
    this.heap[upper] = a;
    this.heap[lower] = b;
    return true;
  }

  private isBetter(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.logMass > b.logMass || (a.logMass === b.logMass && a.id < b.id);
  }
}

const frontiers = new WeakMap<SearchState, Frontier>();

function frontierOf(search: SearchState): Frontier {
  const known = frontiers.get(search);
  if (known !== undefined) return known;
  const frontier = new Frontier(search.tree);
  frontiers.set(search, frontier);
  return frontier;
}
