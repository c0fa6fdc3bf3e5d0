import { chromium, type Page } from "@playwright/test";
import { fromErrorData, LabError } from "../src/core/errors";
import type { Lab } from "../src/lab";
import { chromiumLaunchOptions, ensureChromium } from "./chromium";
import { buildAppIfStale } from "./dist";
import { serveApp } from "./serve";

/** The app's headless page (lab.html) in a Chromium of its own. */
export interface HeadlessLab {
  /** Calls a method of `window.lab`. @throws LabError what the page threw. */
  call<K extends keyof Lab>(method: K, request: Parameters<Lab[K]>[0]): Promise<Awaited<ReturnType<Lab[K]>>>;
  close(): Promise<void>;
}

/**
 * Builds the app if need be, serves it and opens its headless page.
 * @param log gets one line of progress at a time.
 */
export async function openLab(log: (line: string) => void): Promise<HeadlessLab> {
  const executablePath = ensureChromium(log);
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const browser = await chromium.launch(chromiumLaunchOptions(executablePath));
  const page = await browser.newPage();
  const died = deathOf(page);
  died.catch(() => {});
  await page.exposeFunction("labProgress", log);
  await page.goto(`${server.url}lab.html`);
  await Promise.race([page.waitForFunction("window.lab"), died]);
  return {
    call: (method, request) => Promise.race([callLab(page, method, request), died]) as never,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Rejects when the page can no longer answer. */
function deathOf(page: Page): Promise<never> {
  return new Promise((_, reject) => {
    page.on("crash", () => reject(new LabError("internal/crashed", "The browser page crashed.", "Run it again.")));
    page.on("pageerror", (error) => reject(new LabError("internal/page", `The page failed: ${error.message}`)));
  });
}

async function callLab(page: Page, method: keyof Lab, request: unknown): Promise<unknown> {
  const outcome = await page.evaluate(([name, argument]: [keyof Lab, unknown]) => window.callLab(name, argument), [
    method,
    request,
  ] as [keyof Lab, unknown]);
  if (!outcome.ok) throw fromErrorData(outcome.error);
  return outcome.value;
}
