import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComparisonOutcome, comparisonCells } from "../../src/experiment/compare/cells";
import { toJson } from "../../src/experiment/compare/comparison-file";
import { COMPARISON_VERSION, type ComparisonSpec } from "../../src/experiment/compare/spec";
import { strategyConfig } from "../../src/experiment/spec/presets";
import { datasetRecord } from "../../src/selfplay/dataset";
import { writeResult } from "../result-file";
import { readResults } from "./read";
import { reportFiles, reportOf, writeReport } from "./report";

const folder = mkdtempSync(join(tmpdir(), "lab-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
}

const settings = { split: "test", tier: "all", n: 4, strategy: "sample", simulations: 4 };
const tierOf = (i: number) => (i < 2 ? ("described" as const) : ("hinted" as const));

/** Four problems: which the greedy answer solves, and how many of four samples pass. */
function coverageOf(greedy: string, passed: readonly number[]) {
  const outcomes = passed.map((count, i) => {
    const solved = { greedy: greedy[i] === "+", samples: 4, passed: count, programs: 2, tokens: 300 };
    return { id: `p${i}`, tier: tierOf(i), ...solved };
  });
  return { kind: "coverage", seed: 1, settings, checkpoints: [], report: { outcomes } };
}

/** Solved at these tokens, or not. */
function outcomesOf(cell: string, solvedAt: readonly (number | null)[]): readonly ComparisonOutcome[] {
  return solvedAt.map((at, i) => ({
    ...{
      cell,
      model: "tiny",
      id: `p${i}`,
      tier: tierOf(i),
      solved: at !== null,
      ended: at === null ? "budget" : "passed",
    },
    ...{
      message: null,
      code: null,
      tokens: at ?? 1000,
      promptTokens: 50,
      prefilledTokens: 50,
      simulations: 9,
      nodes: 9,
    },
    ...{ wallMs: 2000, elapsedMs: 1000, freshPassShare: null },
    firstPass: at === null ? null : { tokens: at, ms: 2000, solved: true },
  }));
}

beforeAll(async () => {
  const policy = {
    ...coverageOf("++-+", [4, 4, 0, 2]),
    command: "npm run lab -- eval --checkpoint policy --samples 4",
  };
  write("a/tiny.json", "");
  const tiny = { ...coverageOf("+---", [2, 1, 1, 1]), command: "npm run lab -- eval --samples 4" };
  writeResult(join(folder, "a/tiny.json"), { ...tiny, name: "tiny" });
  writeResult(join(folder, "a/policy.json"), { ...policy, name: "policy after SFT" });
  writeResult(join(folder, "a/search.json"), {
    ...{ kind: "eval", name: "tiny", command: "npm run lab -- eval", seed: 1, checkpoints: [] },
    settings: { split: "test", tier: "hinted", n: 2, strategy: "mcts" },
    report: { outcomes: [0, 1].map((i) => ({ id: `h${i}`, tier: "hinted", solved: i === 0, tokens: 500 })) },
  });
  writeResult(join(folder, "a/tests.json"), {
    ...{ kind: "eval-tests", name: "tcg", command: "npm run lab -- eval-tests --checkpoint tcg", seed: 1 },
    ...{ checkpoints: [], settings: { split: "validation", n: 100 } },
    report: { method: "planned", tiers: { hinted: { agreement: { value: 0.85, ci95: [0.8, 0.9], n: 400 } } } },
  });
  writeResult(join(folder, "a/probe.json"), {
    ...{
      kind: "probe",
      name: "prm",
      command: "npm run lab -- probe",
      seed: 1,
      checkpoints: [],
      settings: {},
    },
    report: { auc: 0.9, exact: { auc: { value: 0.8, ci95: [0.7, 0.9], n: 300 } }, nodes: [1, 2] },
  });
  const of = (value: number, n = 90) => ({ value, ci95: [value - 0.1, value + 0.1], n });
  const ranked = {
    auc: of(0.8),
    byDepth: [1, 2].map((depth) => ({ depth, auc: of(0.9 - depth / 10) })),
    siblings: of(0.75),
  };
  const bins = [
    { estimate: 0.2, observed: 0.25 },
    { estimate: null, observed: null },
    { estimate: 0.9, observed: 0.7 },
  ];
  const calibrated = { ece: of(0.12, 300), brier: 0.09, bins };
  writeResult(join(folder, "a/scorer.json"), {
    ...{
      kind: "eval-scorer",
      name: "prm",
      command: "npm run lab -- eval-scorer",
      seed: 1,
      checkpoints: [],
      settings: {},
    },
    report: {
      tiers: {
        hinted: {
          problems: 9,
          steps: 90,
          rankings: { exact: { scorer: ranked }, reached: { scorer: { ...ranked, auc: null } } },
        },
      },
      gold: { steps: 300, rollouts: 19200, scorer: { reward: calibrated, passes: calibrated }, monteCarlo: calibrated },
    },
  });
  const row = {
    tier: "hinted",
    meanTokens: 500,
    medianTokens: 400,
    solved: of(0.5),
    ratio: { value: 0.5, ci95: [0.4, 0.6] },
  };
  writeResult(join(folder, "a/break-even.json"), {
    ...{
      kind: "break-even",
      name: "tiny",
      command: "npm run lab -- break-even",
      seed: 1,
      checkpoints: [],
      settings: {},
    },
    report: {
      budgetTokens: 2000,
      rows: [
        { ...row, strategy: "best-of-n", noise: null, auc: null, ratio: { value: 1, ci95: [1, 1] } },
        { ...row, strategy: "mcts-puct", noise: 0, auc: of(0.99) },
        { ...row, strategy: "mcts-puct", noise: 1, auc: of(0.7) },
      ],
    },
  });
  const spec: ComparisonSpec = {
    ...{ version: COMPARISON_VERSION, models: ["tiny"], strategies: ["best-of-n", "mcts-puct"], limit: 4 },
    ...{ problems: { source: "puzzles", split: "test", tier: "all" }, budgetTokens: 1000, stopAtPass: true },
    ...{ seed: 1, freshSamples: 0, price: null },
  };
  const [best, search] = comparisonCells(spec).map(({ id }) => id);
  const outcomes = [
    ...outcomesOf(best ?? "", [100, 400, null, null]),
    ...outcomesOf(search ?? "", [100, 200, 300, null]),
  ];
  write("b/table.json", toJson(spec, outcomes, 4));
  write("c/policy/training-record.json", {
    ...{
      id: "00112233445566ff",
      kind: "policy",
      objective: "dpo",
      parents: ["ff00112233445566"],
      options: { dataset: "e3b0c44298fc1c14" },
      seed: 1,
      tokens: 2000,
    },
    ...{
      wallSeconds: 12,
      command: "npm run lab -- train policy --data d",
      lossCurve: [
        [1000, 0.7],
        [2000, 0.5],
      ],
    },
    ...{
      evaluationCurve: [[2000, 0.6]],
      metricCurves: {
        chosenLogProb: [
          [1000, -9],
          [2000, -8.5],
        ],
      },
    },
  });
  write("c/policy/work/curve.jsonl", '{"tokens":1000,"loss":0.7,"seconds":6}\n');
  const point = { tokens: 500, loss: 1.5, seconds: 3, evaluation: 1.25, evaluationMetrics: { accuracy: 0.5 } };
  write("c/next/curve.jsonl", `${JSON.stringify(point)}\n{"tok`);
  const spent = { tier: "hinted", problems: 1, config: strategyConfig("mcts", 8), passes: 4, seed: 0 } as const;
  write("d/dataset.json", await datasetRecord(spent, null, [], []));
  write("e/notes.json", { hello: 1 });
  write("e/broken.json", "{");
  write("e/other.json", { format: "o1-coder-lab/comparison" });
  write("c/policy/config.json", "{}");
});

describe("a report", () => {
  it("is what it was for these results", async () => {
    const files = reportFiles(reportOf(readResults(folder), "tiny"), "report.md");
    await expect(files.get("report.md")).toMatchFileSnapshot("golden-report.md");
    expect([...files.keys()].filter((name) => name.endsWith(".svg"))).toEqual(
      ["pass-at-k-1", "solved-1", "auc-by-depth-1", "reliability-1", "break-even-1", "training-1", "training-2"].map(
        (name) => `report/${name}.svg`,
      ),
    );
  });

  it("compares on the same problems, and says of a gain what it is", () => {
    const [policies] = reportOf(readResults(folder), "tiny").sections;
    const tables = policies?.blocks.flatMap((block) => (block.type === "table" ? [block.table.rows] : [])) ?? [];
    // Of all four problems two are gained greedily, none is lost: p = 2 / 2^2. One sample: (4 + 4 + 0 + 2 - 5) / 16.
    expect(tables[1]?.find(([tier]) => tier === "all")?.slice(2, 5)).toEqual([
      expect.stringMatching(/^\+50\.0 /),
      "2 against 0, p = 0.500",
      expect.stringMatching(/^\+31\.3 /),
    ]);
    const hinted = tables[0]?.find(([tier, name]) => tier === "hinted" && name === "tiny");
    // 1 of 4 samples of both: pass@2 = 1 - (3 * 2) / (4 * 3), pass@4 = 1.
    expect(hinted?.slice(5)).toEqual(["50.0", "100.0"]);
  });

  it("tells the tokens at which a strategy solves as much as best of n", () => {
    const section = reportOf(readResults(folder), "tiny").sections.find(({ title }) => title.startsWith("Comparison"));
    const [first] = section?.blocks.flatMap((block) => (block.type === "table" ? [block.table.rows] : [])) ?? [];
    expect(first?.map((row) => row.at(-1))).toEqual(["400", "200"]);
  });

  it("has charts that stand by themselves", () => {
    const files = reportFiles(reportOf(readResults(folder), "tiny"), "report.md");
    for (const [name, content] of files) {
      if (!name.endsWith(".svg")) continue;
      expect(content).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(content).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it("goes where it is told, and says so when there is nothing", () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    writeReport(reportOf(readResults(empty), "tiny"), join(folder, "out/results.md"));
    expect(readFileSync(join(folder, "out/results.md"), "utf8")).toContain("There are no results");
    expect(() => readResults(join(folder, "nowhere"))).toThrow("There is no folder");
  });
});
