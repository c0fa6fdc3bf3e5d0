import { type Browser, chromium, type Page } from "@playwright/test";
import { chromiumLaunchOptions, ensureChromium } from "../cli/chromium";

/** A new browser has empty caches: HTTP, code, shaders. */
export function launchBrowser(log: (line: string) => void): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions(ensureChromium(log)));
}

export const runButton = (page: Page) => page.getByRole("button", { name: "Run", exact: true });

declare global {
  interface Window {
    /** Durations in milliseconds of the main thread's tasks of 50 ms and more, since {@link watchLongTasks}. */
    longTasks?: number[];
  }
}

/** Begins to note the page's long tasks (Long Tasks API: 50 ms and more). */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: number[] = [];
    window.longTasks = seen;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.push(duration);
    }).observe({ type: "longtask" });
  });
}

export function longTasks(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => window.longTasks ?? []);
}
