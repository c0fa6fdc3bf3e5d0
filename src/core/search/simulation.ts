import type { Completion, DrawnStep } from "../protocol/protocol";
import { createRandom, deriveSeed } from "../rng";
import type { NodeId } from "../run/events";
import { isTerminal, nodeAt, stepsTo } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { bestAnswer } from "./answer";
import type { Choice } from "./children";
import { type DrawPurpose, readDraw } from "./draw";
import { type DistinctUnit, hasSample, joinSamples } from "./drawn";
import { explorationAt } from "./formulas";
import { rewardOf } from "./reward";
import type { Strategy } from "./search";
import { leafOf, type SearchState, type Simulation } from "./state";
import type { JudgeWork, ScoreWork } from "./work";

/**
 * Simulations in a row that bring neither a new node nor a new verdict after which a search counts as exhausted. Only
 * reached with progressive widening and a policy that draws the same steps again and again.
 */
export const IDLE_LIMIT = 32;

/**
 * Monte Carlo tree search (O1-CODER, section 3.2; reference repository, src/mcts). One simulation: select down through fully
 * drawn nodes to the first that may still draw; expand it with the draws it lacks; go to an unvisited child at random; play
 * out to a program, whose steps stay in the tree; judge it; back the reward up along the whole path.
 *
 * A judged program is not gone to while a sibling can still bring something new. With progressive widening, visiting it
 * once more raises N, so that its ancestors may draw again; without, a part of the tree that is used up is closed, and when
 * all of it is, the search ends as exhausted.
 */
export const mcts: Strategy = {
  chooses: true,
  width: ({ tree }) => tree.parallelSimulations,
  readiness: (search) => {
    if (search.idle >= IDLE_LIMIT) return "closed";
    const openness = search.tree.openness(0);
    return openness === "judged" ? "closed" : openness;
  },
  move: (search, simulation) =>
    isTerminal(nodeAt(search.tree, leafOf(simulation))) ? evaluate(search, simulation) : select(search, simulation),
  takeDraws: (search, simulation, { purpose }, completions) => {
    if (purpose === "expand") takeExpansion(search, simulation, completions);
    else takeRest(search, simulation, purpose, completions);
  },
  takeVerdicts,
  takeScore,
  answer: bestAnswer,
};

// Select.

/**
 * Goes down from where a simulation is to the first node that may still draw, which it expands, or to a program, which it evaluates. A
 * simulation that finds every way busy stays where it is and is tried again the next time. A node that has nothing but dead ends is worth 0.
 */
function select(search: SearchState, simulation: Simulation): void {
  const { path, missing, isBusy } = search.without(simulation, () => descend(search, simulation));
  search.lead(simulation, path);
  if (isBusy) return;
  announce(search, simulation);
  if (missing > 0) expand(search, simulation, missing);
  else if (isTerminal(nodeAt(search.tree, leafOf(simulation)))) evaluate(search, simulation);
  else backup(search, simulation, 0);
}

/** Where a simulation comes to: its path, the draws its leaf lacks, and whether nothing can be done there before others are back. */
function descend(
  search: SearchState,
  { number, path: from }: Simulation,
): { readonly path: readonly NodeId[]; readonly missing: number; readonly isBusy: boolean } {
  const { tree } = search;
  const path = [...from];
  for (;;) {
    const id = path[path.length - 1] ?? 0;
    if (isTerminal(nodeAt(tree, id))) return { path, missing: 0, isBusy: false };
    const missing = tree.missingDraws(id);
    const next = missing > 0 ? null : nextChild(search, number, id);
    if (next === null) return { path, missing, isBusy: missing <= 0 && tree.openness(id) === "busy" };
    path.push(next);
  }
}

/** Of the children where something can be done, else of the judged programs (a visit costs no token), the most attractive. */
function nextChild(search: SearchState, simulation: number, parent: NodeId): NodeId | null {
  const { ready, busy } = search.tree.childrenOf(parent);
  if (ready > 0) return pickChild(search, simulation, parent, "ready");
  return busy > 0 ? null : pickChild(search, simulation, parent, "judged");
}

/** The most attractive of some children by the configured formula; chance, seeded, decides between equals. Null when there are none. */
function pickChild({ config, tree }: SearchState, simulation: number, parent: NodeId, choice: Choice): NodeId | null {
  const { schedule, exploration } = config.tree;
  const c = explorationAt(schedule, exploration, simulation, config.budget.numSimulations);
  const children = tree.childrenOf(parent);
  const ties = children.mostAttractive(choice, tree.visits(parent), c);
  if (ties.length === 0) return null;
  const chosen = createRandom(deriveSeed(tree.facts.seed, "select", simulation, parent)).pick(ties);
  return children.ids[chosen] ?? null;
}

