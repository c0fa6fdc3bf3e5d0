/**
 * Reasoning data in the shapes that TRL's trainers read (its guide "Dataset formats and types"), one JSON object a line. Texts are
 * the tiny model's format; what ends a completion (`<eos>`) is left to the trainer.
 */
import { policyPrompt, renderStep } from "../protocol/tiny";
import { qValue } from "../run/tree";
import type { Step } from "../step";
import { prefixOf, type ReasoningTree, siblingGroups } from "./reasoning";

/** For `PRMTrainer`: a label for every step. */
export interface StepwiseRow {
  readonly prompt: string;
  readonly completions: readonly string[];
  readonly labels: readonly (boolean | number)[];
}

/** For `DPOTrainer` and `RewardTrainer`. */
export interface PreferenceRow {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** For `SFTTrainer`. */
export interface SftRow {
  readonly prompt: string;
  readonly completion: string;
}

/**
 * Every path to a judged program. Labels say whether a passing program was reached through the step, or as `values` its v_j in
 * [0, 1], which TRL's own trainer would cut to 0 and 1.
 */
export function stepwiseRows(tree: ReasoningTree, labels: "reached" | "values"): readonly StepwiseRow[] {
  const prompt = policyPrompt(tree.problem, []);
  return [...tree.nodes.entries()]
    .filter(([, { pass }]) => pass !== null)
    .map(([index]) => {
      const path = pathOf(tree, index).flatMap((at) => tree.nodes[at] ?? []);
      return {
        prompt,
        completions: path.map(({ step }) => renderStep(step)),
        labels: path.map((node) => (labels === "reached" ? node.reached : (qValue(node) ?? 0))),
      };
    });
}

function pathOf({ nodes }: ReasoningTree, index: number): readonly number[] {
  const path: number[] = [];
  for (let at: number | null = index; at !== null; at = nodes[at]?.parent ?? null) path.push(at);
  return path.reverse();
}

/** Of each group of siblings the step of the highest value against that of the lowest, where they are at least `margin` apart. */
export function preferenceRows(tree: ReasoningTree, margin: number): readonly PreferenceRow[] {
  return siblingGroups(tree).flatMap((group) => {
    const valued = group.flatMap((index) => {
      const node = tree.nodes[index];
      const value = node && node.deadEnd === undefined ? qValue(node) : undefined;
      return node && value !== undefined ? [{ index, step: node.step, value }] : [];
    });
    const sorted = valued.sort((a, b) => b.value - a.value);
    const [best, worst] = [sorted[0], sorted.at(-1)];
    if (!best || !worst || best.value - worst.value < margin) return [];
    const prompt = policyPrompt(tree.problem, prefixOf(tree, best.index).slice(0, -1));
    return [{ prompt, chosen: renderStep(best.step), rejected: renderStep(worst.step) }];
  });
}

/** Paths of a tree to imitate, such as D+ (`passingPaths`). */
export function sftRows({ problem }: ReasoningTree, paths: readonly (readonly Step[])[]): readonly SftRow[] {
  const prompt = policyPrompt(problem, []);
  return paths.map((path) => ({ prompt, completion: path.map(renderStep).join("") }));
}
