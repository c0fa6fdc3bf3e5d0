import type { Sampling } from "../../core/config";
import type { GoldStep } from "../../core/data/gold";
import { prefixOf, type ReasoningNode, type ReasoningTree } from "../../core/data/reasoning";
import { LabError } from "../../core/errors";
import type { TestCase } from "../../core/problem";
import { createRandom, deriveSeed } from "../../core/rng";
import { type Draw, drawRequest, readDraw } from "../../core/search/draw";
import { rewardOf } from "../../core/search/reward";
import { protocolOf, type RunPorts } from "../run/requirements";
import { newRunStats } from "../run/run-stats";
import { Judge, searchTests } from "../run/tests";

/** A gold set to make. */
export interface GoldSetRequest {
  readonly ports: Pick<RunPorts, "policy" | "runner">;
  /** Where the steps are taken from. */
  readonly trees: readonly ReasoningTree[];
  /** How many, at least 1; fewer when the trees have fewer. */
  readonly steps: number;
  /** How often each one's path is finished, at least 1. */
  readonly rollouts: number;
  /** How rollouts are drawn: as the search drew its playouts. */
  readonly sampling: Sampling;
  /** A problem's own tests; null when nobody knows them. */
  readonly ownTests: (problemId: string) => readonly TestCase[] | null;
  readonly seed: number;
}

/** A step of a tree. */
interface Place {
  readonly tree: ReasoningTree;
  readonly index: number;
}

/** Whether a step has a value, and a program that is still to come: a dead end or a program has been judged already. */
export function isOnTheWay({ step, deadEnd, visitCount }: ReasoningNode): boolean {
  return step.kind !== "code" && deadEnd === undefined && visitCount > 0;
}

/** Steps of all problems in turn, at random among each one's. */
function pickSteps({ trees, steps, seed }: GoldSetRequest): readonly Place[] {
  const random = createRandom(deriveSeed("gold", seed));
  const shuffled = trees.map((tree) => {
    const indices = [...tree.nodes.entries()].filter(([, node]) => isOnTheWay(node)).map(([index]) => index);
    return random.shuffle(indices).map((index) => ({ tree, index }));
  });
  const rounds = Math.max(0, ...shuffled.map(({ length }) => length));
  const inTurn = Array.from({ length: rounds }, (_, round) => shuffled.flatMap((places) => places[round] ?? []));
  return inTurn.flat().slice(0, steps);
}

/**
 * Finishes the paths of some steps many times over and judges each program on the problem's own tests. Yields each step as it is
 * done; which steps and which rollouts is a function of the seed.
 * @throws LabError `input/unknown-problem` when a tree is about a problem whose tests are not known; what the ports throw.
 */
export async function* makeGoldSet(request: GoldSetRequest): AsyncGenerator<GoldStep, void> {
  for (const place of pickSteps(request)) yield await finishOften(request, place);
}

async function finishOften(request: GoldSetRequest, { tree, index }: Place): Promise<GoldStep> {
  const { ports, rollouts, sampling, seed, ownTests } = request;
  const { problem } = tree;
  const own = ownTests(problem.id);
  const node = tree.nodes[index];
  if (own === null || node === undefined) {
    throw new LabError(
      "input/unknown-problem",
      `The tests of ${problem.id} are not known, so nothing can be said about its steps.`,
      "Take trees of list puzzles.",
    );
  }
  const protocol = protocolOf(ports.policy.info);
  const steps = prefixOf(tree, index);
  const rolloutSeed = deriveSeed("rollouts", seed, problem.id, index);
  const draw: Draw = { purpose: "playout", problem, prefix: steps, sampling, count: rollouts, seed: rolloutSeed };
  const [result] = await ports.policy.sample([drawRequest(protocol, draw)]);
  const judge = new Judge(ports.runner, problem, searchTests(problem, [], own), newRunStats());
  const never = new AbortController().signal;
  const rewards = await Promise.all(
    (result?.completions ?? []).map(async (completion) => {
      const last = readDraw(protocol, draw, completion).at(-1);
      if (last?.deadEnd !== undefined || last?.step.kind !== "code") return 0;
      return rewardOf(await judge.judge(last.step.text, never), 0).reward;
    }),
  );
  return {
    problem,
    steps,
    valueSum: node.valueSum,
    visitCount: node.visitCount,
    exact: node.exact,
    rollouts: rewards.length,
    passes: rewards.filter((reward) => reward === 1).length,
    rewardSum: rewards.reduce((sum, reward) => sum + reward, 0),
  };
}
