import { createReadStream, existsSync, readdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { createServer as createVite, type ViteDevServer } from "vite";
import type { drawTwoSteps } from "./webllm-page";

/**
 * An MLC model folder: `mlc-chat-config.json`, the shards and their list, `tokenizer.json`, and the compiled `.wasm`.
 */
const DIRECTORY = process.env.WEBLLM_TEST_MODEL_DIR;
/** The `lib/index.js` of another version of the package, for a model that was compiled for it. */
const PACKAGE = process.env.WEBLLM_TEST_PACKAGE;
const NEEDED = ["mlc-chat-config.json", "tokenizer.json"];

/** Why the model cannot be loaded, or null when nothing is known to be in its way. */
function missing(): string | null {
  if (!DIRECTORY) return "WEBLLM_TEST_MODEL_DIR names no MLC model folder";
  if (!existsSync(DIRECTORY)) return `WEBLLM_TEST_MODEL_DIR names ${DIRECTORY}, where there is no folder`;
  const files = readdirSync(DIRECTORY);
  const lacking = NEEDED.filter((name) => !files.includes(name));
  if (!files.some((name) => name.endsWith(".wasm"))) lacking.push("a compiled .wasm");
  return lacking.length > 0 ? `${DIRECTORY} lacks ${lacking.join(", ")}` : null;
}

function serveModel(folder: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const file = join(folder, new URL(url, "http://host").pathname);
    const headers = { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" };
    if (!existsSync(file)) response.writeHead(404, headers).end();
    else createReadStream(file).pipe(response.writeHead(200, headers));
  });
  return new Promise((resolve) => server.listen(0, "localhost", () => resolve(server)));
}

function addressOf(address: ReturnType<Server["address"]> | undefined): string {
  return `http://localhost:${(address as AddressInfo).port}`;
}

function sendBlank(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Content-Type", "text/html").end("<!doctype html><title>WebLLM</title>");
}

function serveSources(): Promise<ViteDevServer> {
  return createVite({
    server: { port: 0, host: "localhost", fs: { strict: !PACKAGE } },
    resolve: { alias: PACKAGE ? { "@mlc-ai/web-llm": PACKAGE } : {} },
    // Found late, the package would make the server reload the page.
    optimizeDeps: { include: ["@mlc-ai/web-llm"] },
    logLevel: "error",
    plugins: [{ name: "blank-page", configureServer: ({ middlewares }) => void middlewares.use("/blank", sendBlank) }],
  }).then((vite) => vite.listen());
}

test("a real model takes a step, goes on with it from its cache, and tells probabilities", async ({ page }) => {
  const reason = missing();
  // Playwright's list says that a test was skipped, but not why.
  if (reason) process.stdout.write(`SKIPPED webllm-real: ${reason}.\n`);
  test.skip(reason !== null, reason ?? "");
  test.setTimeout(30 * 60_000);
  const folder = DIRECTORY ?? "";
  const [models, sources] = await Promise.all([serveModel(folder), serveSources()]);
  try {
    const base = addressOf(models.address());
    const library = readdirSync(folder).find((name) => name.endsWith(".wasm"));
    const origin = addressOf(sources.httpServer?.address());
    await page.goto(`${origin}/blank`);
    const drawn = await page.evaluate(
      async ([module, model, modelLib]) => {
        const { drawTwoSteps: draw } = (await import(module)) as { drawTwoSteps: typeof drawTwoSteps };
        return draw({ id: "test-model", model, modelLib });
      },
      [`${origin}/e2e/webllm-page.ts`, base, `${base}/${library}`] as const,
    );
    check(drawn);
  } finally {
    models.close();
    models.closeAllConnections();
    await sources.close();
  }
});

function check({
  info,
  free,
  marker,
  first,
  second,
  greedy,
  probability,
  step,
}: Awaited<ReturnType<typeof drawTwoSteps>>) {
  process.stdout.write(`webllm-real: ${JSON.stringify({ info, marker, first, second, probability, step })}\n`);
  expect(info.backend).toMatch(/^webgpu \(/);
  expect(info.weights).toMatch(/^[0-9a-f]{12}$/);
  for (const { completion } of [free, first, second]) {
    expect(completion.tokens).toBeGreaterThan(0);
    expect(completion.logProbs).toHaveLength(completion.tokens);
    expect(completion.logProbs.every((logProb) => logProb <= 0)).toBe(true);
    expect(completion.pieces.join("")).toBe(completion.text);
  }
  // Same request, same seed: the same words, up to the marker, which is part of the text.
  expect(first.completion.finish).toBe("stop");
  expect(first.completion.text.endsWith(marker)).toBe(true);
  expect(free.completion.text.startsWith(first.completion.text)).toBe(true);
  // The path went on from the engine's cache.
  expect(second.prefilledTokens).toBeLessThan(second.promptTokens);
  expect(second.promptTokens).toBeGreaterThan(first.promptTokens);
  // What the look at the logits says of a token agrees with what the package says of it.
  expect(probability).toBeCloseTo(Math.exp(greedy.completion.logProbs[0] ?? 0), 2);
}
