import { describe, expect, it } from "vitest";
import type { ComparisonOutcome } from "./cells";
import { MCTS, outcomeOf, SPEC, VANILLA } from "./compare-fixture";
import { toJson } from "./comparison-file";
import { escapeLatex, toCsv, toLatex } from "./exports";
import { parseComparisonSpec } from "./spec";
import { comparisonTable } from "./table";

const OUTCOMES: readonly ComparisonOutcome[] = [
  outcomeOf(VANILLA, "a", true, { freshPassShare: 0.5 }),
  outcomeOf(VANILLA, "b", false),
  outcomeOf(VANILLA, "c", false),
  outcomeOf(MCTS, "a", true, { tokens: 512 }),
  outcomeOf(MCTS, "b", true, { tokens: 511, message: 'It said "no",\nthen yes.' }),
];

/** Reads RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("CSV", () => {
  const tableOf = (model: string) => {
    const outcomes = OUTCOMES.map((outcome) => ({ ...outcome, cell: outcome.cell.replace(/ .*/, ` ${model}`) }));
    return comparisonTable({ ...SPEC, models: [model] }, outcomes, 10);
  };

  it("gives every number back, to the digits that tell something, with what was compared", () => {
    const table = comparisonTable(SPEC, OUTCOMES, 10);
    const [header = [], ...rows] = parseCsv(toCsv(SPEC, table));
    const records = rows.map((fields) => Object.fromEntries(header.map((name, i) => [name, fields[i]])));
    expect(records).toHaveLength(2);
    for (const [i, row] of table.rows.entries()) {
      expect(rows[i]).toHaveLength(header.length);
      expect(records[i]).toMatchObject({
        model: row.model,
        strategy: row.strategy,
        done: String(row.done),
        total: "10",
      });
      expect(Number(records[i]?.pass_at_1_low)).toBeCloseTo(row.passAt1?.ci95[0] ?? Number.NaN, 4);
      expect(records[i]?.pass_at_1_low).toMatch(/^0\.\d{1,4}$/);
      expect(records[i]).toMatchObject({ problem_set: "mbpp", budget_tokens: "4000", seed: "1" });
      expect(Number(records[i]?.tokens_per_problem)).toBeCloseTo(row.tokensPerProblem ?? Number.NaN, 1);
    }
    expect(records[0]).toMatchObject({ aspr: "0.5", gain: "", cost_per_solved: "", paper_pass_at_1: "0.577" });
    expect(Number(records[1]?.gain)).toBe(0.5);
  });

  it("keeps commas, quotes and line ends in one field, and makes no formula", () => {
    const awkward = 'webllm:a,"b"\nc';
    expect(parseCsv(toCsv(SPEC, tableOf(awkward)))[1]?.[0]).toBe(awkward);
    const table = tableOf("tiny");
    const [row] = table.rows;
    if (!row) throw new Error("no row");
    expect(parseCsv(toCsv(SPEC, { ...table, rows: [{ ...row, model: "=1+1" }] }))[1]?.[0]).toBe("'=1+1");
  });

  it("leaves empty what is not known", () => {
    expect(parseCsv(toCsv(SPEC, comparisonTable(SPEC, [], 10)))[1]?.slice(2, 9)).toEqual([
      "0",
      "10",
      "0",
      "0",
      "",
      "",
      "",
    ]);
  });
});

describe("JSON", () => {
  it("holds all it takes to make the table again", () => {
    const read = JSON.parse(toJson(SPEC, OUTCOMES, 10));
    expect(read.outcomes).toEqual(OUTCOMES);
    expect(comparisonTable(parseComparisonSpec(read.spec), read.outcomes, read.total).rows).toEqual(read.rows);
    expect(read.paper.source).toContain("2412.00154");
  });
});

describe("LaTeX", () => {
  it("escapes what would be a command", () => {
    expect(escapeLatex("50% of a_b & {c} #1 $x$ ^ ~ \\y")).toBe(
      "50\\% of a\\_b \\& \\{c\\} \\#1 \\$x\\$ \\textasciicircum{} \\textasciitilde{} \\textbackslash{}y",
    );
  });

  it("has a row for each of ours and of the paper's, all with as many columns", () => {
    const latex = toLatex(SPEC, comparisonTable(SPEC, OUTCOMES, 10));
    const rows = latex.split("\n").filter((line) => line.endsWith("\\\\"));
    expect(rows).toHaveLength(1 + 2 + 8);
    for (const row of rows) expect(row.match(/(?<!\\)&/g)).toHaveLength(9);
    expect(rows[1]).toBe(
      "webllm:Qwen2.5-Coder-7B-Instruct-q4f16\\_1-MLC & Vanilla & 3/10 & 33.3 {\\scriptsize [6.1, 79.2]} & 50.0 & -- & 100 & 300 & 6.0 & -- \\\\",
    );
    expect(rows[2]).toContain(" & MCTS (PUCT) & 2/10 & 100.0 ");
    expect(rows[2]).toContain("$+$50.0 {\\scriptsize [");
    expect(rows[9]).toBe("Qwen2.5-Coder-7B & Vanilla & -- & 57.7 & 49.3 & -- & -- & -- & -- & -- \\\\");
    expect(latex).toContain("\\caption{Equal budget of 4000 sampled tokens a problem on mbpp, seed 1.");
    expect(latex.match(/\\begin/g)).toHaveLength(latex.match(/\\end\{/g)?.length ?? 0);
  });

  it("shows a loss with a minus, and nothing known as dashes", () => {
    const worse = [outcomeOf(VANILLA, "a", true), outcomeOf(MCTS, "a", false)];
    expect(toLatex(SPEC, comparisonTable(SPEC, worse, 10))).toContain("$-$100.0 {");
    expect(toLatex(SPEC, comparisonTable(SPEC, [], 10))).toContain(
      "Vanilla & 0/10 & -- & -- & -- & -- & -- & -- & -- ",
    );
  });
});
