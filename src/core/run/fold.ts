import { siblingPriors } from "../search/prior";
import type { Step } from "../step";
import type { NodeId, RunEvent, TimedEvent } from "./events";
import type { RunState, TreeNode } from "./tree";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** A run before its first event. */
export function initialState(): RunState {
  return {
    problem: null,
    config: null,
    seed: 0,
    mode: "inference",
    model: null,
    nodes: [],
    generatedTests: [],
    simulations: 0,
    tokens: { sampled: 0, prompt: 0, prefilled: 0 },
    lastPath: [],
    firstLeaf: null,
    ended: null,
    hidden: null,
  };
}

/** @throws RangeError when the log speaks of a node that no event has added: such a log is corrupt. */
export function nodeAt(state: RunState, id: NodeId): TreeNode {
  const node = state.nodes[id];
  if (!node) throw new RangeError(`The run has no node ${id}: its log is incomplete or out of order.`);
  return node;
}

function withSampled(state: RunState, tokens: number): Pick<RunState, "tokens"> {
  return { tokens: { ...state.tokens, sampled: state.tokens.sampled + tokens } };
}

/** Sets the priors of a node's children in `nodes`, which the caller owns. */
function refreshPriors(nodes: TreeNode[], parent: TreeNode): void {
  const siblings = parent.children.map((id) => nodes[id]).filter((node) => node !== undefined);
  const priors = siblingPriors(siblings);
  for (const [index, node] of siblings.entries()) {
    const prior = priors[index] ?? 0;
    if (node.prior !== prior) nodes[node.id] = { ...node, prior };
  }
}

function addNode(state: RunState, event: EventOf<"nodeAdded">): RunState {
  if (event.id !== state.nodes.length) {
    throw new RangeError(`Node ${event.id} cannot be added as number ${state.nodes.length}: the log is out of order.`);
  }
  const parent = event.parent === null ? null : nodeAt(state, event.parent);
  const node: TreeNode = {
    id: event.id,
    parent: event.parent,
    children: [],
    step: event.step,
    depth: parent ? parent.depth + 1 : 0,
    visitCount: 0,
    valueSum: 0,
    count: 1,
    prior: 1,
    logProb: event.logProb,
    tokens: event.tokens,
    origin: event.origin,
    ...(event.deadEnd === undefined ? {} : { deadEnd: event.deadEnd }),
  };
  const nodes = [...state.nodes, node];
  if (parent) {
    const grown = { ...parent, children: [...parent.children, node.id] };
    nodes[parent.id] = grown;
    refreshPriors(nodes, grown);
  }
  return { ...state, nodes, ...withSampled(state, event.tokens) };
}

function mergeNode(state: RunState, event: EventOf<"nodeMerged">): RunState {
  const node = nodeAt(state, event.id);
  const nodes = [...state.nodes];
  nodes[node.id] = { ...node, count: node.count + 1 };
  if (node.parent !== null) refreshPriors(nodes, nodeAt(state, node.parent));
  return { ...state, nodes, ...withSampled(state, event.tokens) };
}

function changeNode(state: RunState, id: NodeId, change: Partial<TreeNode>): RunState {
  const nodes = [...state.nodes];
  nodes[id] = { ...nodeAt(state, id), ...change };
  return { ...state, nodes };
}

function backUp(state: RunState, event: EventOf<"backedUp">): RunState {
  const nodes = [...state.nodes];
  for (const id of event.path) {
    const node = nodeAt(state, id);
    nodes[id] = { ...node, visitCount: node.visitCount + 1, valueSum: node.valueSum + event.value };
  }
  const firstLeaf = event.simulation === 0 ? (event.path.at(-1) ?? null) : state.firstLeaf;
  return { ...state, nodes, simulations: state.simulations + 1, firstLeaf };
}

/**
 * The state after one more event. Pure; what the event does not touch keeps its identity (so that a view can compare with
 * `===`). Costs one copy of the node array at most.
 * @throws RangeError when the event does not fit the state (a corrupt or re-ordered log).
 */
export function applyEvent(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "started": {
      const { problem, config, seed, mode, model } = event;
      return { ...initialState(), problem, config, seed, mode, model };
    }
    case "prompted": {
      const { sampled, prompt, prefilled } = state.tokens;
      const { promptTokens, prefilledTokens } = event;
      return { ...state, tokens: { sampled, prompt: prompt + promptTokens, prefilled: prefilled + prefilledTokens } };
    }
    case "testsGenerated":
      return { ...state, generatedTests: event.tests, ...withSampled(state, event.tokens) };
    case "selected":
      return { ...state, lastPath: event.path };
    case "nodeAdded":
      return addNode(state, event);
    case "nodeMerged":
      return mergeNode(state, event);
    case "evaluated":
      return changeNode(state, event.id, { reward: event.reward, verdicts: event.verdicts });
    case "scored":
      return changeNode(state, event.id, { score: event.value });
    case "backedUp":
      return backUp(state, event);
    case "ended": {
      const { reason, answer, message } = event;
      return { ...state, ended: { reason, answer, ...(message === undefined ? {} : { message }) } };
    }
    case "hiddenJudged":
      return { ...state, hidden: { solved: event.solved, tests: event.tests, verdicts: event.verdicts } };
  }
}

/** The state after a log, or after the first part of one: `replay(events.slice(0, t))` is the run at time t. */
export function replay(events: readonly (RunEvent | TimedEvent)[]): RunState {
  return events.reduce((state, entry) => applyEvent(state, "event" in entry ? entry.event : entry), initialState());
}

/** Q = W / N, in [0, 1]; undefined at N = 0 (a node that was drawn but never visited has no value yet). */
export function qValue(node: Pick<TreeNode, "visitCount" | "valueSum">): number | undefined {
  return node.visitCount === 0 ? undefined : node.valueSum / node.visitCount;
}

/** The ids from the root to a node, both included. */
export function pathTo(state: RunState, id: NodeId): readonly NodeId[] {
  const path: NodeId[] = [];
  for (let at: NodeId | null = id; at !== null; at = nodeAt(state, at).parent) path.unshift(at);
  return path;
}

/** The steps from the root to a node, its own included; empty for the root. */
export function stepsTo(state: RunState, id: NodeId): readonly Step[] {
  return pathTo(state, id)
    .map((at) => nodeAt(state, at).step)
    .filter((step) => step !== null);
}

/** Whether no step can follow: a program, or a dead end. */
export function isTerminal(node: Pick<TreeNode, "step" | "deadEnd">): boolean {
  return node.deadEnd !== undefined || node.step?.kind === "code";
}
