import type { Browser } from "@playwright/test";
import { buildAppIfStale } from "../cli/dist";
import { serveApp } from "../cli/serve";
import { launchBrowser, runButton } from "./app-page";
import type { Measure } from "./measure";

const LOADS = 5;

/** Times of one load with an empty cache, in milliseconds. */
interface Load {
  /** From the navigation to the first contentful paint. */
  readonly firstPaintMs: number;
  /** From the press of Run, at once after the load, to the first node of the new tree: workers, weights, kernels included. */
  readonly firstNodeMs: number;
}

/** First paint, and the wait for the first new node after Run, on a cold load; medians of several. */
export const measure: Measure = async (log) => {
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const loads: Load[] = [];
  try {
    for (let i = 0; i < LOADS; i++) {
      const browser = await launchBrowser(log);
      const times = await load(browser, server.url);
      await browser.close();
      log(JSON.stringify(times));
      loads.push(times);
    }
  } finally {
    await server.close();
  }
  return {
    firstPaintMs: median(loads.map((each) => each.firstPaintMs)),
    firstNodeMs: median(loads.map((each) => each.firstNodeMs)),
    loads,
  };
};

async function load(browser: Browser, url: string): Promise<Load> {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "load" });
  const firstPaintMs = await page.evaluate(firstContentfulPaint);
  await runButton(page).waitFor();
  const start = performance.now();
  await runButton(page).click();
  // The recorded run's tree is taken away on Run; the new tree's root comes first, its first step second.
  await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length === 0);
  await page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length > 1, null, { polling: "raf" });
  return { firstPaintMs, firstNodeMs: performance.now() - start };
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