/** Tells the log where a simulation is. */
export function announce(search: SearchState, simulation: Simulation): void {
  search.emit({ type: "selected", simulation: simulation.number, path: simulation.path });
}

// Expand.

/** Asks for the next steps a node may still draw, all in one request (they share its prefill). See {@link DistinctUnit}. */
export function expand(search: SearchState, simulation: Simulation, count: number, unit: DistinctUnit = "step"): void {
  if (search.outOfTokens) abandon(search, simulation);
  else search.draw(simulation, "expand", count, unit);
}

/** Adds the drawn next steps to the tree, and goes to a child nobody has visited, which it evaluates; when there is none (all were drawn before), on down. */
function takeExpansion(search: SearchState, simulation: Simulation, completions: readonly Completion[]): void {
  addDraws(search, simulation, completions);
  const parent = leafOf(simulation);
  const chosen = search.without(simulation, () => pickChild(search, simulation.number, parent, "unvisited"));
  if (chosen === null) {
    select(search, simulation);
    return;
  }
  search.lead(simulation, [...simulation.path, chosen]);
  announce(search, simulation);
  evaluate(search, simulation);
}

/**
 * Puts drawn next steps under the node a simulation has come to, and under each what the model wrote behind it without being asked.
 * Returns the nodes of the next steps, each once.
 */
export function addDraws(
  search: SearchState,
  simulation: Simulation,
  completions: readonly Completion[],
): readonly NodeId[] {
  const { protocol, problem, config, tree } = search;
  const { id, depth } = nodeAt(tree, leafOf(simulation));
  const prefix = stepsTo(tree, id);
  const next = completions.flatMap((completion) => {
    const steps = readDraw(protocol, { purpose: "expand", problem, prefix }, completion);
    const path = [id];
    for (const drawn of cutAtDepth(steps, depth + 1, config.tree.maxDepth)) {
      path.push(addStep(search, simulation, path.at(-1) ?? id, drawn, path.length === 1 ? "expansion" : "playout"));
    }
    return path.slice(1, 2);
  });
  return [...new Set(next)];
}

/** Puts one drawn step under a node: a new child, or one more draw of an existing one (siblings that say the same are merged). */
function addStep(
  search: SearchState,
  simulation: Simulation,
  parent: NodeId,
  drawn: DrawnStep,
  origin: "expansion" | "playout",
): NodeId {
  const { step, tokens, logProb, toldTokens, deadEnd, sample } = drawn;
  const same = search.tree.childHolding(parent, drawn);
  if (same !== undefined) {
    const isKept = sample?.drawLogProbs !== undefined && search.keepSamples;
    const isOtherwiseSaid = isKept && !hasSample(nodeAt(search.tree, same), sample);
    search.emit({ type: "nodeMerged", id: same, tokens, ...(isOtherwiseSaid ? { sample } : {}) });
    return same;
  }
  const id = search.tree.nodes.length;
  search.emit({
    type: "nodeAdded",
    id,
    parent,
    step,
    tokens,
    logProb,
    ...(toldTokens === undefined ? {} : { toldTokens }),
    origin,
    ...(deadEnd === undefined ? {} : { deadEnd }),
    ...(sample !== undefined && search.keepSamples ? { sample } : {}),
  });
  search.markFresh(simulation);
  return id;
}

/**
 * Cuts a path at the maximal depth: a step there that is not code becomes a dead end, and takes over what the steps behind it cost.
 * `depth` is the depth of the first step.
 */
function cutAtDepth(steps: readonly DrawnStep[], depth: number, maxDepth: number): readonly DrawnStep[] {
  const last = steps[maxDepth - depth];
  if (!last || last.deadEnd !== undefined || last.step.kind === "code") return steps.slice(0, maxDepth - depth + 1);
  const rest = steps.slice(maxDepth - depth);
  const tokens = rest.reduce((sum, step) => sum + step.tokens, 0);
  const samples = rest.map(({ sample }) => sample).filter((sample) => sample !== undefined);
  const sample = joinSamples(samples);
  const cut: DrawnStep = { step: last.step, tokens, ...logProbOf(rest), deadEnd: "max-depth" };
  return [...steps.slice(0, maxDepth - depth), samples.length === rest.length ? { ...cut, sample } : cut];
}

