/** Reasoning data (O1-CODER's D_process) as records to learn from. */
import { parseTrees } from "../../core/data/lines";
import {
  passingPaths,
  pathTo,
  prefixOf,
  type ReasoningNode,
  type ReasoningTree,
  siblingGroups,
} from "../../core/data/reasoning";
import { policyPrompt, renderStep } from "../../core/protocol/tiny";
import type { RecordShape, TrainingRecord } from "./records";

/** Passing paths of one problem that are imitated at most. */
const MOST_PATHS = 4;

/** Paths of one problem whose steps' values are learnt at most. */
const MOST_VALUED = 8;

/**
 * Siblings are compared when their values differ by so much at least, and the better one was visited so often at least. One visit of the
 * worse one is enough: most wrong steps get no second one, and a right one that is taken for wrong there is as good as the better one.
 */
const LEAST_GAP = 0.4;
const LEAST_VISITS = 2;

/** Lines of trees as lines of records; lines of records, and whatever else, stay as they are. */
export function recordLines(lines: string, shape: RecordShape): string {
  return lines
    .split("\n")
    .flatMap((line) => {
      const [tree] = parseTrees(line).trees;
      return tree ? recordsOf(tree, shape).map((record) => JSON.stringify(record)) : line;
    })
    .join("\n");
}

/** What a tree has to teach. */
export function recordsOf(tree: ReasoningTree, shape: RecordShape): readonly TrainingRecord[] {
  if (shape === "completion") return imitated(tree);
  return shape === "preference" ? compared(tree) : valued(tree);
}

/** D+: the paths whose program passes every test. */
function imitated(tree: ReasoningTree): readonly TrainingRecord<"completion">[] {
  const prompt = policyPrompt(tree.problem, []);
  return passingPaths(tree, MOST_PATHS).map((steps) => ({
    prompt,
    completion: steps.map(renderStep).join(""),
    problem: tree.problem.id,
  }));
}

/**
 * Simulations through each node whose program passes every test: the successes in N trials of the binomial likelihood. A tree's own
 * W is no such count, since a wrong program that passes some tests adds its share of them; it is what search goes by.
 */
function wins({ nodes }: ReasoningTree): readonly number[] {
  const counts = nodes.map(({ pass, visitCount }) => (pass === 1 ? visitCount : 0));
  for (let index = nodes.length - 1; index >= 0; index--) {
    const parent = nodes[index]?.parent ?? null;
    if (parent !== null) counts[parent] = (counts[parent] ?? 0) + (counts[index] ?? 0);
  }
  return counts;
}

/** Pairs of siblings that are far enough apart. */
function compared(tree: ReasoningTree): readonly TrainingRecord<"preference">[] {
  const won = wins(tree);
  return siblingGroups(tree).flatMap((group) => {
    const known = group.flatMap((index) => {
      const node = tree.nodes[index];
      if (!node || !isValued(node)) return [];
      const { visitCount, step } = node;
      return [{ index, visitCount, value: (won[index] ?? 0) / visitCount, text: renderStep(step) }];
    });
    const often = known.filter(({ visitCount }) => visitCount >= LEAST_VISITS);
    return often.flatMap((better) =>
      known
        .filter((worse) => better.value - worse.value >= LEAST_GAP && better.text !== worse.text)
        .map((worse) => ({
          prompt: policyPrompt(tree.problem, prefixOf(tree, better.index).slice(0, -1)),
          chosen: better.text,
          rejected: worse.text,
          gap: better.value - worse.value,
          problem: tree.problem.id,
        })),
    );
  });
}

/**
 * Paths to their last valued step, each step with the share of its N simulations that passed, and N. A program is left out, since
 * tests judge it. Of a solved tree come paths that passed through and beside them those that went wrong latest, where right and wrong
 * lie closest together; of any other, in which all is wrong, its most visited path.
 */
function valued(tree: ReasoningTree): readonly TrainingRecord<"stepwise">[] {
  const won = wins(tree);
  const isStep = (node: ReasoningNode) => isValued(node) && node.step.kind !== "code";
  const inner = new Set(tree.nodes.filter(isStep).map(({ parent }) => parent));
  const paths = [...tree.nodes.entries()]
    .filter(([index, node]) => isStep(node) && !inner.has(index))
    .map(([index, { visitCount }]) => ({ steps: pathTo(tree, index), visitCount, won: won[index] ?? 0 }))
    .map((path) => ({ ...path, shared: path.steps.filter(({ index }) => (won[index] ?? 0) > 0).length }));
  const passed = paths.filter((path) => path.won > 0).sort((a, b) => b.visitCount - a.visitCount);
  const failed = paths
    .filter((path) => path.won === 0)
    .sort((a, b) => b.shared - a.shared || b.visitCount - a.visitCount);
  const isSolved = paths.some(({ shared }) => shared > 0);
  const taken = passed.slice(0, MOST_VALUED / 2);
  const chosen = isSolved ? [...taken, ...failed.slice(0, MOST_VALUED - taken.length)] : failed.slice(0, 1);
  return chosen.map(({ steps }) => ({
    prompt: policyPrompt(tree.problem, []),
    completions: steps.map(({ node }) => renderStep(node.step)),
    labels: steps.map(({ index, node }) =>
      node.visitCount > 0 ? Math.min(1, (won[index] ?? 0) / node.visitCount) : null,
    ),
    visits: steps.map(({ node }) => (node.visitCount > 0 ? node.visitCount : null)),
    problem: tree.problem.id,
  }));
}

/** Whether a node is a step, and one that was visited. */
function isValued({ deadEnd, visitCount }: ReasoningNode): boolean {
  return deadEnd === undefined && visitCount > 0;
}
