import { afterEach, describe, expect, it } from "vitest";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "../../../e2e/openai-server";
import type { SampleRequest } from "../../core/completion";
import { createOpenAiModel, type OpenAiOptions } from "./model";
import type { RetryClock } from "./retry";

const servers: OpenAiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Does not wait, but notes how long it was told to. */
function hastyClock() {
  const waits: number[] = [];
  const clock: RetryClock = {
    random: () => 0.5,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    },
  };
  return { clock, waits };
}

async function start(options: Partial<OpenAiServerOptions> = {}) {
  const server = await startOpenAiServer({ script: (_, index) => `Step ${index} here\n### END and more`, ...options });
  servers.push(server);
  const { clock, waits } = hastyClock();
  const open = (change: Partial<OpenAiOptions> = {}) =>
    createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted", clock, ...change });
  return { server, open, waits };
}

function requestWith(change: Partial<SampleRequest> = {}): SampleRequest {
  return {
    prompt: [
      { role: "system", content: "You write code." },
      { role: "user", content: "Double a number." },
    ],
    count: 1,
    stop: ["### END"],
    maxTokens: 64,
    temperature: 0.8,
    topK: 0,
    topP: 0.95,
    seed: 7,
    ...change,
  };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (thrown: { code?: string }) => thrown.code ?? String(thrown),
  );

describe("a completion", () => {
  it.each(["vllm", "llama.cpp", "ollama", "openai", "bare"] as const)(
    "ends with its stop marker, whatever %s makes of it",
    async (style) => {
      const { open } = await start({ style });
      const model = await open();
      const [result] = await model.sample([requestWith()]);
      expect(result?.completions).toHaveLength(1);
      expect(result?.completions[0]).toMatchObject({ text: "Step 0 here\n### END", finish: "stop" });
      const { pieces = [], logProbs = [], text = "" } = result?.completions[0] ?? {};
      expect(logProbs).toHaveLength(pieces.length);
      expect(pieces.join("")).toBe(style === "ollama" || style === "bare" ? "" : text);
      expect(Math.max(0, ...logProbs)).toBe(0);
    },
  );

  it.each(["vllm", "ollama"] as const)(
    "is not closed in the model's name when it ended by itself (%s)",
    async (style) => {
      const { open } = await start({ style, script: () => "No marker" });
      const [result] = await (await open()).sample([requestWith()]);
      expect(result?.completions[0]).toMatchObject({ text: "No marker", finish: "stop" });
    },
  );

  it("says when the limit cut it, and gets no marker then", async () => {
    const { open } = await start({ style: "ollama", script: () => "one two three four five" });
    const [result] = await (await open()).sample([requestWith({ maxTokens: 3 })]);
    expect(result?.completions[0]).toMatchObject({ text: "one two three", finish: "length", tokens: 3 });
  });

  it("keeps characters whole that servers spread over tokens", async () => {
    const { open } = await start({ script: () => "grün → 5\n### END" });
    const [result] = await (await open()).sample([requestWith()]);
    expect(result?.completions[0]?.pieces.join("")).toBe("grün → 5\n### END");
  });

  it("carries the counts of the server, and what its cache saved", async () => {
    const { open } = await start();
    const model = await open();
    const [first] = await model.sample([requestWith()]);
    const [again] = await model.sample([requestWith()]);
    expect(first?.completions[0]?.tokens).toBe(first?.completions[0]?.pieces.length);
    expect(first?.promptTokens).toBeGreaterThan(10);
    expect(again?.promptTokens).toBe(first?.promptTokens);
    expect(again?.prefilledTokens).toBe(1);
  });

  it("has estimated counts where the server does not count, and the model says so", async () => {
    const { open } = await start({ style: "bare" });
    const model = await open();
    const [result] = await model.sample([requestWith()]);
    expect(model.info.backend).toContain("estimates");
    expect(result?.completions[0]?.tokens).toBeGreaterThan(0);
    expect(result?.promptTokens).toBeGreaterThan(0);
    expect((await (await start()).open()).info.backend).not.toContain("estimates");
  });
});

