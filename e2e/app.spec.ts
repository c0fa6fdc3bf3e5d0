import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { formatRunFile } from "../src/runs/run-file";
import { FOREIGN_RUN } from "../src/testing/foreign-run";

const tree = (page: Page) => page.getByRole("tree");
const nodes = (page: Page) => tree(page).getByRole("treeitem");
const moment = (page: Page) => page.getByRole("slider", { name: "Moment of the run" });
const inspector = (page: Page) => page.getByRole("complementary", { name: "Inspector" });
const runBar = (page: Page) => page.getByRole("region", { name: "Run" });

/** What assistive technology is told of every node: equal lists are equal trees. */
const spoken = (page: Page) => nodes(page).evaluateAll((items) => items.map((item) => item.getAttribute("aria-label")));

async function open(page: Page, hash = ""): Promise<void> {
  await page.goto(`/${hash}`);
  await expect(nodes(page).first()).toBeAttached();
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze();
  expect(violations.map(({ id, nodes: [first] }) => `${id}: ${first?.html}`)).toEqual([]);
}

test("a first visit finds a recorded run, with its answer and its code", async ({ page }) => {
  await open(page);
  expect(await nodes(page).count()).toBeGreaterThan(10);
  await expect(page.getByText("recorded run")).toBeVisible();
  await expect(inspector(page).locator("pre").first()).toContainText("function ");
  await expect(inspector(page).getByText("the answer")).toBeVisible();
  await expect(
    inspector(page).getByRole("region", { name: "Hidden tests" }).getByRole("listitem").first(),
  ).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the screen is accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page);
    await page.getByText("More settings").click();
    await inspector(page).getByText("Prompt", { exact: true }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Words and keys" }).click();
    await expect(page.getByText("Keys in the tree")).toBeVisible();
    await expectAccessible(page);
  });
}

test("nothing jumps while the page loads", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await open(page);
  await expect(page.getByRole("combobox", { name: "Problem" })).toBeVisible();
  const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.02);
});

