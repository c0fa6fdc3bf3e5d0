import { expect, type Page, test } from "@playwright/test";
import { chatScript } from "./chat-script";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "./openai-server";

const script = chatScript({
  language: "javascript",
  pseudocode: ["solve(list): keep even values, double each"],
  programs: ["function solve(list) {\n  return list.filter((x) => x % 2 === 0).map((x) => 2 * x);\n}"],
});

const servers: OpenAiServer[] = [];
test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The app, set up for a model behind a new server. */
async function open(page: Page, options: Partial<OpenAiServerOptions> = {}): Promise<OpenAiServer> {
  const server = await startOpenAiServer({ script, ...options });
  servers.push(server);
  const model = encodeURIComponent(`openai:${server.baseUrl}#scripted`);
  await page.goto(`/#v=2&p=mcts-chat&problem=even-steven&model=${model}&seed=3`);
  return server;
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("Stop reaches the server, and the next run goes on with the same workers", async ({ page }) => {
  // Chrome reads an answer that it no longer wants to its end if that comes within five seconds, and keeps the connection.
  const server = await open(page, { msPerToken: 1500 });
  await button(page, "Run").click();
  await expect.poll(() => server.calls.length).toBeGreaterThan(0);
  await button(page, "Stop").click();
  await expect.poll(() => server.cancelled).toBeGreaterThan(0);
  await expect(button(page, "Run")).toBeVisible();
  const before = server.calls.length;
  await button(page, "Run").click();
  await expect.poll(() => server.calls.length).toBeGreaterThan(before);
});

test("a run can be stopped while the endpoint is still loading its model", async ({ page }) => {
  const server = await open(page);
  server.failNext("silence");
  await button(page, "Run").click();
  await expect(page.getByText("Waiting for the endpoint's first token").first()).toBeVisible();
  await button(page, "Stop").click();
  await expect.poll(() => server.cancelled).toBe(1);
  await expect(button(page, "Run")).toBeVisible();
  expect(server.calls).toHaveLength(0);
});

test("a server that fails in mid-run: a sentence, and what came before stays", async ({ page }) => {
  const server = await open(page, { msPerToken: 20 });
  const nodes = page.getByRole("tree").getByRole("treeitem");
  await button(page, "Run").click();
  await expect.poll(() => server.calls.length).toBeGreaterThan(1);
  server.failNext(...Array.from({ length: 200 }, () => ({ status: 403 })));
  await expect(page.getByText(/wants a key \(403\)/).first()).toBeVisible();
  expect(await nodes.count()).toBeGreaterThan(0);
});
