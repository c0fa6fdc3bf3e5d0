import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumLaunchOptions, findChromium } from "./cli/chromium.ts";

/** Wall milliseconds. Slow is not a failure: they only end what hangs. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 120_000 } } };

const browserTests = "src/**/*.browser.test.{ts,tsx}";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["{src,workers,build,cli,bench}/**/*.test.ts"],
          exclude: [browserTests],
          ...patience,
        },
      },
      {
        extends: "./vite.config.ts",
        // Found late, a dependency makes the server reload the page in the middle of a test.
        optimizeDeps: { entries: ["{src,workers}/**/*.{ts,tsx}", "!**/*.test.{ts,tsx}"] },
        test: {
          name: "browser",
          include: [browserTests],
          ...patience,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions(findChromium()) }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
