import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CDPSession, chromium, type Page } from "@playwright/test";
import { chromiumLaunchOptions, ensureChromium } from "../cli/chromium";
import { buildAppIfStale } from "../cli/dist";
import { serveApp } from "../cli/serve";
import { formatRunFile, newIdentity, runFile } from "../src/runs/run-file";
import { SAMPLE_SPEC, sampleRun } from "../src/testing/sample-run";
import type { Measure } from "./measure";

const SIMULATIONS = 1000;
const SPEED = "4";

/** A task of the page's main thread, from Chromium's trace. Microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ph: string;
  readonly dur?: number;
  /** Processor time of the thread: what is left of `dur` when other processes take nothing away. */
  readonly tdur?: number;
}

/**
 * The main thread while a tree of a thousand nodes grows in the app: a run with a node every ten milliseconds is imported and
 * replayed at four times its speed, which is more than any model writes.
 */
export const measure: Measure = async (log) => {
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const folder = await mkdtemp(join(tmpdir(), "lab-bench-"));
  const file = join(folder, "run.json");
  writeFileSync(file, formatRunFile(runFile(newIdentity(), SAMPLE_SPEC, sampleRun(SIMULATIONS))));
  const browser = await chromium.launch(chromiumLaunchOptions(ensureChromium(log)));
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    await page.getByTestId("run-file").setInputFiles(file);
    await page.getByText("from a file").waitFor();
    await page.getByRole("slider", { name: "Moment of the run" }).fill("0");
    await page.getByRole("combobox", { name: "Speed of the replay" }).selectOption(SPEED);
    return figures(await trace(page, () => replay(page)));
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
};

async function replay(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("button", { name: "Pause the replay" }).waitFor();
  await page.getByRole("button", { name: "Replay", exact: true }).waitFor({ timeout: 300_000 });
}

async function trace(page: Page, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  const includedCategories = ["toplevel", "devtools.timeline"];
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories } });
  await work();
  await session.send("Tracing.end");
  await complete;
  return events;
}

function figures(events: readonly TraceEvent[]): Readonly<Record<string, unknown>> {
  const frames = events.filter(({ name }) => name === "FireAnimationFrame");
  const { pid, tid } = frames[0] ?? { pid: 0, tid: 0 };
  const tasks = events.filter((event) => event.pid === pid && event.tid === tid && event.name.endsWith("RunTask"));
  const longest = (times: readonly number[]) => Math.max(0, ...times) / 1000;
  return {
    nodes: SIMULATIONS + 1,
    frames: frames.length,
    longestTaskMs: longest(tasks.map(({ dur = 0 }) => dur)),
    longestTaskProcessorMs: longest(tasks.map(({ tdur = 0 }) => tdur)),
    tasksOver50ms: tasks.filter(({ dur = 0 }) => dur > 50_000).length,
    tasksOver50msProcessor: tasks.filter(({ tdur = 0 }) => tdur > 50_000).length,
  };
}
