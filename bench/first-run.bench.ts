import { type Browser, chromium } from "@playwright/test";
import { chromiumLaunchOptions, ensureChromium } from "../cli/chromium";
import { buildAppIfStale } from "../cli/dist";
import { serveApp } from "../cli/serve";
import type { Measure } from "./measure";

const LOADS = 5;

/** Times of one load with an empty cache, in milliseconds. */
interface Load {
  /** From the navigation to the first contentful paint. */
  readonly firstPaintMs: number;
  /** From the press of Run, at once after the load, to the first node of the new tree: workers, weights, kernels included. */
  readonly firstNodeMs: number;
  /** Longest main-thread task from the press of Run to that node; 0 when none was longer than 50. */
  readonly longestTaskMs: number;
}

/** First paint, and the wait for the first new node after Run, on a cold load; medians of several. */
export const measure: Measure = async (log) => {
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const loads: Load[] = [];
  try {
    for (let i = 0; i < LOADS; i++) {
      // A new browser has empty caches: HTTP, code, shaders.
      const browser = await chromium.launch(chromiumLaunchOptions(ensureChromium(log)));
      loads.push(await load(browser, server.url));
      await browser.close();
      log(JSON.stringify(loads.at(-1)));
    }
  } finally {
    await server.close();
  }
  return {
    firstPaintMs: median(loads.map((each) => each.firstPaintMs)),
    firstNodeMs: median(loads.map((each) => each.firstNodeMs)),
    longestTaskMs: Math.max(...loads.map((each) => each.longestTaskMs)),
    loads,
  };
};

async function load(browser: Browser, url: string): Promise<Load> {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "load" });
  const firstPaintMs = await page.evaluate(firstContentfulPaint);
  await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  await page.evaluate(watchLongTasks);
  const start = performance.now();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  // The recorded run's tree is taken away on Run; the new tree's root comes first, its first step second.
  await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 0);
  await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length > 1, null, { polling: "raf" });
  const firstNodeMs = performance.now() - start;
  const longestTaskMs = await page.evaluate(() => window.longestTaskMs ?? 0);
  return { firstPaintMs, firstNodeMs, longestTaskMs };
}

declare global {
  interface Window {
    longestTaskMs?: number;
  }
}

function firstContentfulPaint(): Promise<number> {
  return new Promise((resolve) => {
    new PerformanceObserver((list, observer) => {
      const entry = list.getEntriesByName("first-contentful-paint")[0];
      if (!entry) return;
      observer.disconnect();
      resolve(entry.startTime);
    }).observe({ type: "paint", buffered: true });
  });
}

function watchLongTasks(): void {
  window.longestTaskMs = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      window.longestTaskMs = Math.max(window.longestTaskMs ?? 0, duration);
    }
  }).observe({ type: "longtask" });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
