import { type CDPSession, chromium, type Page } from "@playwright/test";
import { fromErrorData, LabError } from "../src/core/errors";
import type { Lab, LabOutcome } from "../src/lab";
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
 * @param onOutcome gets what is to be kept at once: each outcome of a comparison, each tree of a collection, as JSON.
 */
export async function openLab(
  log: (line: string) => void,
  onOutcome: (outcome: string) => void = () => {},
): Promise<HeadlessLab> {
  const executablePath = ensureChromium(log);
  await buildAppIfStale(log);
  const server = await serveApp(0);
  const browser = await chromium.launch(chromiumLaunchOptions(executablePath));
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  const died = deathOf(page, session);
  died.catch(() => {});
  await session.send("Runtime.enable");
  session.on("Runtime.bindingCalled", ({ name, payload }) => (name === "labOutcome" ? onOutcome : log)(payload));
  await session.send("Runtime.addBinding", { name: "labProgress" });
  await session.send("Runtime.addBinding", { name: "labOutcome" });
  await page.goto(`${server.url}lab.html?relay=${server.relayPath}`);
  await Promise.race([page.waitForFunction("window.lab"), died]);
  return {
    call: (method, request) => Promise.race([callLab(session, method, request), died]) as never,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/**
 * Rejects when the page can no longer answer. Playwright's own `crash` event does not tell: it also fires when a judged program
 * takes the sandbox frame's process with it, which the page survives.
 */
function deathOf(page: Page, session: CDPSession): Promise<never> {
  return new Promise((_, reject) => {
    const crashed = () => reject(new LabError("internal/crashed", "The browser page crashed.", "Run it again."));
    session.on("Inspector.targetCrashed", crashed);
    page.on("pageerror", (error) => reject(new LabError("internal/page", `The page failed: ${error.message}`)));
  });
}

/**
 * Over the protocol itself, because Playwright's `evaluate` refuses a page after such a `crash` event. Request and answer cross as
 * JSON texts: as a script an object loses keys such as `__proto__`, and the protocol's own values have a depth of their own.
 */
async function callLab(session: CDPSession, method: keyof Lab, request: unknown): Promise<unknown> {
  const text: string | undefined = JSON.stringify(request);
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: `window.callLab(${JSON.stringify(method)}, ${text === undefined ? "undefined" : `JSON.parse(${JSON.stringify(text)})`}).then((outcome) => JSON.stringify(outcome))`,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new LabError("internal/page", `The page failed: ${exceptionDetails.text}`);
  const outcome = JSON.parse(result.value as string) as LabOutcome;
  if (!outcome.ok) throw fromErrorData(outcome.error);
  return outcome.value;
}
