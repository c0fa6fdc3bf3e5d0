import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumLaunchOptions, findChromium } from "./cli/chromium.ts";

/** Wall milliseconds. Slow is not a failure: they only end what hangs. */
const patience = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 120_000 } } };

/** Files at once: many tests wait for what is told to end, and leave their core to others. */
const maxWorkers = availableParallelism();

const browserTests = "src/**/*.browser.test.{ts,tsx}";

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["{src,workers,build,cli,bench}/**/*.test.ts"],
          exclude: [browserTests],
          setupFiles: "src/testing/property-seed.ts",
          // Nothing is mocked and no test leaves a global changed, so that files may share what they import.
          pool: "threads",
          isolate: false,
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
