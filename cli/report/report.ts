/** A report of all results in a folder: Markdown with tables, SVG charts beside it, and the commands that measure it again. */
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeOutputFile } from "../input";
import { lineChart } from "./chart";
import { comparisonSections } from "./comparisons";
import { datasetSections, isEvalTests, otherSections, testSections, trainingSections } from "./models";
import { policySections, readable, strategySections } from "./policies";
import type { ResultFolder } from "./read";
import { breakEvenSections, isBreakEven, isScorer, scorerSections } from "./scorers";
import type { Block, Section, Table } from "./section";

/** A report, not written down yet. */
export interface Report {
  readonly sections: readonly Section[];
  readonly skipped: ResultFolder["skipped"];
}

/** @param baseline name of the evaluation that the others are compared with. */
export function reportOf(folder: ResultFolder, baseline: string): Report {
  const { coverage, evaluations } = readable(folder.results);
  const [tests, scorers, breakEvens] = [isEvalTests, isScorer, isBreakEven].map((is) => folder.results.filter(is));
  const known = new Set([coverage, evaluations, tests, scorers, breakEvens].flatMap((each) => each ?? []));
  return {
    sections: [
      ...policySections(coverage, baseline),
      ...strategySections(evaluations, baseline),
      ...comparisonSections(folder.comparisons),
      ...scorerSections(scorers ?? []),
      ...breakEvenSections(breakEvens ?? []),
      ...testSections(tests ?? []),
      ...otherSections(folder.results.filter((result) => !known.has(result))),
      ...datasetSections(folder.datasets),
      ...trainingSections(folder.trainings),
    ],
    skipped: folder.skipped,
  };
}

/** Files by their paths: the Markdown under `name`, its charts in a folder of that name without its ending. */
export function reportFiles({ sections, skipped }: Report, name: string): ReadonlyMap<string, string> {
  const folder = name.replace(/\.md$/, "");
  const files = new Map<string, string>();
  const parts = sections.map(({ title, blocks }) => {
    for (const block of blocks)
      if (block.type === "chart") files.set(`${folder}/${block.name}.svg`, lineChart(block.chart));
    return [`## ${title}`, ...blocks.map((block) => markdown(block, folder))].join("\n\n");
  });
  const left = skipped.map(({ path, why }) => `* \`${path}\`: ${why}`);
  const text = [
    "# Results",
    "Written by `npm run lab -- report`; every figure is measured again by the command under it.",
    ...(parts.length > 0 ? parts : ["There are no results in the folder."]),
    ...(left.length > 0 ? ["## Not read", left.join("\n")] : []),
  ];
  files.set(name, `${text.join("\n\n")}\n`);
  return files;
}

/** Writes a report. @throws LabError `input/file` */
export function writeReport(report: Report, path: string): void {
  for (const [name, content] of reportFiles(report, basename(path))) {
    const to = join(dirname(path), name);
    mkdirSync(dirname(to), { recursive: true });
    writeOutputFile(to, content);
  }
}

function markdown(block: Block, folder: string): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "table":
      return markdownTable(block.table);
    case "chart":
      return `![${block.chart.title.replace(/[[\]]/g, "")}](${encodeURI(folder)}/${block.name}.svg)`;
    case "commands":
      return ["```", ...block.lines, "```"].join("\n");
  }
}

function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const isNumeric = (column: number) => column > 0 && rows.every((row) => /^[-+\d–]/.test(row[column] ?? ""));
  const rule = `|${head.map((_, column) => (isNumeric(column) ? "---:|" : "---|")).join("")}`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
