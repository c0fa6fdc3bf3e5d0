import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { requestWith, start } from "../e2e/openai-model-fixture";
import { createOpenAiModel } from "../src/engines/openai/model";
import { relayedFetch } from "../src/engines/openai/relay";
import { createRelay } from "./relay";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A relay behind an address, as the command line serves it. */
async function startRelay() {
  const relay = createRelay();
  const server = createServer((request, response) => {
    if (!relay.handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  closing.push(close);
  const origin = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return { fetch: relayedFetch(`${origin}${relay.path}`), origin, close };
}

it("has as many requests under way at once as are allowed, also to a server that allows no page", async () => {
  const { server } = await start({ msPerToken: 40, allowsPages: false });
  const { fetch } = await startRelay();
  const model = await createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted", parallelRequests: 12, fetch });
  const results = await model.sample(Array.from({ length: 12 }, (_, seed) => requestWith({ seed })));
  expect(results.map(({ completions }) => completions[0]?.text)).toEqual(Array(12).fill("Step 0 here\n### END"));
  expect(server.mostUnderWay).toBeGreaterThan(6);
});

it("tells of refusals, of answers that break off, and of servers that are not there", async () => {
  const { server } = await start();
  const { fetch } = await startRelay();
  const clock = { random: () => 0, sleep: async () => {} };
  const model = await createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted", fetch, clock });
  server.failNext({ status: 503, headers: { "Retry-After": "1" } }, "cut");
  expect((await model.sample([requestWith()]))[0]?.completions).toHaveLength(1);
  await server.close();
  await expect(model.sample([requestWith()])).rejects.toMatchObject({ code: "model/unreachable" });
});

it("lets go of a request that is no longer wanted", async () => {
  const { server } = await start({ msPerToken: 1000 });
  const { fetch } = await startRelay();
  const model = await createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted", fetch });
  const controller = new AbortController();
  const asked = model.sample([requestWith()], controller.signal);
  await expect.poll(() => server.calls.length).toBe(1);
  controller.abort(new Error("enough"));
  await expect(asked).rejects.toThrow("enough");
  await expect.poll(() => server.cancelled).toBe(1);
});

it("sends nothing for who does not know its address", async () => {
  const { origin } = await startRelay();
  expect((await fetch(`${origin}relay-0/events?client=x`)).status).toBe(404);
  await expect(relayedFetch(`${origin}relay-0/`)("http://localhost/")).rejects.toThrow();
});
