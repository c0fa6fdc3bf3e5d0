import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "./accessible";

const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
/** Wall milliseconds in which even a busy machine has done some dozens of steps. */
const TRAINING_MS = 600_000;

const shelf = (page: Page) => page.getByRole("region", { name: "Made here" });

/** Shows a stage's panel. */
async function select(page: Page, stage: string): Promise<void> {
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { name: stage }).first().click();
}

test("reasoning data are collected, the policy learns from them across a closed tab, and goes to work", async ({
  page,
}) => {
  await page.goto("/#train");
  await select(page, "Policy SFT");
  await expect(
    panel(page, "Policy SFT").getByText("It learns from reasoning data, and there is none yet."),
  ).toBeVisible();
  await select(page, "Tree search");
  const collecting = panel(page, "Tree search");
  await collecting.getByLabel("Tier").selectOption({ label: "Described" });
  await collecting.getByLabel("Problems").fill("4");
  await collecting.getByLabel("Simulations each").fill("8");
  await collecting.getByRole("button", { name: "Start" }).click();
  await expect(collecting.getByRole("list", { name: "Problems" }).getByRole("button").first()).toBeVisible();
  await expect(collecting.getByRole("status")).toContainText(/[1-4] of 4 problems solved/);
  await collecting.getByRole("list", { name: "Problems" }).getByRole("button").first().click();
  await expect(collecting.getByRole("list", { name: "Steps" })).toContainText("operations:");

  await select(page, "Policy SFT");
  const training = panel(page, "Policy SFT");
  await training.getByLabel("Passes over it").fill("40");
  await training.getByLabel("Held-out tier").selectOption({ label: "Described" });
  await training.getByRole("button", { name: "Start" }).click();
  await expect(training.getByRole("status")).toContainText(/[1-9]\d* %/);
  await training.getByRole("button", { name: "Pause" }).click();
  await expect(training.getByRole("status")).toContainText("Paused at");

  await page.reload();
  await select(page, "Policy SFT");
  await expect(training.getByRole("status")).toContainText("Paused at");
  await training.getByRole("button", { name: "Resume" }).click();
  await expect(training.getByRole("status")).toContainText(/goes on from step \d+, where it was left/);
  await page.reload();
  await expect(training.getByRole("status")).toContainText(/goes on from step \d+, where it was left/);
  await expect(training.getByRole("status")).toContainText(/held-out loss|^loss/, { timeout: TRAINING_MS });
  await expect(training.getByRole("img", { name: /^Loss over tokens: in training from/ })).toBeVisible();
  await expect(training.getByRole("list", { name: "Answers" }).getByRole("button").first()).toBeVisible();
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);

  const checkpoint = shelf(page).getByRole("article");
  if (!(await checkpoint.isVisible()))
    await shelf(page)
      .getByRole("button", { name: /^Policy / })
      .click();
  const download = page.waitForEvent("download");
  await checkpoint.getByRole("button", { name: "Save as zip" }).click();
  expect((await download).suggestedFilename()).toMatch(/^policy-[0-9a-f]{16}\.zip$/);
  await checkpoint.getByRole("button", { name: "Put to work" }).click();
  await expect(page.getByText(/^Policy [0-9a-f]{6} is at work/)).toBeVisible();
  // The tree on the screen is another model's.
  await expect(page.getByText("made by Tiny model", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page).toHaveURL(/model=tiny(@|%40)[0-9a-f]{16}/);
  await page.getByRole("spinbutton", { name: "Simulations" }).fill("4");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText(/Solved: all hidden tests pass|Not solved/).first()).toBeVisible();

  // What is gone is said to be gone where it is named, and comes back from its zip.
  await page.getByRole("link", { name: "Train" }).click();
  await shelf(page)
    .getByRole("button", { name: /^Policy / })
    .click();
  await checkpoint.getByRole("button", { name: /^Remove/ }).click();
  await expect(checkpoint.getByText("Its curves and answers go too. The explorer is set up with it.")).toBeVisible();
  await checkpoint.getByRole("button", { name: /really$/ }).click();
  await expect(checkpoint).toHaveCount(0);
  const missing = page.getByText(/The policy [0-9a-f]{16} is not in this browser. Ask whoever sent this for its zip/);
  await page.getByRole("link", { name: "Explorer" }).click();
  await page.reload();
  await expect(missing).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("button", { name: "Import a zip" })).toBeFocused();
  await expect(page).toHaveURL(/model=tiny(@|%40)[0-9a-f]{16}/);
  await page.getByLabel("Zip of the missing checkpoint").setInputFiles({
    ...{ name: "shot.png", mimeType: "image/png", buffer: Buffer.from("\x89PNG\r\n\x1a\n", "latin1") },
  });
  await expect(page.getByText("The file is a picture.")).toBeVisible();
  await page.getByLabel("Zip of the missing checkpoint").setInputFiles(await (await download).path());
  await expect(missing).toHaveCount(0);
});
