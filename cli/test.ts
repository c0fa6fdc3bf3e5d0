import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium";
import { ROOT } from "./root";

/** How many tests a stage ran. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Stage {
  readonly name: string;
  /** What people read when it begins. */
  readonly title: string;
  readonly command: readonly string[];
  /** Reads the runner's JSON report; without it, the stage is one check. */
  readonly count?: (report: unknown) => Count;
}

const reports = mkdtempSync(join(tmpdir(), "o1-coder-lab-test-"));
const reportOf = (name: string) => join(reports, `${name}.json`);

function vitest(name: string): readonly string[] {
  return [
    "vitest",
    "run",
    "--project",
    name,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportOf(name)}`,
  ];
}

function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests } = report as { numPassedTests: number; numFailedTests: number };
  return { passed: numPassedTests, failed: numFailedTests };
}

function countPlaywright(report: unknown): Count {
  const { stats } = report as { stats: { expected: number; flaky: number; unexpected: number } };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

const STAGES: readonly Stage[] = [
  { name: "lint", title: "Format and lint", command: ["biome", "check", "--error-on-warnings"] },
  { name: "types", title: "Types", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types-core", title: "Types of the pure core", command: ["tsc", "-p", "tsconfig.core.json"] },
  { name: "unused", title: "Unused files, exports and packages", command: ["knip"] },
  { name: "unit", title: "Unit tests", command: vitest("unit"), count: countVitest },
  { name: "browser", title: "Browser tests", command: vitest("browser"), count: countVitest },
  { name: "build", title: "Build", command: ["tsx", "cli/build.ts"] },
  {
    name: "e2e",
    title: "End-to-end tests",
    command: ["playwright", "test", "--reporter=list,json"],
    count: countPlaywright,
  },
];

/** Runs a package's command with its output passed through; resolves with the exit code. */
function run(stage: Stage): Promise<number> {
  const [command = "", ...args] = stage.command;
  const child = spawn("npx", ["--no-install", command, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(stage.name) },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function countOf(stage: Stage, code: number): Count {
  if (!stage.count) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  try {
    const count = stage.count(JSON.parse(readFileSync(reportOf(stage.name), "utf8")));
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Stops at the first stage that fails. */
async function runStages(stages: readonly Stage[]): Promise<Count> {
  let total: Count = { passed: 0, failed: 0 };
  for (const stage of stages) {
    console.log(`\n== ${stage.title}: ${stage.command.slice(0, 3).join(" ")}`);
    const start = performance.now();
    const code = await run(stage);
    const count = countOf(stage, code);
    total = { passed: total.passed + count.passed, failed: total.failed + count.failed };
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `== ${stage.title}: ${count.failed === 0 ? "ok" : "FAILED"} (${count.passed} passed, ${count.failed} failed, ${seconds} s)`,
    );
    if (count.failed > 0) break;
  }
  return total;
}

function chosenStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.find((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    console.error(`There is no stage ${unknown}. Stages: ${STAGES.map((stage) => stage.name).join(", ")}.`);
    process.exit(2);
  }
  return names.length === 0 ? STAGES : STAGES.filter((stage) => names.includes(stage.name));
}

const stages = chosenStages(process.argv.slice(2));
console.log(`Chromium: ${ensureChromium((line) => console.log(line))}`);
const total = await runStages(stages);
rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