describe("several completions of a prompt", () => {
  it("come in one answer where the server gives several", async () => {
    const { server, open } = await start();
    const [result] = await (await open()).sample([requestWith({ count: 3 })]);
    expect(result?.completions.map(({ text }) => text)).toEqual([
      "Step 0 here\n### END",
      "Step 1 here\n### END",
      "Step 2 here\n### END",
    ]);
    expect(server.calls.map(({ body }) => body.n)).toEqual([3]);
  });

  it.each(["llama.cpp", "ollama"] as const)("are asked for one by one where %s gives only one", async (style) => {
    const { server, open, waits } = await start({ style, script: ({ body }) => `Seed ${body.seed}\n### END` });
    const model = await open();
    const [result] = await model.sample([requestWith({ count: 3 })]);
    expect(new Set(result?.completions.map(({ text }) => text)).size).toBe(3);
    const before = server.calls.length;
    const [again] = await model.sample([requestWith({ count: 3 })]);
    expect(again?.completions).toEqual(result?.completions);
    expect(waits).toEqual([]);
    // The second time it knows.
    expect(server.calls.slice(before).map(({ body }) => body.n)).toEqual([undefined, undefined, undefined]);
  });

  it("are no longer asked for together of a server that seeds them all alike", async () => {
    const { server, open } = await start({ script: () => "The same\n### END" });
    const model = await open();
    await model.sample([requestWith({ count: 2 })]);
    await model.sample([requestWith({ count: 2 })]);
    expect(server.calls.map(({ body }) => body.n)).toEqual([2, undefined, undefined]);
  });
});

describe("what is sent", () => {
  it("says outright what a server would decide otherwise, and gives each answer its seed", async () => {
    const { server, open } = await start();
    const model = await open();
    await model.sample([requestWith(), requestWith({ seed: 8, topK: 40 })]);
    const [first, second] = server.calls.map(({ body }) => body);
    expect(first).toMatchObject({ top_k: -1, min_p: 0, top_p: 0.95, temperature: 0.8, max_tokens: 64 });
    expect(second).toMatchObject({ top_k: 40 });
    expect(first?.seed).not.toBe(second?.seed);
    expect(first?.seed).toBeGreaterThanOrEqual(0);
  });

  it("leaves out what the server refuses, and asks only once to learn it", async () => {
    const { server, open } = await start({ style: "openai" });
    const model = await open();
    await model.sample([requestWith(), requestWith({ seed: 8 })]);
    expect(server.calls).toHaveLength(2);
    expect(Object.keys(server.calls[0]?.body ?? {})).not.toContain("top_k");
    expect(Object.keys(server.calls[0]?.body ?? {})).toContain("seed");
  });

  it("is never more at once than allowed", async () => {
    const { server, open } = await start({ msPerToken: 2 });
    const model = await open({ parallelRequests: 3 });
    expect(model.info.parallelRequests).toBe(3);
    const requests = Array.from({ length: 10 }, (_, seed) => requestWith({ seed }));
    await Promise.all([model.sample(requests), model.sample(requests)]);
    expect(server.calls).toHaveLength(20);
    expect(server.mostUnderWay).toBe(3);
  });

  it("takes the context length from the server", async () => {
    const { open } = await start();
    expect((await open()).info.contextLength).toBe(4096);
    expect((await open({ contextLength: 2048 })).info.contextLength).toBe(2048);
  });
});

