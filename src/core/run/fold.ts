import type { NodeId, RunEvent, TimedEvent } from "./events";
import { nodeAt, type RunState, type Tree, type TreeNode } from "./tree";
import { Vector, type VectorEditor } from "./vector";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** What a run comes to besides its tree. */
export type RunFacts = Omit<RunState, "nodes">;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const NO_CHILDREN = Vector.of<NodeId>();

const NO_FACTS: RunFacts = {
  problem: null,
  config: null,
  seed: 0,
  mode: "inference",
  model: null,
  generatedTests: [],
  simulations: 0,
  tokens: { sampled: 0, prompt: 0, prefilled: 0, scorer: 0 },
  lastPath: [],
  firstLeaf: null,
  ended: null,
  finalists: null,
  hidden: null,
};

/** A run before its first event. */
export function initialState(): RunState {
  return { ...NO_FACTS, nodes: Vector.of() };
}

/**
 * A run that takes in its events one by one. What an event costs does not grow with the tree, only with the depth of the
 * path it is about. The states it has given out stay as they are, and what no event touches keeps its identity, so that a
 * view can compare with `===`.
 */
export class Fold implements Tree {
  private run: Mutable<RunFacts>;
  private tree: VectorEditor<TreeNode>;
  /** The last state given out, as long as nothing has happened since. */
  private given: RunState | null;

  constructor(from: RunState) {
    const { nodes, ...facts } = from;
    this.run = facts;
    this.tree = nodes.edit();
    this.given = from;
  }

  /** The nodes as they are now. */
  get nodes(): VectorEditor<TreeNode> {
    return this.tree;
  }

  /** What the run has come to by now. */
  get facts(): RunFacts {
    return this.run;
  }

  get state(): RunState {
    this.given ??= { ...this.run, nodes: this.tree.vector() };
    return this.given;
  }

  /** @throws RangeError when the event does not fit what came before (a corrupt or re-ordered log); nothing has changed then. */
  apply(event: RunEvent): void {
    this.given = null;
    switch (event.type) {
      case "started": {
        const { problem, config, seed, mode, model } = event;
        this.run = { ...NO_FACTS, problem, config, seed, mode, model };
        this.tree = Vector.of<TreeNode>().edit();
        return;
      }
      case "prompted": {
        const { sampled, prompt, prefilled, scorer } = this.run.tokens;
        const { promptTokens, prefilledTokens, scorerTokens = 0 } = event;
        this.run.tokens = {
          ...{ sampled, prompt: prompt + promptTokens, prefilled: prefilled + prefilledTokens },
          scorer: scorer + scorerTokens,
        };
        return;
      }
      case "testsGenerated":
        this.run.generatedTests = event.tests;
        this.countSampled(event.tokens);
        return;
      case "selected":
        this.run.lastPath = event.path;
        return;
      case "nodeAdded":
        this.addNode(event);
        return;
      case "nodeMerged":
        this.change(event.id, ({ count, samples = [] }) => ({
          count: count + 1,
          ...(event.sample === undefined ? {} : { samples: [...samples, event.sample] }),
        }));
        this.countSampled(event.tokens);
        return;
      case "exhausted":
        this.change(event.id, () => ({ isExhausted: true }));
        return;
      case "evaluated":
        this.change(event.id, () => ({ reward: event.reward, verdicts: event.verdicts }));
        return;
      case "scored":
        this.change(event.id, () => ({ score: event.value }));
        return;
      case "backedUp":
        this.backUp(event);
        return;
      case "ended": {
        const { reason, answer, message } = event;
        this.run.ended = { reason, answer, ...(message === undefined ? {} : { message }) };
        return;
      }
      case "finalistsCompared":
        this.compareFinalists(event);
        return;
      case "hiddenJudged":
        this.run.hidden = { solved: event.solved, tests: event.tests, verdicts: event.verdicts };
    }
  }

  private addNode(event: EventOf<"nodeAdded">): void {
    const { id, parent: parentId, step, tokens, logProb, toldTokens, origin, deadEnd, sample } = event;
    if (id !== this.tree.length) {
      throw new RangeError(`Node ${id} cannot be added as number ${this.tree.length}: the log is out of order.`);
    }
    const parent = parentId === null ? null : nodeAt(this, parentId);
    this.tree.push({
      id,
      parent: parentId,
      children: NO_CHILDREN,
      step,
      depth: parent ? parent.depth + 1 : 0,
      visitCount: 0,
      valueSum: 0,
      count: 1,
      logProb,
      ...(toldTokens === undefined ? {} : { toldTokens }),
      tokens,
      origin,
      ...(deadEnd === undefined ? {} : { deadEnd }),
      ...(sample === undefined ? {} : { samples: [sample] }),
    });
    if (parent) this.tree.set(parent.id, { ...parent, children: parent.children.push(id) });
    this.countSampled(tokens);
  }

  private backUp({ simulation, path, value }: EventOf<"backedUp">): void {
    for (const id of path) nodeAt(this, id);
    for (const id of path) {
      this.change(id, ({ visitCount, valueSum }) => ({ visitCount: visitCount + 1, valueSum: valueSum + value }));
    }
    if (simulation === 0) this.run.firstLeaf = path.at(-1) ?? null;
    this.run.simulations += 1;
  }

  private compareFinalists({ by, tests, tokens, finalists }: EventOf<"finalistsCompared">): void {
    const { ended, generatedTests } = this.run;
    const [answer] = finalists;
    if (!ended || !answer) throw new RangeError("Finalists are compared after the end of a search that has some.");
    for (const { nodeId } of finalists) nodeAt(this, nodeId);
    for (const { nodeId, verdicts } of finalists) {
      this.change(nodeId, (node) => ({ verdicts: [...(node.verdicts ?? []), ...verdicts] }));
    }
    this.run.generatedTests = [...generatedTests, ...tests];
    this.run.ended = { ...ended, answer: { nodeId: answer.nodeId, code: answer.code } };
    this.run.finalists = { by, all: finalists, tests: tests.length };
    this.countSampled(tokens);
  }

  private change(id: NodeId, changes: (node: TreeNode) => Partial<TreeNode>): void {
    const node = nodeAt(this, id);
    this.tree.set(id, { ...node, ...changes(node) });
  }

  private countSampled(tokens: number): void {
    this.run.tokens = { ...this.run.tokens, sampled: this.run.tokens.sampled + tokens };
  }
}

/**
 * The state after some more events.
 * @throws RangeError when one does not fit what came before.
 */
export function fold(state: RunState, events: readonly (RunEvent | TimedEvent)[]): RunState {
  const folding = new Fold(state);
  for (const entry of events) folding.apply("event" in entry ? entry.event : entry);
  return folding.state;
}

/** The state after one more event. @throws RangeError as `fold` does. */
export function applyEvent(state: RunState, event: RunEvent): RunState {
  return fold(state, [event]);
}

/** The state after a log, or after the first part of one: `replay(events.slice(0, t))` is the run at time t. */
export function replay(events: readonly (RunEvent | TimedEvent)[]): RunState {
  return fold(initialState(), events);
}
