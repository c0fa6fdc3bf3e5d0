import type { TreeNode } from "../core/run/tree";
import { MARK_WORDS, markOf } from "./mark";

/** A step in few words: its first line, without its number and without the example it works through. */
export function shortLabel(node: TreeNode): string {
  if (node.step === null) return "";
  if (node.deadEnd !== undefined) return node.deadEnd;
  if (node.step.kind === "code") {
    const tests = tally(node);
    return tests === undefined ? "" : `${tests.passed}/${tests.all}`;
  }
  const firstLine = node.step.text.split("\n", 1)[0] ?? "";
  if (node.step.kind === "define") return structureLabel(firstLine);
  return firstLine.replace(/^\d+[.)]\s*/, "").replace(/:\s*\[.*$/, "");
}

/** `2 operations: filter, map; return a number` -> `filter, map → number`; a list goes without saying. */
function structureLabel(line: string): string {
  return line
    .replace(/^\d+ operations?: /, "")
    .replace(/; return a list$/, "")
    .replace(/; return an? /, " → ");
}

/** Passed and all tests of a program. Generated ones are left out: they may be wrong, and the reward does not count them. */
function tally(node: TreeNode): { readonly passed: number; readonly all: number } | undefined {
  const verdicts = node.verdicts?.filter(({ kind }) => kind !== "generated");
  if (verdicts === undefined) return undefined;
  return { passed: verdicts.filter(({ verdict }) => verdict === "passed").length, all: verdicts.length };
}

/** At most `length` characters, the last one an ellipsis if something was cut. */
export function ellipsize(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, Math.max(0, length - 1)).trimEnd()}…`;
}

/** What a screen reader says of a node. */
export function spokenLabel(node: TreeNode): string {
  const mark = markOf(node);
  const what =
    node.step?.kind === "code" && node.deadEnd === undefined ? `code, ${MARK_WORDS[mark]}` : MARK_WORDS[mark];
  const tests = tally(node);
  const label = tests === undefined ? shortLabel(node) : `${tests.passed} of ${tests.all} tests`;
  const value = node.visitCount > 0 ? `value ${(node.valueSum / node.visitCount).toFixed(2)}` : "no value yet";
  const visits = `${node.visitCount} ${node.visitCount === 1 ? "visit" : "visits"}`;
  return [what, label, value, visits].filter((part) => part !== "").join(", ");
}