test("the keyboard walks the tree, and the inspector goes along", async ({ page }) => {
  await open(page);
  const active = async () => page.locator(`#${await tree(page).getAttribute("aria-activedescendant")}`);
  await tree(page).focus();
  await page.keyboard.press("Home");
  await expect(await active()).toHaveAttribute("aria-level", "1");
  await expect(inspector(page).getByRole("heading", { name: "Problem" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(await active()).toHaveAttribute("aria-level", "2");
  await expect(inspector(page).getByRole("heading", { name: "Define" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(await active()).toHaveAttribute("aria-level", "3");
  const third = await tree(page).getAttribute("aria-activedescendant");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  expect(await tree(page).getAttribute("aria-activedescendant")).toBe(third);
  await page.keyboard.press("ArrowLeft");
  await expect(await active()).toHaveAttribute("aria-level", "2");
});

test("the scrubber shows every moment of the run, and keeps the hidden tests for the end", async ({ page }) => {
  await open(page);
  const whole = await spoken(page);
  await moment(page).fill("0");
  await expect(nodes(page)).toHaveCount(0);
  await page.getByRole("button", { name: "One simulation on" }).click();
  await expect(runBar(page).getByText("1 / ")).toBeVisible();
  await expect(inspector(page).getByRole("heading", { level: 2 })).toBeVisible();
  const early = await nodes(page).count();
  expect(early).toBeGreaterThan(1);
  expect(early).toBeLessThan(whole.length);
  const length = Number(await moment(page).getAttribute("max"));
  await moment(page).fill(String(length - 2));
  await tree(page).focus();
  await inspectAnswer(page, whole);
  await expect(inspector(page).getByText("Kept from the search.")).toBeVisible();
  await moment(page).fill(String(length));
  expect(await spoken(page)).toEqual(whole);
});

/** Selects the first program that passes all tests, by walking the last column. */
async function inspectAnswer(page: Page, labels: readonly (string | null)[]): Promise<void> {
  const index = labels.findIndex((label) => label?.includes("all passed"));
  await nodes(page)
    .nth(index)
    .dispatchEvent("click", await centerOf(page, index));
}

async function centerOf(page: Page, index: number) {
  const box = await nodes(page).nth(index).boundingBox();
  return {
    clientX: (box?.x ?? 0) + (box?.width ?? 0) / 2,
    clientY: (box?.y ?? 0) + (box?.height ?? 0) / 2,
    bubbles: true,
  };
}

test("the inspector says why a simulation chose a step, in numbers that can be checked by hand", async ({ page }) => {
  await open(page);
  const path = page.getByRole("navigation", { name: "Path" });
  await path.getByRole("button", { name: "define" }).click();
  const why = inspector(page).getByRole("region", { name: "Why this step" });
  await expect(why).toContainText(/Simulation \d+ went/);
  const siblings = (await why.getByRole("row").allInnerTexts())
    .slice(1)
    .map((row) => row.split("\t").slice(1).map(Number));
  for (const [visits = 0, q = 0, , exploration = 0, total = 0] of siblings) {
    expect(total).toBeCloseTo((visits === 0 ? 0 : q) + exploration, 1);
  }
  const text = (await why.textContent()) ?? "";
  const formula = /= (\S+) \+ (\S+) · (\S+) · √(\d+) \/ \(1 \+ (\d+)\) = (\S+)/.exec(text) ?? [];
  const [q = 0, c = 0, prior = 0, parentVisits = 0, visits = 0, total = -1] = formula.slice(1).map(Number);
  expect(total).toBeCloseTo(q + (c * prior * Math.sqrt(parentVisits)) / (1 + visits), 1);
  await why.getByRole("button", { description: "chosen" }).click();
  await expect(path.getByRole("button", { name: "define" })).toHaveAttribute("aria-current", "step");
});

test("a replay runs by itself to the end", async ({ page }) => {
  await open(page);
  const total = await nodes(page).count();
  await page.getByRole("combobox", { name: "Speed of the replay" }).selectOption("16");
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(page.getByRole("button", { name: "Pause the replay" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Replay", exact: true })).toBeVisible();
  await expect(nodes(page)).toHaveCount(total);
});

test("the address bar carries the selected node and the moment", async ({ page }) => {
  await open(page);
  await tree(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await moment(page).fill("30");
  await expect(page).toHaveURL(/node=\d+&event=30/);
  const label = await spoken(page);
  await page.reload();
  await expect(moment(page)).toHaveValue("30");
  expect(await spoken(page)).toEqual(label);
  await expect(inspector(page).getByRole("heading", { name: "Define" })).toBeVisible();
});

for (const [fault, hash, sentence] of [
  ["another version", "#v=9&p=mcts-tiny&problem=even-steven&seed=1", /version 9/],
  ["a value out of range", "#v=1&p=mcts-tiny&problem=even-steven&seed=1&search.tree.maxDepth=0", /maxDepth is 0/],
  ["nonsense", "#hello", /not a link of the Lab/],
  ["an unknown puzzle", "#v=1&p=mcts-tiny&problem=nowhere&seed=1", /no puzzle called "nowhere"/],
] as const) {
  test(`a link with ${fault} gets one sentence, and the app goes on`, async ({ page }) => {
    await open(page, hash);
    const notice = page.getByRole("alert").filter({ hasText: sentence });
    await expect(notice).toBeVisible();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(notice).toBeHidden();
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
  });
}

test("a link to another experiment sets it up; a bad one that follows changes nothing", async ({ page }) => {
  await page.goto("/#v=1&p=mcts-tiny&problem=odd-squad&seed=42");
  await expect(page.getByRole("combobox", { name: "Problem" })).toHaveValue("Odd Squad");
  await expect(page.getByLabel("Seed")).toHaveValue("42");
  await expect(page.getByText("Press Run, and the tree grows here.")).toBeVisible();
  await page.evaluate(() => {
    location.hash = "#v=1&p=mcts-tiny&problem=odd-squad&seed=oops";
  });
  await expect(page.getByRole("alert").filter({ hasText: "seed" })).toBeVisible();
  // Where it can be mended.
  await expect(page).toHaveURL(/seed=oops$/);
  await expect(page.getByLabel("Seed")).toHaveValue("42");
});

test("a problem of one's own: what is wrong is said at once, nothing is lost, a sound one is taken over", async ({
  page,
}) => {
  await open(page);
  await page.getByRole("button", { name: "Write your own" }).click();
  await page.getByLabel("Title").fill("Twice");
  await page.getByLabel("Examples").fill("[1, 2 -> [2, 4]");
  await expect(page.getByText('Line 1: "[1, 2" before the arrow is not JSON.')).toBeVisible();
  await expect(page.getByRole("button", { name: "Use this problem" })).toBeDisabled();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "not complete" })).toBeVisible();
  await page.getByLabel("Function").fill("2x");
  await expect(page.getByText("The function needs a JavaScript name")).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Write your own" }).click();
  await expect(page.getByLabel("Examples")).toHaveValue("[1, 2 -> [2, 4]");
  await page.getByLabel("Function").fill("doubleEvens");
  await expect(page.getByText("Name the function solve.")).toBeVisible();
  await page.getByLabel("Function").fill("solve");
  await page.getByLabel("Examples").fill('[{"input": [[1, 2]], "expected": [2, 4]}]');
  await page.getByRole("button", { name: "Use this problem" }).click();
  await expect(page.getByRole("combobox", { name: "Problem" })).toHaveValue("Twice");
  await expect(page).toHaveURL(/#v=2&z=/);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Problem" })).toHaveValue("Twice");
  await expect(page.getByRole("cell", { name: "[2, 4]" })).toBeVisible();
});

test("a setting out of range is refused beside its field", async ({ page }) => {
  await open(page);
  const simulations = page.getByRole("spinbutton", { name: "Simulations" });
  await simulations.fill("0");
  await simulations.blur();
  await expect(page.getByText("Must be a whole number from 1 to 10000.")).toBeVisible();
  await expect(page).not.toHaveURL(/numSimulations=0/);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "Simulations has a value that is not allowed." }),
  ).toBeVisible();
  await expect(simulations).toBeFocused();
  await simulations.fill("12");
  await simulations.press("Enter");
  await expect(page).toHaveURL(/search\.budget\.numSimulations=12/);
  await expect(page.getByRole("alert").filter({ hasText: "not allowed" })).toBeHidden();
  await expect(runBar(page).getByRole("status")).toContainText("Last run, ");
  await page.getByRole("button", { name: "undo them" }).click();
  await expect(simulations).toHaveValue("64");
  await expect(runBar(page).getByRole("status")).not.toContainText("Last run, ");
});

test("a folded setting out of range stops Run, and is unfolded", async ({ page }) => {
  await open(page);
  const summary = page.getByText("More settings");
  await summary.click();
  const depth = page.getByRole("spinbutton", { name: "Depth" });
  await depth.fill("0");
  await summary.click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Depth has a value that is not allowed." })).toBeVisible();
  await expect(depth).toBeFocused();
});

test("a generated puzzle", async ({ page }) => {
  await open(page);
  const before = await page.getByRole("table", { name: "Examples" }).textContent();
  await page.getByRole("combobox", { name: "Problem" }).click();
  await page.getByRole("option", { name: "Generated, hinted" }).click();
  await expect(page.getByRole("table", { name: "Examples" })).not.toHaveText(before ?? "");
  await page.getByRole("button", { name: "Next puzzle" }).click();
  await expect(page).toHaveURL(/problem\.tier=hinted&problem\.index=1/);
});

test("a run goes out as a file and comes back the same; a bad file gets a sentence", async ({ page }, info) => {
  await open(page);
  const whole = await spoken(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export run" }).click();
  const file = info.outputPath("run.json");
  await (await download).saveAs(file);
  await page.goto("/#v=1&p=mcts-tiny&problem=odd-squad&seed=42");
  await page.reload();
  await expect(nodes(page)).toHaveCount(0);
  await page
    .getByTestId("run-file")
    .setInputFiles({ name: "bad.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await expect(page.getByRole("alert").filter({ hasText: "bad.json: The file is not a saved run" })).toBeVisible();
  await page.getByTestId("run-file").setInputFiles(file);
  await expect(page.getByText("from a file")).toBeVisible();
  expect(await spoken(page)).toEqual(whole);
});

test("another system's run is shown, and what it does not say is missing", async ({ page }) => {
  await open(page);
  const text = formatRunFile(FOREIGN_RUN);
  await page
    .getByTestId("run-file")
    .setInputFiles({ name: "theirs.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(page.getByText("from a file")).toBeVisible();
  await expect(nodes(page)).toHaveCount(4);
  for (const [key, shown] of [
    ["Home", "Double it."],
    ["ArrowRight", "Add it to itself."],
    ["ArrowDown", "Shift it."],
    ["ArrowUp", "Add it to itself."],
    ["ArrowRight", "def double(x)"],
  ] as const) {
    await tree(page).focus();
    await page.keyboard.press(key);
    await expect(inspector(page)).toContainText(shown);
    await expect(page.locator("body")).not.toContainText(/NaN|undefined|null|Infinity|object Object/);
  }
  expect((await spoken(page)).join()).not.toMatch(/NaN|undefined|null|Infinity/);
  await expectAccessible(page);
});

test("the theme goes round and is remembered", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  expect(await background()).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  expect(await background()).not.toBe(light);
});

test("a narrow screen shows one pane at a time", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await expect(tree(page)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Problem", exact: true }).click();
  await expect(tree(page)).toBeHidden();
  await expect(page.getByRole("combobox", { name: "Problem" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect(inspector(page).getByRole("heading", { level: 2 })).toBeVisible();
  await expectAccessible(page);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

test("the app opens without its recorded run as well", async ({ page }) => {
  await page.route("**/runs/golden.json", (route) => route.abort());
  await page.goto("/");
  await expect(page.getByText("Press Run, and the tree grows here.")).toBeVisible();
  await expectAccessible(page);
});
