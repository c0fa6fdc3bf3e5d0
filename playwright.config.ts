import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions, findChromium } from "./cli/chromium.ts";

const PORT = 4179;

/** User journeys over the built app. `npm run build` first; `npm test` does. */
export default defineConfig({
  testDir: "e2e",
  timeout: 120_000,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  outputDir: "test-results",
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: chromiumLaunchOptions(findChromium()),
    trace: "off",
  },
  webServer: {
    command: `npx vite preview --port ${PORT} --strictPort`,
    url: `http://localhost:${PORT}`,
    reuseExistingServer: false,
  },
});
