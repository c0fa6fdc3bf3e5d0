import type { BenchRow, BenchTable } from "./table";

type Field = string | number | null;

/** The columns and where each comes from. Shares are in [0, 1], times in seconds. */
const COLUMNS: readonly (readonly [name: string, of: (row: BenchRow) => Field])[] = [
  ["model", ({ model }) => model],
  ["strategy", ({ strategy }) => strategy],
  ["done", ({ done }) => done],
  ["total", ({ total }) => total],
  ["errors", ({ errors }) => errors],
  ["solved", ({ solved }) => solved],
  ["pass_at_1", ({ passAt1 }) => passAt1?.value ?? null],
  ["pass_at_1_low", ({ passAt1 }) => passAt1?.ci95[0] ?? null],
  ["pass_at_1_high", ({ passAt1 }) => passAt1?.ci95[1] ?? null],
  ["aspr", ({ aspr }) => aspr?.value ?? null],
  ["aspr_problems", ({ aspr }) => aspr?.problems ?? null],
  ["gain", ({ gain }) => gain?.value ?? null],
  ["gain_low", ({ gain }) => gain?.ci95[0] ?? null],
  ["gain_high", ({ gain }) => gain?.ci95[1] ?? null],
  ["gain_pairs", ({ gain }) => gain?.n ?? null],
  ["tokens_per_problem", ({ tokensPerProblem }) => tokensPerProblem],
  ["prompt_tokens_per_problem", ({ promptTokensPerProblem }) => promptTokensPerProblem],
  ["cached_share", ({ cachedShare }) => cachedShare],
  ["seconds_per_problem", ({ secondsPerProblem }) => secondsPerProblem],
  ["tokens_per_solved", ({ tokensPerSolved }) => tokensPerSolved],
  ["seconds_per_solved", ({ secondsPerSolved }) => secondsPerSolved],
  ["cost_per_solved", ({ costPerSolved }) => costPerSolved],
  ["paper_pass_at_1", ({ paper }) => paper?.passAt1 ?? null],
  ["paper_aspr", ({ paper }) => paper?.aspr ?? null],
];

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

/** The rows as CSV (RFC 4180), numbers at full precision. */
export function toCsv({ rows }: BenchTable): string {
  const lines = rows.map((row) => COLUMNS.map(([, of]) => quote(of(row))));
  return [COLUMNS.map(([name]) => name), ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}
