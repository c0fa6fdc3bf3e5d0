/**
 * Step 2 of Algorithm 1 (O1-CODER, section 3.2.3): tree search on training problems, with their own tests, writes down what it found
 * out about every step. Trees of the other splits are for measuring what was learnt. Same spec, same weights, same backend: same trees.
 */
import type { SearchConfig } from "../core/config";
import type { ReasoningNode, ReasoningTree } from "../core/data/reasoning";
import { LabError } from "../core/errors";
import { TIERS, type Tier } from "../core/problem";
import { deriveSeed } from "../core/rng";
import { applyEvent, initialState } from "../core/run/fold";
import type { RunState } from "../core/run/tree";
import { isStep, type Step } from "../core/step";
import { concurrently } from "../experiment/evaluate/concurrently";
import { type RunPorts, settingsFault } from "../experiment/run/requirements";
import { runExperiment } from "../experiment/run/run";
import { generatePuzzle, type Puzzle } from "../puzzles/generator";
import { puzzleId } from "../puzzles/puzzle-id";
import type { Split } from "../puzzles/splits";
import { createValidity } from "../puzzles/validity";

/** What decides the trees. */
export interface CollectSpec {
  /** Absent: `train`. Nothing may be trained on another one's trees. */
  readonly split?: Split;
  /** `all` takes the tiers in turn. */
  readonly tier: Tier | "all";
  /** How many problems, at least 1: the first of the generator's sequence under `seed`. */
  readonly problems: number;
  readonly config: SearchConfig;
  /** A search ends when so many different programs pass all tests, at least 1: more of the same teaches little. */
  readonly passes: number;
  readonly seed: number;
  /**
   * Whether all samples are wanted and imitated, be they right or not: a control for what verification is worth. Then `passes` ends
   * nothing. Absent: false.
   */
  readonly unverified?: boolean;
}

/** Trees to collect. */
export interface CollectRequest extends CollectSpec {
  readonly ports: RunPorts;
  /** Ids of problems whose trees are there already. */
  readonly done: ReadonlySet<string>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Begins no other problem and drops those under way. */
  readonly signal?: AbortSignal;
}

/** A problem that is not made yet. */
interface PuzzleRef {
  readonly id: string;
  readonly make: () => Puzzle;
}

/** The problems of a collection, in order. */
export function collectedPuzzles(spec: CollectSpec): readonly PuzzleRef[] {
  return Array.from({ length: spec.problems }, (_, place) => puzzleRef(spec, place));
}

/** Problem number `place`, from 0, of the endless sequence that collections and policies learn from. */
export function puzzleRef(
  { split = "train", tier, seed }: Pick<CollectSpec, "split" | "tier" | "seed">,
  place: number,
): PuzzleRef {
  const tiers = tier === "all" ? TIERS : [tier];
  const which = [split, tiers[place % tiers.length] ?? "described", Math.floor(place / tiers.length), seed] as const;
  return { id: puzzleId(...which), make: () => generatePuzzle(...which) };
}

/**
 * Searches the problems that are left, several at once, and yields each one's tree when it is there.
 * @throws LabError when the settings cannot be met, or a search ends with an error.
 */
export async function* collect(request: CollectRequest): AsyncGenerator<ReasoningTree, void> {
  const fault = settingsFault(request.config, request.ports);
  if (fault !== null) throw fault;
  const left = collectedPuzzles(request).filter(({ id }) => !request.done.has(id));
  const search = ({ make }: PuzzleRef, ports: RunPorts, signal: AbortSignal) =>
    searchPuzzle({ ...request, ports, signal }, make());
  for await (const { result } of concurrently(request, left, search)) if (result !== null) yield result;
}

/** One search, to its budget or to enough passing programs; null when it was stopped from outside. */
async function searchPuzzle(request: CollectRequest, puzzle: Puzzle): Promise<ReasoningTree | null> {
  const { config, seed, ports, now, passes, unverified = false, signal } = request;
  const enough = new AbortController();
  const run = runExperiment({
    problem: puzzle.problem,
    config,
    seed: deriveSeed(seed, puzzle.problem.id) >>> 1,
    mode: "synthesis",
    ports,
    hiddenTests: () => Promise.resolve(puzzle.hiddenTests),
    now,
    signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
  });
  let state = initialState();
  const passing = new Set<string>();
  for await (const { event } of run) {
    state = applyEvent(state, event);
    if (event.type === "evaluated" && event.reward.pass === 1) passing.add(textOf(state, event.id));
    if (passing.size >= passes && !unverified) enough.abort();
  }
  if (signal?.aborted) return null;
  if (state.ended?.reason === "error") {
    const message = `The search on ${puzzle.problem.id} failed: ${state.ended.message}`;
    throw new LabError("internal/run-failed", message, "Run it again: it goes on with the problems that are left.");
  }
  return reasoningTree(state, puzzle);
}

function textOf({ nodes }: RunState, id: number): string {
  return nodes.get(id)?.step?.text ?? "";
}

/** What a finished search knows of every step; the root, which is no step, is left out. */
export function reasoningTree({ nodes, tokens }: RunState, puzzle: Puzzle): ReasoningTree {
  const isRight = createValidity(puzzle);
  const steps: Step[][] = [[]];
  const reached = reachedNodes(nodes);
  const found: ReasoningNode[] = [];
  for (const { id, parent, step, visitCount, valueSum, logProb, reward, deadEnd } of nodes) {
    if (step === null || parent === null || !isStep(step)) continue;
    const path = [...(steps[parent] ?? []), step];
    steps[id] = path;
    const pass = reward?.pass ?? null;
    found.push({
      parent: parent === 0 ? null : parent - 1,
      step,
      visitCount,
      valueSum,
      logProb,
      pass,
      ...(deadEnd === undefined ? {} : { deadEnd }),
      reached: reached.has(id),
      exact: deadEnd === undefined && (pass === null ? isRight(path) : pass === 1),
    });
  }
  return { problem: puzzle.problem, nodes: found, tokens: tokens.sampled };
}

/** Nodes at or below which a program passes every test. */
function reachedNodes(nodes: RunState["nodes"]): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const { id, reward } of nodes) {
    if (reward?.pass !== 1) continue;
    for (let at: number | null = id; at !== null && !reached.has(at); at = nodes.get(at)?.parent ?? null) {
      reached.add(at);
    }
  }
  return reached;
}