describe("a server in trouble", () => {
  it.each([429, 500, 503])("is asked again after %i, later and later", async (status) => {
    const { server, open, waits } = await start();
    const model = await open();
    server.failNext({ status }, { status }, { status });
    const [result] = await model.sample([requestWith()]);
    expect(result?.completions[0]?.text).toBe("Step 0 here\n### END");
    expect(waits).toEqual([375, 750, 1500]);
  });

  it("is given the rest it asks for", async () => {
    const { server, open, waits } = await start();
    const model = await open();
    server.failNext({ status: 429, headers: { "Retry-After": "7" } });
    await model.sample([requestWith()]);
    expect(waits).toEqual([7000]);
  });

  it("is asked again when it breaks off in the middle of an answer", async () => {
    const { server, open } = await start();
    const model = await open();
    server.failNext("cut");
    const [result] = await model.sample([requestWith()]);
    expect(result?.completions[0]?.text).toBe("Step 0 here\n### END");
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    [{ status: 429 }, "model/rate-limit"],
    [{ status: 500 }, "model/server"],
    ["cut", "model/server"],
  ] as const)("is given up after five times %j", async (failure, code) => {
    const { server, open } = await start();
    const model = await open();
    server.failNext(...Array.from({ length: 9 }, () => failure));
    expect(await codeOf(model.sample([requestWith()]))).toBe(code);
    expect(server.calls).toHaveLength(5);
  });

  it("is given up at once when it asks for a rest longer than a minute", async () => {
    const { server, open } = await start();
    const model = await open();
    server.failNext({ status: 429, headers: { "Retry-After": "3600" } });
    expect(await codeOf(model.sample([requestWith()]))).toBe("model/rate-limit");
    expect(server.calls).toHaveLength(1);
  });

  it.each(["garbage", "html", "empty"] as const)("is told apart when it answers with %s", async (failure) => {
    const { server, open } = await start();
    const model = await open();
    server.failNext(failure);
    await expect(model.sample([requestWith()])).rejects.toMatchObject({ code: "model/bad-answer" });
  });

  it("is given up when it falls silent", async () => {
    const { server, open } = await start();
    const model = await open({ silenceMs: 100 });
    server.failNext("silence");
    expect(await codeOf(model.sample([requestWith()]))).toBe("model/timeout");
    await expect.poll(() => server.cancelled).toBe(1);
  });

  it("ends the other requests of the batch", async () => {
    const { server, open } = await start({
      msPerToken: 20,
      script: ({ body }) => "x ".repeat(body.top_k === 1 ? 5 : 60),
    });
    const model = await open({ parallelRequests: 2 });
    const asked = codeOf(model.sample([requestWith({ topK: 1 }), requestWith(), requestWith()]));
    await expect.poll(() => server.calls.length).toBe(2);
    server.failNext("html");
    expect(await asked).toBe("model/bad-answer");
    await expect.poll(() => server.cancelled).toBe(1);
    expect(server.calls).toHaveLength(3);
  });

  it("is not there any more", async () => {
    const { server, open, waits } = await start();
    const model = await open();
    await server.close();
    expect(await codeOf(model.sample([requestWith()]))).toBe("model/unreachable");
    expect(waits).toHaveLength(4);
  });
});

describe("an endpoint that cannot be used", () => {
  it("says which models it has when the one asked for is not among them", async () => {
    const { open } = await start({ models: ["coder-7b", "coder-1b"] });
    await expect(open()).rejects.toMatchObject({
      code: "model/no-such-model",
      message: expect.stringContaining('"scripted"'),
      hint: expect.stringContaining("coder-7b, coder-1b"),
    });
  });

  it("wants a key, or another", async () => {
    const { open } = await start({ apiKey: "right" });
    await expect(open()).rejects.toMatchObject({
      code: "model/unauthorized",
      message: expect.stringContaining("wants a key"),
    });
    await expect(open({ apiKey: "wrong" })).rejects.toMatchObject({
      code: "model/unauthorized",
      message: expect.stringContaining("refused the key"),
    });
    expect((await open({ apiKey: "right" })).info.id).toContain("#scripted");
  });

  it("is not there at all", async () => {
    const { server, open, waits } = await start();
    await server.close();
    expect(await codeOf(open())).toBe("model/cors");
    expect(waits).toEqual([]);
  });

  it("says that a prompt is too long, and is not asked again", async () => {
    const { server, open } = await start();
    const model = await open();
    const message = "This model's maximum context length is 4096 tokens. However, you requested 5000 with max_tokens.";
    server.failNext({ status: 400, body: JSON.stringify({ error: { message } }) });
    expect(await codeOf(model.sample([requestWith()]))).toBe("model/context");
    expect(server.calls).toHaveLength(1);
  });
});

