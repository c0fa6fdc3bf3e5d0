import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { type Download, expect, type Page, test } from "@playwright/test";

const results = (page: Page) => page.getByRole("region", { name: "Results" });
const row = (page: Page, strategy: string) => results(page).getByRole("row").filter({ hasText: strategy });
const outcomes = (page: Page) => page.getByRole("region", { name: "Runs", exact: true });
const start = (page: Page) => page.getByRole("button", { name: "Run comparison" });

interface SmallComparison {
  readonly strategies: readonly string[];
  readonly tokens: number;
}

/** Sets a comparison on three described puzzles up. */
async function setUp(page: Page, { strategies, tokens }: SmallComparison): Promise<void> {
  await page.goto("/#bench");
  await page.getByLabel("Problem set").selectOption({ label: "List puzzles, described" });
  await page.getByLabel("How many").fill("3");
  await page.getByLabel("Tokens a problem").fill(String(tokens));
  await page.getByLabel("Samples for ASPR").fill("2");
  // Runs that spend all their tokens last long enough to be stopped on the way.
  await page.getByRole("checkbox", { name: "Stop at the first pass" }).uncheck();
  for (const name of ["Vanilla", "Pseudocode", "MCTS (PUCT)"]) {
    await page.getByRole("checkbox", { name, exact: true }).setChecked(strategies.includes(name));
  }
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa"]).analyze();
  expect(violations.map(({ id, nodes: [first] }) => `${id}: ${first?.html}`)).toEqual([]);
}

/** Presses Stop as soon as a row of the results says so, without the pauses between looks that a test takes from outside. */
async function stopWhen(page: Page, strategy: string, says: RegExp): Promise<void> {
  const stop = await page.getByRole("button", { name: "Stop" }).elementHandle();
  await row(page, strategy).evaluate(
    (element, { pattern, button }) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!new RegExp(pattern).test(element.textContent ?? "")) return void requestAnimationFrame(look);
          (button as HTMLElement).click();
          resolve();
        };
        look();
      }),
    { pattern: says.source, button: stop },
  );
}

async function textOf(download: Promise<Download>): Promise<string> {
  return readFile(await (await download).path(), "utf8");
}

test("a comparison outlives its tab, its table is complete, its runs can be looked into and it can be taken along", async ({
  page,
}) => {
  await setUp(page, { strategies: ["Vanilla", "MCTS (PUCT)"], tokens: 1500 });
  await start(page).click();
  await stopWhen(page, "MCTS (PUCT)", /[12] \/ 3/);
  await expect(row(page, "Vanilla")).toContainText("3 / 3");
  await expect(page.getByText(/Stopped: [45] of 6 runs done\./)).toBeVisible();
  const vanilla = await row(page, "Vanilla").textContent();

  await page.reload();
  await expect(page.getByText(/Stopped: [45] of 6 runs done\./)).toBeVisible();
  expect(await row(page, "Vanilla").textContent()).toBe(vanilla);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Complete.")).toBeVisible();
  expect(await row(page, "Vanilla").textContent()).toBe(vanilla);
  await expect(row(page, "MCTS (PUCT)")).toContainText("3 / 3");
  await expect(page.getByText(/Tiny model ran on .*, weights [0-9a-f]{12}/)).toBeVisible();
  await expect(page.getByText("not strictly comparable")).toHaveCount(0);
  await expect(
    page.getByRole("img", { name: /^Solved against tokens; at the end: Vanilla [\d.]+ %, MCTS/ }),
  ).toBeVisible();
  await page.getByRole("button", { name: "Seconds", exact: true }).click();
  await expect(page.getByRole("img", { name: /^Solved against seconds/ })).toBeVisible();
  await expect(page.getByText("budget of 1 500 sampled tokens each")).toBeVisible();

  const csv = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  expect((await csv).suggestedFilename()).toMatch(/^list-puzzles-described-1500-tokens-[\d-]{15}\.csv$/);
  const lines = (await textOf(csv)).trim().split("\r\n");
  const [head = [], ...rows] = lines.map((line) => line.split(","));
  const columns = ["strategy", "done", "budget_tokens"].map((name) => head.indexOf(name));
  expect(rows.map((fields) => [fields.length, ...columns.map((at) => fields[at])])).toEqual([
    [head.length, "vanilla", "3", "1500"],
    [head.length, "mcts-puct", "3", "1500"],
  ]);
  const latex = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as LaTeX" }).click();
  const tableRows = (await textOf(latex)).split("\n").filter((line) => line.includes("MCTS (PUCT)"));
  expect(tableRows.map((line) => [line.split(" & ").length, line.endsWith("\\\\")])).toEqual([[10, true]]);

  await results(page).getByRole("button", { name: "MCTS (PUCT)" }).click();
  await expect(outcomes(page).getByRole("row")).toHaveCount(4);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
  await outcomes(page).getByRole("button", { name: "Described 2" }).click();
  await expect(page.getByText("from a comparison")).toBeVisible();
  expect(await page.getByRole("tree").getByRole("treeitem").count()).toBeGreaterThan(5);
  await expect(page.getByRole("progressbar", { name: "Tokens" })).toBeVisible();
  await page.getByRole("link", { name: "Back to the comparison" }).click();
  await expect(outcomes(page)).toBeVisible();
});

