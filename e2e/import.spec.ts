import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "./accessible";

/** Rows of our own in the shape of MBPP: two sound ones, and one without its tests. */
const ROWS = [
  {
    task_id: 1,
    text: "Write a function to halve a number.",
    code: "def halve(x):\n    return x / 2",
    test_list: ["assert halve(4) == 2", "assert halve(3) == 1.5"],
    test_setup_code: "",
    challenge_test_list: [],
  },
  {
    task_id: 2,
    text: "Write a function to greet somebody by name.",
    code: "def greet(name):\n    return 'Hello, ' + name",
    test_list: ["assert greet('Ada') == 'Hello, Ada'"],
    test_setup_code: "",
    challenge_test_list: [],
  },
  { task_id: 3, text: "Write a function to do nothing.", code: "def nothing():\n    pass" },
];
const JSON_LINES = ROWS.map((row) => JSON.stringify(row)).join("\n");

const dialog = (page: Page) => page.getByRole("dialog", { name: "Problems" });
const report = (page: Page) => dialog(page).getByRole("region", { name: "Report" });
const picker = (page: Page) => page.getByRole("combobox", { name: "Problem", exact: true });
const member = (page: Page) => page.getByRole("combobox", { name: "Problem of the collection" });

async function openDialog(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add problems" }).click();
  await expect(dialog(page).getByText("choose one")).toBeVisible();
}

async function importRows(page: Page, text = JSON_LINES): Promise<void> {
  await openDialog(page);
  await giveRows(page, text);
}

