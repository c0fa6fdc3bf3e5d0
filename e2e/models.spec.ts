import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { expectAccessible } from "./accessible";
import { chatScript } from "./chat-script";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "./openai-server";

const KEY = "sk-very-secret-0123456789";
const MODEL_OF_THE_LIST = "webllm:Qwen2.5-Coder-0.5B-Instruct-q4f16_1-MLC";

const script = chatScript({
  language: "javascript",
  pseudocode: ["solve(list):\n  keep even values\n  double each"],
  programs: [
    "function solve(list) {\n  return list.map((x) => 2 * x);\n}",
    "function solve(list) {\n  return list.filter((x) => x % 2 === 0).map((x) => 2 * x);\n}",
  ],
});

const servers: OpenAiServer[] = [];
test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(options: Partial<OpenAiServerOptions> = {}): Promise<OpenAiServer> {
  const server = await startOpenAiServer({ script, ...options });
  servers.push(server);
  return server;
}

const dialog = (page: Page) => page.getByRole("dialog", { name: "Model" });
const line = (page: Page) => page.getByRole("region", { name: "Model" }).getByRole("button").first();

async function openTab(page: Page, name: string): Promise<void> {
  await line(page).click();
  await dialog(page).getByRole("tab", { name }).click();
}

/** A browser without WebGPU, whatever this one has. */
async function withoutWebGpu(page: Page): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "gpu"));
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`without WebGPU the models of the list say why they cannot run, ${colorScheme}`, async ({ page }) => {
    await withoutWebGpu(page);
    await page.emulateMedia({ colorScheme });
    await page.goto("/");
    await expect(line(page)).toContainText("Tiny model");
    await line(page).click();
    await expect(dialog(page).getByRole("button", { name: "In use" })).toBeDisabled();
    await expectAccessible(page);
    await dialog(page).getByRole("tab", { name: "In this browser" }).click();
    const group = dialog(page).getByRole("region", { name: /no WebGPU/ });
    await expect(group.getByText(/Use a current Chrome/)).toBeVisible();
    await expect(group.getByRole("listitem").first()).toContainText(/Coder.*of memory/);
    await expect(dialog(page).getByRole("button", { name: /^Use / })).toHaveCount(0);
    await expectAccessible(page);
    await dialog(page).getByRole("textbox", { name: "Search models" }).fill("coder 7b q4f32");
    await expect(group.getByRole("listitem")).toHaveCount(1);
    await dialog(page).getByRole("textbox", { name: "Search models" }).fill("nothing of that name");
    await expect(dialog(page).getByText("No model of that name.")).toBeVisible();
    await dialog(page).getByRole("textbox", { name: "Search models" }).fill("llama 1b");
    await expect(dialog(page).getByText("None among code models.")).toBeVisible();
    await dialog(page).getByRole("button", { name: "Search all models" }).click();
    await expect(group.getByRole("listitem").first()).toContainText(/Llama.*1B/);
  });
}

test("a model of one's own: a fault is said beneath the form", async ({ page }) => {
  await withoutWebGpu(page);
  await page.route("https://example.org/**", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto("/");
  await openTab(page, "In this browser");
  await dialog(page).getByText("Add a model of your own").click();
  await dialog(page).getByLabel("Model folder").fill("example");
  await expect(dialog(page).getByText("Give a whole address")).toBeVisible();
  await dialog(page).getByLabel("Model folder").fill("https://example.org/model");
  await dialog(page).getByLabel("Model library").fill("https://example.org/model.wasm");
  await dialog(page).getByRole("button", { name: "Add" }).click();
  await expect(dialog(page).getByRole("status").filter({ hasText: /\.$/ })).toBeVisible();
  await expect(dialog(page).getByLabel("Model folder")).toHaveValue("https://example.org/model");
  await expectAccessible(page);
});

test("a link to a model of the list asks nobody for anything before Run", async ({ page }) => {
  await withoutWebGpu(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("http://localhost") && /^https?:/.test(request.url())) asked.push(request.url());
  });
  await page.goto(`/#v=2&p=mcts-chat&problem=odd-squad&model=${encodeURIComponent(MODEL_OF_THE_LIST)}&seed=3`);
  await expect(line(page)).toContainText("Qwen2.5-Coder-0.5B");
  const section = page.getByRole("region", { name: "Model" });
  await expect(section.getByText(/no WebGPU/)).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const another = section.getByRole("button", { name: "Choose another model" });
  await expect(another).toBeFocused();
  await another.click();
  await expect(dialog(page).getByRole("tab", { name: "In this browser" })).toHaveAttribute("aria-selected", "true");
  expect(asked).toEqual([]);
});