test("a cell that cannot run says why, and the others go on; without storage it all lasts as long as the page", async ({
  page,
}) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("No storage here.", "SecurityError");
    };
  });
  await page.goto("/#v=1&p=mcts-tiny&problem=odd-squad&seed=42");
  await expect(page.getByLabel("Seed")).toHaveValue("42");
  await setUp(page, { strategies: ["Vanilla"], tokens: 200 });
  const another = page.getByLabel("Another model");
  await another.fill("gpt");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText('"gpt" names no model.')).toBeVisible();
  await another.fill("openai:http://localhost:9/v1#Qwen2.5-7B-Instruct");
  await another.press("Enter");
  const dead = page.getByRole("checkbox", { name: "Qwen2.5-7B-Instruct" });
  await expect(page.getByText("localhost:9 cannot be reached")).toBeVisible();
  await expect(dead).not.toBeChecked();
  await dead.check();
  await another.fill("webllm:foo");
  await another.press("Enter");
  await expect(page.getByText("There is no such model in the list of this browser.")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "foo" })).not.toBeChecked();
  await page.getByRole("button", { name: "Remove foo" }).click();
  await expect(page.getByRole("checkbox", { name: "foo" })).toHaveCount(0);
  await start(page).click();
  await expect(page.getByText("Comparisons last as long as this page.")).toBeVisible();
  await expect(page.getByText("Some rows could not be run to their end: 3 of 6 runs done.")).toBeVisible();
  await expect(results(page).getByText("localhost:9 cannot be reached")).toBeVisible();
  await expect(row(page, "Table 1: Qwen2.5-7B, vanilla")).toContainText("59.8");
  await row(page, "Vanilla").first().getByRole("button").click();
  await outcomes(page).getByRole("button", { name: "Described 1" }).click();
  await expect(page.getByText("from a comparison")).toBeVisible();
  await expect(page.getByLabel("Seed")).not.toHaveValue("42");
  await page.goBack();
  await page.getByRole("link", { name: "Explorer" }).click();
  await expect(page.getByLabel("Seed")).toHaveValue("42");
});

test("one goes to and fro between the explorer and the comparisons, and nothing is lost", async ({ page }) => {
  await page.goto("/#v=1&p=mcts-tiny&problem=odd-squad&seed=42");
  await expect(page.getByLabel("Seed")).toHaveValue("42");
  await page.getByRole("link", { name: "Benchmark" }).click();
  await expect(start(page)).toBeVisible();
  await expect(page).toHaveURL(/#bench$/);
  await page.getByRole("link", { name: "Explorer" }).press("Enter");
  await expect(page.getByLabel("Seed")).toHaveValue("42");
  await expect(page.getByRole("link", { name: "Explorer" })).toBeFocused();
  await page.goBack();
  await expect(start(page)).toBeVisible();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await expect(page.getByText("Press Run comparison, and the table fills here.")).toBeVisible();
  await expectAccessible(page);
});
