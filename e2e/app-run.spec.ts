import { expect, type Page, test } from "@playwright/test";

const nodes = (page: Page) => page.getByRole("tree").getByRole("treeitem");
const runBar = (page: Page) => page.getByRole("region", { name: "Run" });
const spoken = (page: Page) => nodes(page).evaluateAll((items) => items.map((item) => item.getAttribute("aria-label")));

const SOLVE = "#v=1&p=mcts-tiny&problem=even-steven&seed=3&search.budget.numSimulations=12";

async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
}

async function ended(page: Page): Promise<void> {
  await expect(runBar(page).getByText(/solved/i)).toBeVisible();
}

test("Run solves a named puzzle with the built-in model", async ({ page }) => {
  await page.goto(`/${SOLVE}`);
  await run(page);
  await ended(page);
  await expect(runBar(page).getByText("Solved: all hidden tests pass.")).toBeVisible();
  await expect(runBar(page).getByText("12 / 12")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(SOLVE.slice(1)));
});

test("the same link gives the same tree again", async ({ page }) => {
  await page.goto("/#v=1&p=mcts-tiny&problem=missing-link&seed=3&search.budget.numSimulations=16");
  await run(page);
  await ended(page);
  const first = await spoken(page);
  expect(first.length).toBeGreaterThan(8);
  await page.reload();
  await expect(nodes(page)).toHaveCount(0);
  await run(page);
  await ended(page);
  expect(await spoken(page)).toEqual(first);
});

test("a run can be paused, resumed and stopped, and its past can be looked at meanwhile", async ({ page }) => {
  // A search that finds something new for minutes: one that runs out of it would end by itself.
  const endless = "problem=poker-face&search.budget.numSimulations=10000&search.sampling.temperature=1.5";
  await page.goto(`/#v=1&p=mcts-tiny&seed=3&${endless}`);
  await run(page);
  await expect(nodes(page).nth(6)).toBeAttached();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await page.getByRole("button", { name: "One simulation back" }).click();
  await page.getByRole("slider", { name: "Moment of the run" }).fill("3");
  const few = await nodes(page).count();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  expect(await nodes(page).count()).toBe(few);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
});

test("weights that cannot be loaded: a sentence, and another try", async ({ page }) => {
  await page.route("**/model.safetensors", (route) => route.abort());
  await page.goto(`/${SOLVE}`);
  await run(page);
  const again = page.getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expect(runBar(page).getByRole("status")).not.toBeEmpty();
  await page.unroute("**/model.safetensors");
  await again.click();
  await ended(page);
});

test("pressing Enter twice on Run runs; a run that is given up brings back the one before", async ({ page }) => {
  let answer: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/model.safetensors", async (route) => {
    await slow;
    await route.continue().catch(() => undefined);
  });
  await page.goto("/");
  await expect(page.getByText("recorded run")).toBeVisible();
  const before = await spoken(page);
  await page.getByRole("button", { name: "Run", exact: true }).focus();
  // Both presses say when they were: a slow machine presses as fast as any.
  const keyboard = await page.context().newCDPSession(page);
  const pressEnter = async (timestamp: number) => {
    const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, timestamp };
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", ...key });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  };
  const now = Date.now() / 1000;
  await pressEnter(now);
  const stop = page.getByRole("button", { name: "Stop" });
  await expect(stop).toBeFocused();
  await pressEnter(now + 0.3);
  await expect(stop).toBeVisible();
  await stop.click();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeVisible();
  await expect(page.getByText("recorded run")).toBeVisible();
  expect(await spoken(page)).toEqual(before);
  answer();
});

test("Run may be pressed while the recorded run still loads", async ({ page }) => {
  let answer: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/runs/golden.json", async (route) => {
    await slow;
    await route.continue();
  });
  const recorded = page.waitForEvent("requestfinished", (request) => request.url().endsWith("/runs/golden.json"));
  await page.route("**/model.safetensors", async (route) => {
    await recorded;
    await route.continue();
  });
  await page.goto(`/${SOLVE}`);
  await run(page);
  answer();
  await ended(page);
});
