import { chromium } from "@playwright/test";
import { createServer } from "vite";
import { chromiumLaunchOptions, ensureChromium } from "../cli/chromium";
import { ROOT } from "../cli/root";
import type { Measure } from "./measure";

/** The JavaScript sandbox: programs judged per second, and what starting, stopping and recovering cost. */
export const measure: Measure = async (log) => {
  const executablePath = ensureChromium(log);
  const server = await createServer({ root: ROOT, logLevel: "error", server: { port: 0, host: "localhost" } });
  await server.listen();
  const browser = await chromium.launch(chromiumLaunchOptions(executablePath));
  try {
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0]}lab.html`);
    return await page.evaluate("import('/bench/judge-page.ts').then((page) => page.measureJudge())");
  } finally {
    await browser.close();
    await server.close();
  }
};
