import { readFileSync } from "node:fs";
import { type Browser, chromium } from "@playwright/test";
import { createServer } from "vite";
import { chromiumLaunchOptions, ensureChromium } from "../cli/chromium";
import { ROOT } from "../cli/root";

/**
 * Imports `bench/pages/<file>` in a page of the development server, calls `name` there and gives back what it returned.
 * @param input what it is called with, as JSON.
 */
export async function measureInPage(
  file: string,
  name: string,
  log: (line: string) => void,
  input?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const executablePath = ensureChromium(log);
  // Whoever edits the project meanwhile must not reload the page.
  const quiet = { hmr: false, watch: null };
  const server = await createServer({
    root: ROOT,
    logLevel: "error",
    server: { port: 0, host: "localhost", ...quiet },
  });
  await server.listen();
  const browser = await chromium.launch(chromiumLaunchOptions(executablePath));
  try {
    const page = await browser.newPage();
    await page.exposeFunction("residentMegabytes", () => residentMegabytes(browser));
    await page.goto(`${server.resolvedUrls?.local[0]}lab.html`);
    return await page.evaluate(
      `import('/bench/pages/${file}').then((page) => page.${name}(${JSON.stringify(input) ?? ""}))`,
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Resident memory of the page's process, its workers and their WebAssembly memories in it; null where the system does not tell. */
async function residentMegabytes(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  try {
    const statuses = pages.map(({ id }) => readFileSync(`/proc/${id}/status`, "utf8"));
    const kilobytes = statuses.map((status) => Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0));
    return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1024);
  } catch {
    return null;
  }
}
