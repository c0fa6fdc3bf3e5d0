import type { PaperRow } from "./paper";
import type { ComparisonSpec } from "./spec";
import { COMPARISON_STRATEGY_TITLES } from "./strategies";
import type { ComparisonRow, ComparisonTable } from "./table";

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/** A text with everything LaTeX would read as a command made harmless. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\~^&%$#_{}]/g, (character) => ESCAPES[character] ?? `\\${character}`);
}

const UNKNOWN = "--";

function number(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined ? UNKNOWN : value.toFixed(digits);
}

/** A share in [0, 1] as percent. */
function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? UNKNOWN : (share * 100).toFixed(1);
}

function signed(share: number): string {
  const points = (share * 100).toFixed(1);
  return share < 0 ? `$-$${points.slice(1)}` : `$+$${points}`;
}

function interval([low, high]: readonly [number, number], show: (share: number) => string): string {
  return `{\\scriptsize [${show(low)}, ${show(high)}]}`;
}

function rowOf(row: ComparisonRow): string {
  const { model, strategy, done, total, passAt1, aspr, gain } = row;
  return [
    escapeLatex(model),
    COMPARISON_STRATEGY_TITLES[strategy],
    `${done}/${total}`,
    passAt1 === null ? UNKNOWN : `${percent(passAt1.value)} ${interval(passAt1.ci95, percent)}`,
    percent(aspr?.value),
    gain === null ? UNKNOWN : `${signed(gain.value)} ${interval(gain.ci95, signed)}`,
    number(row.tokensPerProblem, 0),
    number(row.tokensPerSolved, 0),
    number(row.secondsPerSolved, 1),
    number(row.costPerSolved, 4),
  ].join(" & ");
}

function paperRow({ model, kind, passAt1, aspr }: PaperRow): string {
  const title = COMPARISON_STRATEGY_TITLES[kind === "vanilla" ? "vanilla" : "sample"];
  const figures = [escapeLatex(model), title, UNKNOWN, percent(passAt1), percent(aspr)];
  return [...figures, ...Array<string>(5).fill(UNKNOWN)].join(" & ");
}

function problemsOf({ problems }: ComparisonSpec): string {
  return problems.source === "imported" ? problems.collection : `list puzzles (${problems.split}, ${problems.tier})`;
}

const HEADER =
  "Model & Strategy & Problems & Pass@1 (\\%) & ASPR (\\%) & Gain (points) & Tokens & Tokens/solved & s/solved & Cost/solved";

/**
 * The table for a paper, in the packages `booktabs` and `graphicx`: our rows, then the rows of the O1-CODER paper's
 * Table 1.
 */
export function toLatex(spec: ComparisonSpec, { rows, paper }: ComparisonTable): string {
  const caption = [
    `Equal budget of ${spec.budgetTokens} sampled tokens a problem on ${escapeLatex(problemsOf(spec))}, seed ${spec.seed}.`,
    "Pass@1 with 95\\,\\% Wilson intervals; gain over vanilla on the same problems with Newcombe's interval for pairs.",
    "Below: O1-CODER (arXiv 2412.00154), Table~1, on MBPP.",
  ].join(" ");
  return `${[
    "\\begin{table}",
    "\\centering",
    `\\caption{${caption}}`,
    "\\resizebox{\\linewidth}{!}{%",
    "\\begin{tabular}{llrrrrrrrr}",
    "\\toprule",
    `${HEADER} \\\\`,
    "\\midrule",
    ...rows.map((row) => `${rowOf(row)} \\\\`),
    "\\midrule",
    ...paper.map((row) => `${paperRow(row)} \\\\`),
    "\\bottomrule",
    "\\end{tabular}}",
    "\\end{table}",
  ].join("\n")}\n`;
}
