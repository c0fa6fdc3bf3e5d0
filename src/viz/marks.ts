import { qValue, type TreeNode } from "../core/run/tree";
import { isStep } from "../core/step";
import type { Colouring } from "../store/run/run-view";
import { valueColor } from "./color";

/** What a node is, told by its shape: a step's kind while the path goes on, the verdict where it ends. */
export type Mark =
  | "root"
  | "define"
  | "refine"
  | "step"
  | "pending"
  | "judged"
  | "passed"
  | "partial"
  | "failed"
  | "error"
  | "dead-end";

/**
 * The mark of a node. `step`: one of another system; `pending`: code that was not judged yet; `judged`: code whose reward does not
 * tell which tests passed; `error`: no test came as far as returning a value.
 */
export function markOf(node: TreeNode): Mark {
  if (node.deadEnd !== undefined) return "dead-end";
  if (node.step === null) return "root";
  if (!isStep(node.step)) return "step";
  if (node.step.kind !== "code") return node.step.kind;
  if (node.reward === undefined) return "pending";
  const { pass: passed } = node.reward;
  if (passed === undefined) return "judged";
  if (passed >= 1) return "passed";
  if (passed > 0) return "partial";
  const returned = node.verdicts?.some((verdict) => verdict.verdict === "failed") ?? false;
  return returned ? "failed" : "error";
}

/** Words for the legend and for screen readers. */
export const MARK_WORDS: Record<Mark, string> = {
  root: "problem",
  define: "define",
  refine: "refine",
  step: "step",
  pending: "code, not judged yet",
  judged: "tests not known",
  passed: "all passed",
  partial: "some passed",
  failed: "none passed",
  error: "error",
  "dead-end": "dead end",
};

const DISC = "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0z";

/** Outlines around the origin for a node of radius 1; ends of paths are a little larger than what leads there. */
export const MARK_PATHS: Record<Mark, string> = {
  root: DISC,
  define: "M-.6,-.92h1.2q.32,0 .32,.32v1.2q0,.32 -.32,.32h-1.2q-.32,0 -.32,-.32v-1.2q0,-.32 .32,-.32z",
  refine: DISC,
  step: DISC,
  pending: "M0,-1.2L1.2,0L0,1.2L-1.2,0z",
  judged: "M0,-1.2L1.2,0L0,1.2L-1.2,0z",
  passed: star(1.62, 0.7),
  partial: "M0,-1.35L1.35,0L0,1.35L-1.35,0z",
  failed: "M-1.13,-.7L-.7,-1.13L0,-.43L.7,-1.13L1.13,-.7L.43,0L1.13,.7L.7,1.13L0,.43L-.7,1.13L-1.13,.7L-.43,0z",
  error: "M0,-1.25L1.25,.95L-1.25,.95z",
  "dead-end": "M-.34,-1.15h.68v2.3h-.68z",
};

function star(outer: number, inner: number): string {
  const corners = Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 === 0 ? outer : inner;
    const angle = (Math.PI * i) / 5;
    return `${(radius * Math.sin(angle)).toFixed(3)},${(-radius * Math.cos(angle)).toFixed(3)}`;
  });
  return `M${corners.join("L")}z`;
}

const STEPS = 32;

const variable = (step: number) => `--value-${step}`;

/** Puts the value scale into CSS custom properties that follow the page's colour scheme, so that drawings need not know it. */
export function installValueScale(document: Document): void {
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => {
    const value = step / STEPS;
    return `${variable(step)}:light-dark(${valueColor(value, "light")},${valueColor(value, "dark")});`;
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root{${steps.join("")}}`);
  document.adoptedStyleSheets.push(sheet);
}

/** The CSS colour of a value in [0, 1]. */
export function valueFill(value: number): string {
  return `var(${variable(Math.round(Math.min(1, Math.max(0, value)) * STEPS))})`;
}

/** The CSS colour of a node's Q, or of the step scorer's estimate; undefined as long as it has none. */
export function nodeFill(node: TreeNode, by: Colouring): string | undefined {
  const value = by === "score" ? node.score : qValue(node);
  return value === undefined ? undefined : valueFill(value);
}

/** A CSS gradient over the whole scale, low to high. */
export function valueGradient(): string {
  const stops = Array.from({ length: 9 }, (_, i) => valueFill(i / 8));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
