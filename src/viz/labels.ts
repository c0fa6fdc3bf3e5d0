import type { NodeId } from "../core/run/events";
import { qValue, type TreeNode } from "../core/run/tree";
import type { AnyStep } from "../core/step";
import { MARK_WORDS, markOf } from "./marks";

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
  const isUnknown = node.verdicts?.length === 0 && node.reward?.pass === undefined;
  if (verdicts === undefined || isUnknown) return undefined;
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
    node.step === null || node.deadEnd !== undefined
      ? MARK_WORDS[mark]
      : node.step.kind === "code"
        ? `code, ${MARK_WORDS[mark]}`
        : node.step.kind;
  const tests = tally(node);
  const label = tests === undefined ? shortLabel(node) : `${tests.passed} of ${tests.all} tests`;
  const value = node.visitCount > 0 ? `value ${(node.valueSum / node.visitCount).toFixed(2)}` : "no value yet";
  const score = node.score === undefined ? "" : `PRM ${node.score.toFixed(2)}`;
  const visits = `${node.visitCount} ${node.visitCount === 1 ? "visit" : "visits"}`;
  return [what, label, value, score, visits].filter((part) => part !== "").join(", ");
}

/** Q beside the step scorer's estimate, where there is one: `Q 0.50 · PRM 0.62`. */
export function valuesLabel(node: TreeNode): string {
  if (node.score === undefined) return "";
  const value = qValue(node);
  return `${value === undefined ? "" : `Q ${value.toFixed(2)} · `}PRM ${node.score.toFixed(2)}`;
}

/** What several of the children are called alike, by their list: a visit makes another node of a parent, but keeps the list. */
const sharedLabels = new WeakMap<TreeNode["children"], ReadonlySet<string>>();
/** Words of steps, which outlive their nodes as well. */
const labels = new WeakMap<AnyStep, string>();

/**
 * A step in few words, and in a few more where a sibling would be called the same: steps may differ only in the example they work
 * through, or in their second line.
 */
export function siblingLabel(node: TreeNode, nodes: readonly TreeNode[]): string {
  const parent = node.parent === null ? undefined : nodes[node.parent];
  if (parent === undefined || node.step === null || !isSpoken(node, node.step)) return shortLabel(node);
  const label = labelOf(node, node.step);
  if (!sharedBy(parent, nodes).has(label)) return label;
  const more = furtherWords(node.step.text);
  return more === "" ? label : `${label} ${more}`;
}

/** Whether a node goes by the words of its step: programs and dead ends go by what became of them. */
function isSpoken({ deadEnd }: TreeNode, step: AnyStep): boolean {
  return step.kind !== "code" && deadEnd === undefined;
}

function labelOf(node: TreeNode, step: AnyStep): string {
  const known = labels.get(step);
  if (known !== undefined) return known;
  const label = shortLabel(node);
  labels.set(step, label);
  return label;
}

function sharedBy(parent: TreeNode, nodes: readonly TreeNode[]): ReadonlySet<string> {
  const known = sharedLabels.get(parent.children);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const id of parent.children) {
    const child = nodes[id];
    if (child?.step === undefined || child.step === null || !isSpoken(child, child.step)) continue;
    const label = labelOf(child, child.step);
    if (seen.has(label)) shared.add(label);
    seen.add(label);
  }
  sharedLabels.set(parent.children, shared);
  return shared;
}

/** What the worked example comes to, or else the second line. */
function furtherWords(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  const outcome = /->\s*(.+)$/.exec(first)?.[1];
  if (outcome !== undefined) return `→ ${outcome}`;
  return rest.map((line) => line.trim()).find((line) => line !== "") ?? "";
}

/** A label that would like to be drawn beside its node. */
export interface LabelCandidate {
  readonly id: NodeId;
  /** Labels of one lane stand under each other; those of different lanes never meet. */
  readonly lane: number;
  /** Centres of the lines it may stand on, in pixels, the best one first. */
  readonly ys: readonly number[];
  /** Must be drawn if at all possible; higher goes first. 0: an ordinary label. */
  readonly priority: number;
  /** Its node stands too close to others for words: it is drawn only if it has a priority. */
  readonly isCrowded: boolean;
}

/**
 * Chooses labels so that text never overlaps text, and says on which of its lines each stands: by priority, and of equals from
 * top to bottom. Where nodes are crowded, ordinary labels are left out altogether: no words read better than every other one.
 */
export function chooseLabels(candidates: readonly LabelCandidate[], gap: number): Map<NodeId, number> {
  const chosen = new Map<NodeId, number>();
  const lanes = new Map<number, number[]>();
  const wanted = candidates.filter(({ priority, isCrowded }) => priority > 0 || !isCrowded);
  const first = ({ ys: [y = 0] }: LabelCandidate) => y;
  for (const { id, lane, ys } of wanted.sort((a, b) => b.priority - a.priority || first(a) - first(b) || a.id - b.id)) {
    const taken = lanes.get(lane) ?? [];
    const line = ys.findIndex((y) => taken.every((other) => Math.abs(other - y) >= gap));
    const y = ys[line];
    if (y === undefined) continue;
    taken.push(y);
    lanes.set(lane, taken);
    chosen.set(id, line);
  }
  return chosen;
}

/** An edge as it is drawn, in pixels: it leaves the first point and reaches the second one horizontally. */
export interface EdgeCurve {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Where words stand, in pixels. */
export interface LabelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Points of a curve that are looked at. */
const CURVE_POINTS = 24;

/** Whether an edge passes through words: a Bezier curve whose control points stand half-way, at the height of the ends. */
export function passesThrough({ x0, y0, x1, y1 }: EdgeCurve, { left, right, top, bottom }: LabelBox): boolean {
  for (let i = 1; i < CURVE_POINTS; i++) {
    const t = i / CURVE_POINTS;
    const x = x0 + (x1 - x0) * t * (1.5 - 1.5 * t + t * t);
    const y = y0 + (y1 - y0) * t * t * (3 - 2 * t);
    if (x > left && x < right && y > top && y < bottom) return true;
  }
  return false;
}

/** The ids among nodes (of one column, from top to bottom) that stand less than `gap` pixels from a neighbour. */
export function crowdedNodes(column: readonly { readonly id: NodeId; readonly y: number }[], gap: number): Set<NodeId> {
  const crowded = new Set<NodeId>();
  for (let i = 1; i < column.length; i++) {
    const [above, below] = [column[i - 1], column[i]];
    if (above === undefined || below === undefined || below.y - above.y >= gap) continue;
    crowded.add(above.id);
    crowded.add(below.id);
  }
  return crowded;
}
