import { afterEach, expect, it } from "vitest";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "../../../e2e/openai-server";
import { describeFault, EndpointFault, parseRetryAfter } from "./fault";
import { probeEndpoint } from "./probe";

const servers: OpenAiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: Partial<OpenAiServerOptions> = {}): Promise<OpenAiServer> {
  const server = await startOpenAiServer({ script: () => "", ...options });
  servers.push(server);
  return server;
}

it("lists what an endpoint serves, and asks no model anything", async () => {
  const { baseUrl, calls } = await start({ models: ["a", "b"], apiKey: "k" });
  const models = await probeEndpoint({ baseUrl, apiKey: "k" });
  expect(models).toEqual([
    { id: "a", contextLength: 4096 },
    { id: "b", contextLength: 4096 },
  ]);
  expect(calls).toEqual([]);
});

it("says what is wrong with an endpoint, in one sentence", async () => {
  const { baseUrl, close } = await start({ apiKey: "k" });
  await expect(probeEndpoint({ baseUrl })).rejects.toMatchObject({ code: "model/unauthorized" });
  await expect(probeEndpoint({ baseUrl: baseUrl.replace("/v1", "/v2"), apiKey: "k" })).rejects.toMatchObject({
    code: "model/no-such-model",
    hint: expect.stringContaining("/v1"),
  });
  await close();
  await expect(probeEndpoint({ baseUrl, apiKey: "k" })).rejects.toMatchObject({ code: "model/cors" });
});

it.each([
  ["<!doctype html><p>Welcome", "text/html", "a web page"],
  ['{"data": ', "application/json", "not JSON"],
  ['{"data": [{"name": "x"}]}', "application/json", "another shape"],
  ["", "application/json", "empty"],
])("knows %j for no list of models", async (body, type, words) => {
  const answer = async () => new Response(body, { headers: { "Content-Type": type } });
  await expect(probeEndpoint({ baseUrl: "http://host/v1", fetch: answer })).rejects.toMatchObject({
    code: "model/bad-answer",
    message: expect.stringContaining(words),
  });
});

it.each(["localhost:8000/v1", "", "http://me:secret@host/v1", "ftp://host/v1"])(
  "knows %j for no base URL",
  async (baseUrl) => {
    const thrown = await probeEndpoint({ baseUrl }).catch((error: unknown) => error as Error);
    expect(thrown).toMatchObject({ code: "input/model" });
    expect(String(thrown)).not.toContain("secret");
  },
);

it("can be cancelled", async () => {
  const never = (_: unknown, init?: RequestInit) =>
    new Promise<Response>((_resolve, reject) =>
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
    );
  const controller = new AbortController();
  const asked = probeEndpoint({ baseUrl: "http://host/v1", fetch: never }, controller.signal);
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await expect(asked).rejects.toThrow("enough");
});

it("tells a page that came over https from a server that refuses it", () => {
  const fault = new EndpointFault("connection", "no answer");
  const codeFor = (baseUrl: string, pageProtocol: string) => describeFault(fault, { baseUrl, pageProtocol }).code;
  expect(codeFor("http://cluster:8000/v1", "https:")).toBe("model/mixed-content");
  expect(codeFor("http://localhost:8000/v1", "https:")).toBe("model/cors");
  expect(codeFor("https://cluster/v1", "https:")).toBe("model/cors");
  expect(codeFor("http://cluster:8000/v1", "http:")).toBe("model/cors");
});

it("reads how long a server wants to be left alone", () => {
  const now = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter("3", now)).toBe(3000);
  expect(parseRetryAfter("0.5", now)).toBe(500);
  expect(parseRetryAfter(new Date(now + 9000).toUTCString(), now)).toBe(9000);
  expect(parseRetryAfter(new Date(now - 9000).toUTCString(), now)).toBe(0);
  expect(parseRetryAfter("soon", now)).toBe(null);
  expect(parseRetryAfter(null, now)).toBe(null);
});
