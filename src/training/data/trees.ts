/** Reasoning data (O1-CODER's D_process) as records to learn from. */
import { parseTrees } from "../../core/data/lines";
import {
  passingPaths,
  prefixOf,
  type ReasoningNode,
  type ReasoningTree,
  siblingGroups,
} from "../../core/data/reasoning";
import { policyPrompt, renderStep } from "../../core/protocol/tiny";
import type { RecordShape, TrainingRecord } from "./records";

/** Passing paths of one problem that are imitated at most. */
const MOST_PATHS = 4;

/** Siblings are compared when their values differ by so much at least, and each was visited so often at least. */
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
      if (!node || !isValued(node) || node.visitCount < LEAST_VISITS) return [];
      return [{ index, value: (won[index] ?? 0) / node.visitCount, text: renderStep(node.step) }];
    });
    return known.flatMap((better) =>
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

/** Every path to its last visited step, each step with the share of its N simulations that passed, and N. */
function valued(tree: ReasoningTree): readonly TrainingRecord<"stepwise">[] {
  const won = wins(tree);
  const inner = new Set(tree.nodes.filter(isValued).map(({ parent }) => parent));
  const last = [...tree.nodes.keys()].filter((index) => {
    const node = tree.nodes[index];
    return node !== undefined && isValued(node) && !inner.has(index);
  });
  return last.map((end) => {
    const path: (ReasoningNode & { readonly won: number })[] = [];
    for (let at: number | null = end; at !== null; at = path[0]?.parent ?? null) {
      const node = tree.nodes[at];
      if (!node) break;
      path.unshift({ ...node, won: won[at] ?? 0 });
    }
    return {
      prompt: policyPrompt(tree.problem, []),
      completions: path.map(({ step }) => renderStep(step)),
      labels: path.map(({ won, visitCount }) => (visitCount > 0 ? Math.min(1, won / visitCount) : null)),
      visits: path.map(({ visitCount }) => (visitCount > 0 ? visitCount : null)),
      problem: tree.problem.id,
    };
  });
}

/** Whether a node is a step, and one that was visited. */
function isValued({ deadEnd, visitCount }: ReasoningNode): boolean {
  return deadEnd === undefined && visitCount > 0;
}
