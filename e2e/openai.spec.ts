import { expect, type Page, test } from "@playwright/test";
import type { LabOutcome, SolveReport, SolveRequest } from "../src/lab";
import { chatScript } from "./chat-script";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "./openai-server";

/*
 * The built app against a real server that speaks OpenAI's protocol from another origin: with the content security
 * policy, CORS and workers as they are for people.
 */

const KEY = "sk-very-secret-0123456789";

const RIGHT = "function solve(list) {\n  return list.filter((x) => x % 2 === 0).map((x) => 2 * x);\n}";
const WRONG = "function solve(list) {\n  return list.map((x) => 2 * x);\n}";

const script = chatScript({
  language: "javascript",
  pseudocode: ["solve(list):\n  keep even values\n  double each"],
  programs: [WRONG, RIGHT],
});

const servers: OpenAiServer[] = [];
test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: Partial<OpenAiServerOptions> = {}): Promise<OpenAiServer> {
  const server = await startOpenAiServer({ script, ...options });
  servers.push(server);
  return server;
}

function requestFor(server: OpenAiServer, change: Partial<SolveRequest> = {}): SolveRequest {
  return {
    problem: { source: "named", id: "even-steven" },
    strategy: "mcts",
    simulations: 8,
    seed: 1,
    backend: "wasm",
    model: `openai:${server.baseUrl}#scripted`,
    ...change,
  };
}

function solve(page: Page, request: SolveRequest): Promise<LabOutcome> {
  // As text: the type of a request is too deep for the page's own.
  return page.evaluate((given) => window.callLab("solve", JSON.parse(given)), JSON.stringify(request));
}

async function solved(page: Page, request: SolveRequest) {
  const outcome = await solve(page, request);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value as { readonly report: SolveReport; readonly file: string };
}

async function errorOf(page: Page, request: SolveRequest) {
  const outcome = await solve(page, request);
  expect(outcome.ok).toBe(false);
  return outcome.ok ? null : outcome.error;
}

test.beforeEach(({ page }) => page.goto("lab.html"));

for (const style of ["vllm", "llama.cpp", "ollama"] as const) {
  test(`a tree search solves a puzzle with a model behind ${style}`, async ({ page }) => {
    const server = await start({ style });
    const { report } = await solved(page, requestFor(server));
    expect(report.solved).toBe(true);
    expect(report.code).toBe(RIGHT);
    expect(report.tokens).toBe(server.tokens.sampled);
    expect(server.calls.length).toBeGreaterThan(2);
  });
}

const PYTHON: SolveRequest["problem"] = {
  source: "custom",
  title: "Double",
  statement: "Double a number.",
  entryPoint: "double",
  language: "python",
  visibleTests: [{ input: [0], expected: 0 }],
  hiddenTests: [{ input: [3], expected: 6 }],
};

const DOUBLE = "def double(x):\n    return 2 * x";

test("a Python problem is solved with tests that the model wrote", async ({ page }) => {
  const server = await start({
    script: chatScript({
      language: "python",
      pseudocode: ["double(x): return twice x"],
      // Both pass the visible test; only the model's own tell them apart.
      programs: ["def double(x):\n    return x", DOUBLE],
      tests: "assert double(2) == 4\nassert double(5) == 10\nassert double(-1) == -2\n### END",
    }),
  });
  const { report } = await solved(page, requestFor(server, { problem: PYTHON, strategy: "best-of-n" }));
  expect(report).toMatchObject({ solved: true, code: DOUBLE });
  expect(report.tests.filter(({ kind }) => kind === "generated").length).toBeGreaterThan(0);
});

test("a beam follows the steps that the model itself thinks right", async ({ page }) => {
  const server = await start({
    script: chatScript({
      language: "python",
      pseudocode: ["double(x): return twice x"],
      programs: ["def double(x):\n    return x", DOUBLE],
      judge: (step) => (step.includes("2 * x") ? 0.9 : 0.2),
    }),
  });
  const { report, file } = await solved(
    page,
    requestFor(server, { problem: PYTHON, strategy: "beam", simulations: 4 }),
  );
  expect(report).toMatchObject({ solved: true, code: DOUBLE });
  expect(file).toContain('"scored"');
  expect(server.calls.some(({ body }) => body.top_logprobs === 20)).toBe(true);
});

test("a key goes to the server and into no file, and no other header than needed goes with it", async ({ page }) => {
  const server = await start({ apiKey: KEY });
  const { file } = await solved(page, requestFor(server, { endpoint: { apiKey: KEY } }));
  expect(new Set(server.calls.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${KEY}`]));
  expect(file).toContain("#scripted");
  expect(file).not.toContain(KEY);
  expect(Object.keys(server.calls[0]?.headers ?? {}).filter((name) => name.startsWith("x-stainless"))).toEqual([]);
});

test("requests go out side by side, and never more than allowed", async ({ page }) => {
  const server = await start({ msPerToken: 3 });
  const strategy = { strategy: "sample", simulations: 12 } as const;
  await solved(page, requestFor(server, { ...strategy, endpoint: { parallelRequests: 3 } }));
  expect(server.mostUnderWay).toBeGreaterThan(1);
  expect(server.mostUnderWay).toBeLessThanOrEqual(3);
});

test("a server in trouble is asked again, and the run goes on", async ({ page }) => {
  const server = await start();
  server.failNext({ status: 503 }, { status: 429, headers: { "Retry-After": "1" } });
  expect((await solved(page, requestFor(server))).report.solved).toBe(true);
});

test("an answer that breaks off is asked for again", async ({ page }) => {
  const server = await start();
  server.failNext("cut", "cut");
  expect((await solved(page, requestFor(server, { strategy: "vanilla" }))).report.code).not.toBe(null);
});

test("a server that refuses this page's origin is told as such", async ({ page }) => {
  const server = await start({ allowsPages: false });
  const error = await errorOf(page, requestFor(server));
  expect(error).toMatchObject({ code: "model/cors" });
  expect(error?.hint).toContain("OLLAMA_ORIGINS");
});

test("a wrong key, a wrong model and a server of another kind are told apart", async ({ page }) => {
  const guarded = await start({ apiKey: KEY });
  expect(await errorOf(page, requestFor(guarded))).toMatchObject({ code: "model/unauthorized" });
  const other = await start({ models: ["coder-7b"] });
  expect(await errorOf(page, requestFor(other))).toMatchObject({
    code: "model/no-such-model",
    hint: expect.stringContaining("coder-7b"),
  });
  const site = await start();
  site.failNext("html");
  expect(await errorOf(page, requestFor(site))).toMatchObject({ code: "model/bad-answer" });
});

test("a closed page leaves nothing under way on the server", async ({ page }) => {
  const server = await start({ msPerToken: 1500 });
  void solve(page, requestFor(server)).catch(() => {});
  await expect.poll(() => server.calls.length).toBeGreaterThan(0);
  await page.close();
  await expect.poll(() => server.cancelled).toBeGreaterThan(0);
});

test("an engine is loaded by whoever asks for its model, and by nobody else", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  page.context().on("request", (request) => loaded.push(new URL(request.url()).pathname));
  const server = await start();
  await solved(page, requestFor(server, { strategy: "vanilla" }));
  expect(loaded.some((path) => path.includes("load-openai"))).toBe(true);
  expect(loaded.filter((path) => /load-(tiny|webllm)|models\/tiny/.test(path))).toEqual([]);
});
