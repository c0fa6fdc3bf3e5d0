import type { SearchConfig, TreeSearchConfig } from "../config";
import type { DrawnStep } from "../protocol/protocol";
import type { NodeId, RunEvent } from "../run/events";
import { Fold, type RunFacts } from "../run/fold";
import { nodeAt, type RunState, type Tree, type TreeNode } from "../run/tree";
import type { Indexed } from "../run/vector";
import { Children, type Openness } from "./children";
import { drawsWithoutReplacement } from "./draw";
import { drawAllowance, priorWeight, siblingWeights } from "./formulas";

/** Shared by all nodes that have no children. */
const NONE: Readonly<Children> = new Children("uct");

/** What a search knows of a node besides what its log says. */
interface Place {
  readonly parent: Place | null;
  /** Its index among its siblings. */
  readonly index: number;
  children: Children | null;
  /** How many of the children have a log-probability that is not known. */
  unknown: number;
  /** Children that are programs, and children that are steps on the way to one. */
  programs: number;
  ways: number;
  /** The children by their text, once they are many. */
  childrenByText: Map<string, NodeId> | null;
  visits: number;
  /** Steps drawn from here, repeats included, and steps that are being drawn. */
  draws: number;
  pendingDraws: number;
  isBeingJudged: boolean;
  openness: Openness;
}

/** More siblings than this are looked up by their text; fewer are gone through. */
const FEW_SIBLINGS = 16;

/**
 * The tree of a search that runs: the fold of its own log, and beside it what is in flight and where something can be done. All
 * of it is kept up to date along the paths that change, so that no event and no look at a node costs more in a larger tree.
 *
 * A simulation that is under way counts as a virtual visit, of value 0, of every node on its path (virtual loss), so that
 * others steer clear of where it goes.
 */
export class SearchTree implements Tree {
  private readonly folding: Fold;
  /** Index = node id. */
  private readonly places: Place[] = [];

  private readonly config: TreeSearchConfig;
  /** Draws that must not repeat one another follow one another: a node waits for those under way. */
  private readonly drawsInTurn: boolean;

  /** The tree of a run, with nothing in flight. */
  constructor(run: RunState, config: SearchConfig) {
    this.config = config.tree;
    this.drawsInTurn = drawsWithoutReplacement(config);
    this.folding = new Fold(run);
    for (const { id } of run.nodes) this.addPlace(id);
    // Children come after their parents, hence are settled first.
    for (const { id } of [...run.nodes].reverse()) this.refresh(id);
  }

  get nodes(): Indexed<TreeNode> {
    return this.folding.nodes;
  }

  /** What the run has come to besides its nodes. */
  get facts(): RunFacts {
    return this.folding.facts;
  }

  /** The run as it is now, a value. */
  get run(): RunState {
    return this.folding.state;
  }

  /** Takes in a fact. @throws RangeError when it does not fit. */
  apply(event: RunEvent): void {
    this.folding.apply(event);
    if (event.type === "nodeAdded") {
      this.addPlace(event.id);
      this.refresh(event.id);
      if (event.parent !== null) this.refresh(event.parent);
    } else if (event.type === "nodeMerged") this.countMerge(event.id);
    else if (event.type === "evaluated" || event.type === "exhausted") this.refresh(event.id);
    else if (event.type === "backedUp") this.changeVisits(event.path, 1, event.value);
  }

  /** A simulation is on its way along this path. */
  addVirtualVisits(path: readonly NodeId[]): void {
    this.changeVisits(path, 1, 0);
  }

  removeVirtualVisits(path: readonly NodeId[]): void {
    this.changeVisits(path, -1, 0);
  }

  /** Steps of a node are being drawn; a negative count takes that back. A playout draws one next step of the node it starts from. */
  addPendingDraws(id: NodeId, count: number): void {
    this.place(id).pendingDraws += count;
    this.refresh(id);
  }

  isBeingDrawnFrom(id: NodeId): boolean {
    return this.place(id).pendingDraws > 0;
  }

  setBeingJudged(id: NodeId, isBeingJudged: boolean): void {
    this.place(id).isBeingJudged = isBeingJudged;
    this.refresh(id);
  }

  isBeingJudged(id: NodeId): boolean {
    return this.place(id).isBeingJudged;
  }

  /** N, virtual visits included. */
  visits(id: NodeId): number {
    return this.place(id).visits;
  }

  openness(id: NodeId): Openness {
    return this.places[id]?.openness ?? "closed";
  }

  childrenOf(id: NodeId): Readonly<Children> {
    return this.place(id).children ?? NONE;
  }