async function giveRows(page: Page, text = JSON_LINES): Promise<void> {
  await page
    .getByTestId("problem-file")
    .setInputFiles({ name: "rows.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(text) });
}

test("a file of problems: what was taken and what not, one of them set up, kept over a reload, deleted", async ({
  page,
}, info) => {
  await page.goto("/");
  await importRows(page);
  await expect(dialog(page).getByText("Took 2 of 3 problems.")).toBeVisible();
  const refused = dialog(page).getByRole("list", { name: "Rows that were not taken" });
  await expect(refused).toContainText("row 3");
  await expect(refused).toContainText("The column test_list is missing.");
  await expectAccessible(page);

  const download = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name: "Save report" }).click();
  const file = info.outputPath("report.txt");
  await (await download).saveAs(file);
  expect(readFileSync(file, "utf8")).toMatch(
    /Took 2 of 3 problems\.[\s\S]*Row 3 \(3\): The column test_list is missing\./,
  );

  await report(page).getByRole("button", { name: "Open MBPP" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(picker(page)).toHaveValue("MBPP, 2 problems");
  await expect(page.getByText("Write a function to halve a number.")).toBeVisible();
  await expect(page.getByText("assert halve(4) == 2")).toBeVisible();
  await expect(page.getByText("assert halve(3) == 1.5")).toBeHidden();
  await expect(
    page.getByRole("paragraph").filter({ hasText: /The first assert is visible.*CC BY 4\.0/ }),
  ).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Next problem" }).click();
  await expect(page.getByText("assert greet('Ada') == 'Hello, Ada'")).toBeVisible();
  await expect(page).toHaveURL(/collection=mbpp&problem=mbpp%2F2/);
  await page.reload();
  await expect(member(page)).toHaveValue(/^2/);
  await expect(page.getByText("Write a function to greet somebody by name.")).toBeVisible();
  await member(page).click();
  await member(page).fill("halve");
  await page.getByRole("option", { name: /halve/i }).click();
  await expect(page.getByText("assert halve(4) == 2")).toBeVisible();

  await page.getByRole("button", { name: "Add problems" }).click();
  await dialog(page).getByRole("button", { name: "Delete MBPP", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Keep" }).click();
  await dialog(page).getByRole("button", { name: "Delete MBPP", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Delete MBPP, really" }).click();
  await expect(dialog(page).getByText("In this browser")).toBeHidden();
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await expect(picker(page)).toHaveValue("Even Steven");
});

test("how many tests are visible can be chosen", async ({ page }) => {
  await page.goto("/");
  await openDialog(page);
  await dialog(page).getByLabel("Visible tests").fill("2");
  await dialog(page).getByLabel("Visible tests").press("Enter");
  await expect(dialog(page).getByText("see the first 2 tests")).toBeVisible();
  await page
    .getByTestId("problem-file")
    .setInputFiles({ name: "rows.jsonl", mimeType: "", buffer: Buffer.from(JSON_LINES) });
  await report(page).getByRole("button", { name: "Open MBPP" }).click();
  await expect(page.getByText("assert halve(3) == 1.5")).toBeVisible();
});

test("the tiny model cannot solve Python: that is said in place, and Run does not pretend", async ({ page }) => {
  await page.goto("/");
  await importRows(page);
  await report(page).getByRole("button", { name: "Open MBPP" }).click();
  await expect(page.getByText("The tiny model writes JavaScript, but this problem is in Python.")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("this problem is in Python")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Choose another model" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Model" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`pasted nonsense gets a sentence and stays to be mended, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/");
    await openDialog(page);
    await dialog(page).getByText("Paste", { exact: true }).click();
    await dialog(page).getByRole("textbox", { name: "Rows" }).fill('{"question": 42}');
    await dialog(page).getByRole("button", { name: "Read the problems" }).click();
    await expect(dialog(page).getByRole("alert").filter({ hasText: "no known format" })).toBeVisible();
    await expectAccessible(page);
    await dialog(page).getByText("Address", { exact: true }).click();
    await expect(dialog(page).getByRole("alert").filter({ hasText: "no known format" })).toBeHidden();
    await dialog(page).getByText("Paste", { exact: true }).click();
    await expect(dialog(page).getByRole("textbox", { name: "Rows" })).toHaveValue('{"question": 42}');
    await dialog(page).getByRole("textbox", { name: "Rows" }).fill(JSON_LINES);
    await dialog(page).getByRole("button", { name: "Read the problems" }).click();
    await expect(dialog(page).getByText("Took 2 of 3 problems.")).toBeVisible();
  });
}

test("an address that is a web page gets a sentence; one that never answers can be given up", async ({ page }) => {
  await page.route("https://example.org/**", (route) =>
    route.request().url().endsWith("slow.jsonl")
      ? undefined
      : route.fulfill({ contentType: "text/html", body: "<!doctype html><p>Hello</p>" }),
  );
  await page.goto("/");
  await openDialog(page);
  await dialog(page).getByText("Address", { exact: true }).click();
  const address = dialog(page).getByRole("textbox", { name: "Address" });
  await address.fill("https://example.org/page");
  await address.press("Enter");
  await expect(dialog(page).getByRole("alert").filter({ hasText: "web page" })).toBeVisible();
  await address.fill("https://example.org/slow.jsonl");
  await address.press("Enter");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await expect(address).toHaveValue("https://example.org/slow.jsonl");
});

test("a link to a problem that is not here says what to add, keeps the rest, and opens when it comes", async ({
  page,
}) => {
  await page.goto("/#v=2&p=mcts-tiny&collection=mbpp&problem=mbpp%2F2&seed=42");
  await expect(
    page.getByRole("alert").filter({ hasText: 'one of "mbpp", which is not in this browser' }),
  ).toBeVisible();
  await expect(page.getByLabel("Seed")).toHaveValue("42");
  await expect(picker(page)).toHaveValue("mbpp/2, not here yet");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "Add the problems of mbpp first." });
  await expect(refusal).toHaveCount(1);
  await refusal.getByRole("button", { name: "Add problems" }).click();
  await giveRows(page);
  await expect(dialog(page).getByText("Took 2 of 3 problems.")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("Write a function to greet somebody by name.")).toBeVisible();
  await expect(page).toHaveURL(/collection=mbpp&problem=mbpp%2F2/);
  await expect(page.getByLabel("Seed")).toHaveValue("42");
});

test("a narrow screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await page.getByRole("button", { name: "Problem", exact: true }).click();
  await importRows(page);
  await expect(dialog(page).getByText("Took 2 of 3 problems.")).toBeVisible();
  await expectAccessible(page);
  const box = await dialog(page).boundingBox();
  expect(box?.width).toBe(390);
});
