import { COMPARISON_STRATEGY_TITLES, type ComparisonSpec } from "./spec";
import type { ComparisonRow, ComparisonTable, PaperRow } from "./table";

type Field = string | number | null;

/** A share in [0, 1], or a difference of two: to a hundredth of a percent. */
const share = (value: number | null | undefined): Field => rounded(value, 4);
const seconds = (value: number | null): Field => rounded(value, 2);
const tokens = (value: number | null): Field => rounded(value, 1);
const money = (value: number | null): Field => (value === null ? null : Number(value.toPrecision(6)));

function rounded(value: number | null | undefined, digits: number): Field {
  return value === null || value === undefined ? null : Number(value.toFixed(digits));
}

/** The columns of a row and where each comes from. Shares are in [0, 1], times in seconds. */
const COLUMNS: readonly (readonly [name: string, of: (row: ComparisonRow) => Field])[] = [
  ["model", ({ model }) => model],
  ["strategy", ({ strategy }) => strategy],
  ["done", ({ done }) => done],
  ["total", ({ total }) => total],
  ["errors", ({ errors }) => errors],
  ["solved", ({ solved }) => solved],
  ["pass_at_1", ({ passAt1 }) => share(passAt1?.value)],
  ["pass_at_1_low", ({ passAt1 }) => share(passAt1?.ci95[0])],
  ["pass_at_1_high", ({ passAt1 }) => share(passAt1?.ci95[1])],
  ["aspr", ({ aspr }) => share(aspr?.value)],
  ["aspr_problems", ({ aspr }) => aspr?.problems ?? null],
  ["gain", ({ gain }) => share(gain?.value)],
  ["gain_low", ({ gain }) => share(gain?.ci95[0])],
  ["gain_high", ({ gain }) => share(gain?.ci95[1])],
  ["gain_pairs", ({ gain }) => gain?.n ?? null],
  ["tokens_per_problem", ({ tokensPerProblem }) => tokens(tokensPerProblem)],
  ["prompt_tokens_per_problem", ({ promptTokensPerProblem }) => tokens(promptTokensPerProblem)],
  ["scorer_tokens_per_problem", ({ scorerTokensPerProblem }) => tokens(scorerTokensPerProblem)],
  ["cached_share", ({ cachedShare }) => share(cachedShare)],
  ["seconds_per_problem", ({ secondsPerProblem }) => seconds(secondsPerProblem)],
  ["tokens_per_solved", ({ tokensPerSolved }) => tokens(tokensPerSolved)],
  ["seconds_per_solved", ({ secondsPerSolved }) => seconds(secondsPerSolved)],
  ["cost_per_solved", ({ costPerSolved }) => money(costPerSolved)],
  ["paper_pass_at_1", ({ paper }) => paper?.passAt1 ?? null],
  ["paper_aspr", ({ paper }) => paper?.aspr ?? null],
];

/** What all rows have in common: without it tables of several comparisons could not be put together. */
const COMMON: readonly (readonly [name: string, of: (spec: ComparisonSpec) => Field])[] = [
  ["problem_set", ({ problems }) => problemSet(problems)],
  ["budget_tokens", ({ budgetTokens }) => budgetTokens],
  ["seed", ({ seed }) => seed],
];

function problemSet(problems: ComparisonSpec["problems"]): string {
  return problems.source === "imported" ? problems.collection : `puzzles/${problems.split}/${problems.tier}`;
}

/**
 * A field as RFC 4180 wants it; what is not known is empty. A text that a spreadsheet would take for a formula is
 * quoted with an apostrophe.
 */
function quote(field: Field): string {
  if (field === null) return "";
  if (typeof field === "number") return String(field);
  const text = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rows as CSV (RFC 4180), figures to as many digits as tell something. */
export function toCsv(spec: ComparisonSpec, { rows }: Pick<ComparisonTable, "rows">): string {
  const common = COMMON.map(([, of]) => of(spec));
  const header = [...COLUMNS, ...COMMON].map(([name]) => name);
  const lines = rows.map((row) => [...COLUMNS.map(([, of]) => of(row)), ...common].map(quote));
  return [header, ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}

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
