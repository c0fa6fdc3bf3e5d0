import { qValue, type TreeNode } from "../core/run/tree";
import { valueColor } from "./color";

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

/** The CSS colour of a node's Q; undefined as long as it was not visited. */
export function nodeFill(node: TreeNode): string | undefined {
  const value = qValue(node);
  return value === undefined ? undefined : valueFill(value);
}

/** A CSS gradient over the whole scale, low to high. */
export function valueGradient(): string {
  const stops = Array.from({ length: 9 }, (_, i) => valueFill(i / 8));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
