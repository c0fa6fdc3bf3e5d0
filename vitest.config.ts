import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumLaunchOptions, findChromium } from "./cli/chromium.ts";

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
          testTimeout: 30_000,
        },
      },
      {
        extends: "./vite.config.ts",
        // Found late, a dependency makes the server reload the page in the middle of a test.
        optimizeDeps: { entries: ["{src,workers}/**/*.{ts,tsx}", "!**/*.test.{ts,tsx}"] },
        test: {
          name: "browser",
          include: [browserTests],
          testTimeout: 60_000,
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