describe("the key", () => {
  const KEY = "sk-very-secret-0123456789";

  it("is in no error, and not in what the model says of itself", async () => {
    const { server, open } = await start({ apiKey: KEY });
    const model = await open({ apiKey: KEY });
    expect(JSON.stringify(model.info)).not.toContain(KEY);
    for (const status of [400, 403, 404, 418, 429, 500]) {
      const failure = { status, body: JSON.stringify({ error: { message: `Bearer ${KEY} is no good` } }) };
      server.failNext(...Array.from({ length: 5 }, () => failure));
      const thrown = await model.sample([requestWith()]).catch((error: unknown) => error as Error);
      const told = JSON.stringify(thrown, Object.getOwnPropertyNames(thrown)) + String((thrown as Error).cause);
      expect(told).toContain("model/");
      expect(told).not.toContain(KEY);
      // What was not used up by retries.
      while ((await codeOf(model.sample([requestWith()]))) !== "no error");
    }
  });

  it("is sent to the server, and nothing is sent without one", async () => {
    const { server, open } = await start();
    await (await open({ apiKey: KEY })).sample([requestWith()]);
    await (await open()).sample([requestWith()]);
    expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, undefined]);
    const told = server.calls.flatMap(({ headers }) => Object.keys(headers));
    expect(told.filter((name) => name.startsWith("x-stainless"))).toEqual([]);
  });
});

describe("cancelling", () => {
  it("rejects at once and reaches the server", async () => {
    const { server, open } = await start({ msPerToken: 1000 });
    const model = await open({ parallelRequests: 2 });
    const controller = new AbortController();
    const asked = model.sample([requestWith(), requestWith(), requestWith()], controller.signal);
    await expect.poll(() => server.calls.length).toBe(2);
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect.poll(() => server.cancelled).toBe(2);
    expect(server.calls).toHaveLength(2);
  });

  it("ends the wait before another try", async () => {
    const server = await startOpenAiServer({ script: () => "x" });
    servers.push(server);
    const model = await createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted" });
    server.failNext({ status: 503, headers: { "Retry-After": "30" } });
    const controller = new AbortController();
    const asked = model.sample([requestWith()], controller.signal);
    await expect.poll(() => server.calls.length).toBe(1);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(asked).rejects.toThrow("enough");
  });

  it("ends a start that waits for the first token", async () => {
    const { server } = await start({ msPerToken: 5000 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 100);
    const options = { baseUrl: server.baseUrl, model: "scripted" };
    await expect(createOpenAiModel(options, () => {}, controller.signal)).rejects.toThrow("enough");
  });
});

describe("token probabilities", () => {
  const likeliest = { "+": Math.log(0.5), " +": Math.log(0.25), "-": Math.log(0.125) };
  const query = { prompt: [{ role: "user", content: "Right?" }] as const, tokens: ["+", "-", "?"] };

  it("are those of the very next token, with or without a space before it", async () => {
    const { server, open } = await start({ script: () => ({ text: "+", likeliest }) });
    const model = await open();
    const [probabilities] = await model.tokenProbabilities([query]);
    expect(probabilities?.[0]).toBeCloseTo(0.75, 6);
    expect(probabilities?.[1]).toBeCloseTo(0.125, 6);
    expect(probabilities?.[2]).toBe(0);
    expect(server.calls[0]?.body).toMatchObject({ max_tokens: 1, temperature: 1, top_logprobs: 20, top_p: 1 });
  });

  it("are asked for in smaller number of a server that allows fewer", async () => {
    const { server, open } = await start({ script: () => ({ text: "+", likeliest }) });
    const model = await open();
    server.failNext({ status: 400, body: JSON.stringify({ error: { message: "top_logprobs must be at most 5" } }) });
    expect(await model.tokenProbabilities([query])).toHaveLength(1);
    expect(server.calls.map(({ body }) => body.top_logprobs)).toEqual([20, 5]);
  });

  it("are not to be had of a server that tells none", async () => {
    const { open } = await start({ style: "ollama" });
    const model = await open();
    expect(await codeOf(model.tokenProbabilities([query]))).toBe("model/no-logprobs");
  });
});
