/** What a report is made of, apart from how it is written down. */
import { z } from "zod";
import type { Difference, Proportion } from "../../src/core/stats";
import type { Chart } from "./chart";

/** A table of texts; the first column is a heading, the others are figures. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a section. */
export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "table"; readonly table: Table }
  /** `name` is of its file, without an ending. */
  | { readonly type: "chart"; readonly name: string; readonly chart: Chart }
  | { readonly type: "commands"; readonly lines: readonly string[] };

/** One question and its figures. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Reads a share. */
export const proportion = z.object({
  value: z.number(),
  ci95: z.tuple([z.number(), z.number()]),
  n: z.number(),
}) satisfies z.ZodType<Proportion>;

export const text = (content: string): Block => ({ type: "text", text: content });

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  type: "table",
  table: { head, rows },
});

/** The commands that measure it again, each once. */
export const commands = (lines: readonly string[]): Block => ({ type: "commands", lines: [...new Set(lines)] });

export const NOTHING = "–";

/** `42.7`, in percent. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** `42.7 (37.1 to 48.5)`, in percent. */
export function share(proportion: Proportion | null | undefined): string {
  if (!proportion) return NOTHING;
  const [low, high] = proportion.ci95;
  return `${percent(proportion.value)} (${percent(low)} to ${percent(high)})`;
}

/** `+5.0 (-1.2 to +11.0)`, in points. */
export function gain({ value, ci95: [low, high] }: Difference): string {
  return `${signed(100 * value, 1)} (${signed(100 * low, 1)} to ${signed(100 * high, 1)})`;
}

/** `+1.0`, `-1.0`, `0.0`. */
function signed(value: number, digits: number): string {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? size : `${value < 0 ? "-" : "+"}${size}`;
}

/** `0.043`, `3e-5`. */
export const pValue = (p: number): string => (p >= 0.001 ? p.toFixed(3) : p.toExponential(0));

/** `12,345`. */
export const count = (value: number): string => Math.round(value).toLocaleString("en");

/** Four digits. */
export const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** Which way an interval lies: 1 above zero, -1 below it, 0 for either. */
export const signOf = ({ ci95: [low, high] }: Difference): -1 | 0 | 1 => (low > 0 ? 1 : high < 0 ? -1 : 0);
