import type { ComparisonSpec } from "./spec";
import type { ComparisonRow, ComparisonTable } from "./table";

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