/** What is known of the log-probability of several steps together. */
function logProbOf(steps: readonly DrawnStep[]): Pick<DrawnStep, "logProb" | "toldTokens"> {
  const known = steps.filter(({ logProb }) => logProb !== null);
  if (known.length === 0) return { logProb: null };
  const total = (of: readonly DrawnStep[]) => of.reduce((sum, { tokens }) => sum + tokens, 0);
  const told = known.reduce((sum, { tokens, toldTokens = tokens }) => sum + toldTokens, 0);
  const sum = known.reduce((all, { logProb }) => all + (logProb ?? 0), 0);
  const all = total(steps);
  const ofAll = total(known) === all ? sum : (sum / Math.max(1, total(known))) * all;
  return { logProb: ofAll, ...(told === all ? {} : { toldTokens: told }) };
}

// Evaluate.

/**
 * The value of the node a simulation has come to: a dead end is worth 0, a program its reward, which is known or found by judging it; any
 * other node what a playout to a program brings, or, with `leafValue: "scorer"`, the step scorer's estimate in its place. A playout begins
 * with what the model wrote behind the step without being asked, and costs nothing where that is a program.
 * While another simulation has the very program judged, this one waits.
 */
export function evaluate(search: SearchState, simulation: Simulation): void {
  const node = nodeAt(search.tree, leafOf(simulation));
  if (node.deadEnd !== undefined) backup(search, simulation, 0);
  else if (node.reward) backup(search, simulation, node.reward.reward);
  else if (node.step?.kind === "code") {
    if (!search.tree.isBeingJudged(node.id)) search.judge(simulation, node.step.text);
  } else if (search.config.tree.leafValue !== "playout") search.score(simulation);
  else if (!followWritten(search, simulation)) drawRest(search, simulation, "playout");
}

/** Goes on along steps that came with a node nobody has visited, and evaluates where they end; false when none did. */
function followWritten(search: SearchState, simulation: Simulation): boolean {
  const { tree } = search;
  const leaf = leafOf(simulation);
  const isNew = search.without(simulation, () => tree.visits(leaf) === 0);
  const [next] = isNew ? tree.childrenOf(leaf).ids : [];
  if (next === undefined) return false;
  search.lead(simulation, [...simulation.path, next]);
  evaluate(search, simulation);
  return true;
}

/** Continues a path to its end in one request: a playout, or a whole sample when it starts at the root. See {@link DistinctUnit}. */
export function drawRest(
  search: SearchState,
  simulation: Simulation,
  purpose: Exclude<DrawPurpose, "expand">,
  unit: DistinctUnit = "step",
): void {
  if (search.outOfTokens) abandon(search, simulation);
  else search.draw(simulation, purpose, 1, unit);
}

/** Adds the rest of a path to the tree, where it stays, and evaluates what it ends in; when there was nothing left to draw, it is worth 0. */
export function takeRest(
  search: SearchState,
  simulation: Simulation,
  purpose: DrawPurpose,
  completions: readonly Completion[],
): void {
  const { protocol, problem, config, tree } = search;
  const { id, depth } = nodeAt(tree, leafOf(simulation));
  const prefix = stepsTo(tree, id);
  const steps = completions.flatMap((completion) => readDraw(protocol, { purpose, problem, prefix }, completion));
  if (steps.length === 0) {
    backup(search, simulation, 0);
    return;
  }
  const path = [...simulation.path];
  for (const drawn of cutAtDepth(steps, depth + 1, config.tree.maxDepth)) {
    path.push(addStep(search, simulation, path[path.length - 1] ?? 0, drawn, "playout"));
  }
  search.lead(simulation, path);
  evaluate(search, simulation);
}

/** The verdicts on a program make its reward, which ends the simulation. */
export function takeVerdicts(
  search: SearchState,
  simulation: Simulation,
  { node }: JudgeWork,
  verdicts: readonly TestVerdict[],
): void {
  const reward = rewardOf(verdicts, search.config.compileWeight);
  search.emit({ type: "evaluated", id: node, reward, verdicts });
  search.markFresh(simulation);
  backup(search, simulation, reward.reward);
}

/** The step scorer's estimate, in the place of a playout, ends the simulation. */
export function takeScore(search: SearchState, simulation: Simulation, { node }: ScoreWork, value: number): void {
  search.emit({ type: "scored", id: node, value });
  search.markFresh(simulation);
  backup(search, simulation, value);
}

// Back up.

/**
 * Ends a simulation: its value, in [0, 1], is added to every node on its path (W += value, N += 1), and its virtual visits go.
 * There is no discount (the reference repository's mcts_discount_factor is 1).
 */
export function backup(search: SearchState, simulation: Simulation, value: number): void {
  const { number, path, fresh } = simulation;
  search.emit({ type: "backedUp", simulation: number, path, value });
  search.end(simulation, fresh ? 0 : search.idle + 1);
}

/** Ends a simulation that may not sample what it needs (the tokens are spent): nothing is learnt from it. */
function abandon(search: SearchState, simulation: Simulation): void {
  search.end(simulation, search.idle);
}
