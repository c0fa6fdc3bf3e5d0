import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions, findChromium } from "./cli/chromium.ts";
import { freePort } from "./cli/free-port.ts";

// Every worker process reads this file again, and must come to the same port.
process.env.E2E_PORT ??= String(await freePort());
const port = process.env.E2E_PORT;

/** User journeys over the built app. `npm run build` first; `npm test` does. */
export default defineConfig({
  testDir: "e2e",
  // Slow is not a failure: these only end what hangs.
  timeout: 900_000,
  expect: { timeout: 120_000 },
  // Journeys mostly wait; more at once than this would be more browsers than a laptop has memory for.
  workers: Math.min(4, availableParallelism()),
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  outputDir: "test-results",
  use: {
    // What a click waits for may have gone for good.
    actionTimeout: 120_000,
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: chromiumLaunchOptions(findChromium()),
  },
  webServer: {
    command: `npx tsx cli/start.ts --port ${port}`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 600_000,
  },
});
