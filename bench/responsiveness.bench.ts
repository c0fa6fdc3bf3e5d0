import { buildAppIfStale } from "../cli/dist";
import { serveApp } from "../cli/serve";
import { launchBrowser, longTasks, runButton, watchLongTasks } from "./app-page";
import type { Measure } from "./measure";

const RUN_TIMEOUT_MS = 300_000;

/** Whether the page answers while it searches: tasks of 50 ms and more on its main thread, from the press of Run to the end. */
export const measure: Measure = async (log) => {
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const browser = await launchBrowser(log);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    await runButton(page).waitFor();
    await watchLongTasks(page);
    const start = performance.now();
    await runButton(page).click();
    await runButton(page).waitFor({ state: "detached" });
    await runButton(page).waitFor({ timeout: RUN_TIMEOUT_MS });
    const tasks = await longTasks(page);
    return {
      runMs: performance.now() - start,
      nodes: await page.locator('[role="treeitem"]').count(),
      longTasks: tasks.length,
      longestTaskMs: Math.max(0, ...tasks),
    };
  } finally {
    await browser.close();
    await server.close();
  }
};
