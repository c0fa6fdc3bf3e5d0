import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { benchmarkFile } from "../cli/benchmark-data";
import { importDataset } from "../src/datasets/import";
import { chatScript } from "./chat-script";
import { type OpenAiServer, startOpenAiServer } from "./openai-server";

/* Real benchmarks in the sandbox of the built app, and a whole run on an imported problem with a model behind an endpoint. */

const FILES: readonly (readonly [name: string, passed: number, failing: readonly string[]])[] = [
  ["humaneval/HumanEval.jsonl", 164, []],
  ["mbpp/mbpp.jsonl", 974, []],
  ["mbpp/sanitized-mbpp.json", 427, []],
  // In the data set itself, the outputs of this row are out of step with its inputs.
  ["taco/taco_easy_10.jsonl", 9, ["taco/8: The best of 3 references passes 1 of 7 tests"]],
  ["apps/apps_train_5.jsonl", 5, []],
];

test("the reference solutions of the benchmarks pass in the sandbox", async ({ page }) => {
  const found = FILES.flatMap(([name, ...expected]) => {
    const path = benchmarkFile(name);
    return path === null ? [] : [{ name, path, expected }];
  });
  test.skip(found.length === 0, "The files are not here; LAB_DATA names a folder that has them.");
  await page.goto("lab.html");
  for (const { name, path, expected } of found) {
    const data = new Blob([readFileSync(path)]);
    const { problems } = await importDataset({ kind: "file", name: basename(name), data });
    // As text: the type of a problem is too deep for the page's own.
    const checked = await page.evaluate(
      (given) => window.lab.check({ problems: JSON.parse(given) }),
      JSON.stringify(problems),
    );
    const failed = checked.failed.map(({ id, reason }) => `${id}: ${reason.split(";", 1)[0]}`);
    expect([name, checked.passed, failed]).toEqual([name, ...expected]);
  }
});

const ROWS = [
  {
    task_id: 1,
    text: "Write a function to count how often a number is greater than the one before it.",
    code: "def rises(xs):\n    return sum(b > a for a, b in zip(xs, xs[1:]))",
    test_list: ["assert rises([1, 2, 2, 5]) == 2", "assert rises([]) == 0", "assert rises([3, 2, 1]) == 0"],
    test_setup_code: "",
    challenge_test_list: [],
  },
];

const script = chatScript({
  language: "python",
  pseudocode: ["rises(xs):\n  look at each pair of neighbours\n  count those that rise"],
  programs: [
    "def rises(xs):\n    return sum(1 for x in xs if x > xs[0])",
    "def rises(xs):\n    count = 0\n    for i in range(1, len(xs)):\n        if xs[i] > xs[i - 1]:\n            count += 1\n    return count",
  ],
  tests: "assert rises([1, 2, 3]) == 2\nassert rises([5]) == 0\nassert rises([2, 9, 4]) == 1",
});

const servers: OpenAiServer[] = [];
test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function importRows(page: Page): Promise<void> {
  const text = ROWS.map((row) => JSON.stringify(row)).join("\n");
  await page.getByRole("button", { name: "Add problems" }).click();
  await page
    .getByTestId("problem-file")
    .setInputFiles({ name: "rows.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(text) });
}

test("an imported Python problem is searched with an endpoint's model, and its solution passes the hidden tests", async ({
  page,
}) => {
  const server = await startOpenAiServer({ script });
  servers.push(server);
  await page.goto("/");
  await importRows(page);
  await page.getByRole("button", { name: /Run the reference solutions of MBPP/ }).click();
  await expect(page.getByText("1 of 1 problem pass")).toBeVisible();
  await page.keyboard.press("Escape");

  const model = encodeURIComponent(`openai:${server.baseUrl}#scripted`);
  await page.goto(`/#v=2&p=mcts-chat&collection=mbpp&problem=mbpp%2F1&model=${model}&seed=3`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText(/Solved: all hidden tests pass/).first()).toBeVisible();

  const inspector = page.getByRole("region", { name: /tests$/ });
  await expect(inspector.filter({ hasText: "Visible tests" })).toContainText("1 of 1");
  await expect(inspector.filter({ hasText: "Generated tests" })).toContainText("3 of 3");
  await expect(inspector.filter({ hasText: "Hidden tests" })).toContainText("2 of 2");

  // The leak guard: what the model was told holds no hidden test.
  const told = JSON.stringify(server.calls.map(({ body }) => body.messages));
  expect(told).toContain("rises([1, 2, 2, 5])");
  expect(told).not.toContain("rises([3, 2, 1])");
});