  /** Steps a node may still draw now. */
  missingDraws(id: NodeId): number {
    const place = this.place(id);
    if (nodeAt(this, id).isExhausted || (this.drawsInTurn && place.pendingDraws > 0)) return 0;
    // Where a model wrote nothing but programs in the place of pseudocode, it is asked once more.
    const rounds = place.parent === null && place.programs > 0 && place.ways === 0 ? 2 : 1;
    return rounds * drawAllowance(place.visits, this.config) - place.draws - place.pendingDraws;
  }

  /** The child that holds a drawn step: same kind, same trimmed text, same way of failing. */
  childHolding(id: NodeId, drawn: DrawnStep): NodeId | undefined {
    const place = this.place(id);
    const ids = place.children?.ids ?? [];
    if (ids.length <= FEW_SIBLINGS) return ids.find((child) => isSameStep(nodeAt(this, child), drawn));
    place.childrenByText ??= new Map();
    for (const child of ids.slice(place.childrenByText.size)) {
      place.childrenByText.set(stepKey(nodeAt(this, child)), child);
    }
    return place.childrenByText.get(stepKey(drawn));
  }

  private place(id: NodeId): Place {
    const place = this.places[id];
    if (!place) throw new RangeError(`The search has no node ${id}.`);
    return place;
  }

  private addPlace(id: NodeId): void {
    const node = nodeAt(this, id);
    const parent = node.parent === null ? null : this.place(node.parent);
    if (parent) parent.children ??= new Children(this.config.selection);
    const siblings = parent?.children;
    this.places.push({
      parent,
      index: siblings?.ids.length ?? 0,
      children: null,
      unknown: 0,
      programs: 0,
      ways: 0,
      childrenByText: null,
      visits: node.visitCount,
      draws: 0,
      pendingDraws: 0,
      isBeingJudged: false,
      openness: "closed",
    });
    siblings?.add(id, node.visitCount, node.valueSum, priorWeight(node));
    if (!parent) return;
    parent.draws += node.count;
    parent.unknown += Number(node.logProb === null);
    this.weighUnknown(parent);
    if (node.deadEnd !== undefined) return;
    if (node.step?.kind === "code") parent.programs++;
    else parent.ways++;
  }

  /** Where the likelihood of some children is known and that of others is not, those weigh what these do on average. */
  private weighUnknown({ children, unknown }: Place): void {
    if (!children || unknown === 0 || unknown === children.ids.length) return;
    const nodes = children.ids.map((child) => nodeAt(this, child));
    for (const [index, weight] of siblingWeights(nodes).entries()) children.setWeight(index, weight);
  }

  private countMerge(id: NodeId): void {
    const node = nodeAt(this, id);
    const { parent, index } = this.place(id);
    if (!parent?.children || node.parent === null) return;
    parent.children.setWeight(index, priorWeight(node));
    this.weighUnknown(parent);
    parent.draws += 1;
    this.refresh(node.parent);
  }

  private changeVisits(path: readonly NodeId[], visits: number, value: number): void {
    for (const id of path) {
      const place = this.place(id);
      const siblings = place.parent?.children;
      place.visits += visits;
      if (!siblings) continue;
      siblings.setVisits(place.index, place.visits, (siblings.values[place.index] ?? 0) + value);
    }
    for (const id of path.toReversed()) this.refresh(id);
  }

  /** Finds out anew what can be done at a node, and, where that is something else now, at the nodes above it. */
  private refresh(id: NodeId): void {
    for (let at: NodeId | null = id; at !== null; ) {
      const node = nodeAt(this, at);
      const place = this.place(at);
      const openness = this.opennessOf(node, place);
      if (openness === place.openness) return;
      place.parent?.children?.setOpenness(place.index, openness);
      place.openness = openness;
      at = node.parent;
    }
  }

  private opennessOf(node: TreeNode, place: Place): Openness {
    if (node.deadEnd !== undefined) return "closed";
    if (node.reward) return "judged";
    if (node.step?.kind === "code") return place.isBeingJudged ? "busy" : "ready";
    const { ready, busy } = place.children ?? NONE;
    if (ready > 0 || this.missingDraws(node.id) > 0) return "ready";
    if (busy > 0 || place.pendingDraws > 0) return "busy";
    return this.config.widening > 0 && !node.isExhausted ? "ready" : "closed";
  }
}

function isSameStep(node: TreeNode, drawn: DrawnStep): boolean {
  return (
    node.step !== null &&
    node.step.kind === drawn.step.kind &&
    node.deadEnd === drawn.deadEnd &&
    node.step.text.trim() === drawn.step.text.trim()
  );
}

function stepKey({ step, deadEnd }: Pick<TreeNode, "step" | "deadEnd">): string {
  return `${step?.kind} ${deadEnd ?? ""} ${step?.text.trim()}`;
}