test("a model of the list: its size is said before Run, and Stop gives the download up", async ({ page }) => {
  let asked = 0;
  // Addresses of weights and libraries: they answer nothing.
  await page.context().route(/^https:/, () => {
    asked++;
  });
  await page.goto("/");
  await openTab(page, "In this browser");
  const use = dialog(page)
    .getByRole("button", { name: /^Use .*q4f32/ })
    .first();
  await use
    .or(
      dialog(page)
        .getByText(/WebGPU|Not on this machine/)
        .first(),
    )
    .first()
    .waitFor();
  test.skip((await use.count()) === 0, "No model of the list runs on this adapter.");
  await use.click();
  await expect(page.getByText(/^Not here yet: Run downloads up to/)).toBeVisible();
  expect(asked).toBe(0);
  await page.getByRole("button", { name: "Download and run" }).click();
  await expect.poll(() => asked).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: "Download and run" })).toBeVisible();
  await expect(page.getByText("recorded run")).toBeVisible();
});

test("an endpoint: what is wrong is said, a right one is chosen, and it solves a puzzle", async ({ page }, info) => {
  const server = await serve({ apiKey: KEY });
  await page.goto("/");
  const simulations = page.getByRole("spinbutton", { name: "Simulations" });
  await simulations.fill("6");
  await simulations.press("Enter");
  await openTab(page, "Endpoint");
  const form = dialog(page);
  await form.getByLabel("Base URL").fill("localhost");
  await expect(form.getByText("Give an address such as http://localhost:8000/v1.")).toBeVisible();
  await form.getByLabel("Base URL").fill(server.baseUrl);
  await form.getByRole("button", { name: "Test" }).click();
  await expect(form.getByRole("status")).toContainText(/key/i);
  await expectAccessible(page);
  await form.getByRole("textbox", { name: "Key" }).fill(KEY);
  await form.getByRole("button", { name: "Test" }).click();
  await expect(form.getByRole("status")).toHaveText("It answers, with one model.");
  await expect(form.getByLabel("Model", { exact: true })).toHaveValue("scripted");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Use this model" }).click();

  await expect(line(page)).toContainText("scripted");
  const notice = page.getByRole("alert").filter({ hasText: "Your own settings are kept: Simulations." });
  await expect(notice).toContainText('The preset is now "Tree search, as in the paper"');
  await expect(simulations).toHaveValue("6");
  await page.getByRole("combobox", { name: "Problem", exact: true }).click();
  await page.getByRole("option", { name: "Even Steven" }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const run = page.getByRole("region", { name: "Run" });
  await expect(run.getByRole("status")).toContainText("Solved: all hidden tests pass.");
  await expect(run.getByText(/^\d+ %$/)).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Inspector" }).locator("pre").first()).toContainText("filter");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export run" }).click();
  const file = info.outputPath("run.json");
  await (await download).saveAs(file);
  expect(readFileSync(file, "utf8")).not.toContain(KEY);
  expect(page.url()).toContain("model=openai");
  expect(page.url()).not.toContain(KEY);
  await page.reload();
  await openTab(page, "Endpoint");
  await expect(form.getByLabel("Base URL")).toHaveValue(server.baseUrl);
  await expect(form.getByRole("textbox", { name: "Key" })).toHaveValue("");
});

test("an endpoint that web pages may not call", async ({ page }) => {
  const server = await serve({ allowsPages: false });
  await page.goto("/");
  await openTab(page, "Endpoint");
  await dialog(page).getByLabel("Base URL").fill(server.baseUrl);
  await dialog(page).getByRole("button", { name: "Test" }).click();
  await expect(dialog(page).getByRole("status")).toContainText("CORS");
});

test("a key is remembered only where one asks for it", async ({ page }) => {
  const server = await serve({ apiKey: KEY });
  await page.goto("/");
  await openTab(page, "Endpoint");
  const form = dialog(page);
  await form.getByLabel("Base URL").fill(server.baseUrl);
  await form.getByRole("textbox", { name: "Key" }).fill(KEY);
  await form.getByRole("checkbox", { name: "Remember the key in this browser" }).check();
  await form.getByLabel("Model", { exact: true }).fill("scripted");
  await form.getByRole("button", { name: "Use this model" }).click();
  await expect(page).toHaveURL(/model=openai/);
  await page.reload();
  await openTab(page, "Endpoint");
  await expect(form.getByRole("textbox", { name: "Key" })).toHaveValue(KEY);
  await form.getByRole("checkbox", { name: "Remember the key in this browser" }).uncheck();
  await form.getByRole("textbox", { name: "Key" }).fill("");
  await form.getByRole("button", { name: "Use this model" }).click();
  await page.reload();
  await openTab(page, "Endpoint");
  await expect(form.getByRole("textbox", { name: "Key" })).toHaveValue("");
});

test("back to the tiny model: its preset, and one's own settings", async ({ page }) => {
  await page.goto(
    "/#v=2&p=best-of-n-chat&problem=odd-squad&model=openai%3Ahttp%3A%2F%2Flocalhost%3A9%2Fv1%23m&seed=3&search.sampling.topK=7",
  );
  await line(page).click();
  await dialog(page).getByRole("tab", { name: "Tiny" }).click();
  await dialog(page).getByRole("button", { name: "Use the tiny model" }).click();
  await expect(page).toHaveURL(/p=best-of-n-tiny&problem=odd-squad&seed=3&search\.sampling\.topK=7/);
  await expect(page.getByRole("alert").filter({ hasText: "Your own settings are kept: Top-k." })).toBeVisible();
});
