import { describe, expect, it } from "vitest";
import { codeOf, requestWith, start } from "../../../e2e/openai-model-fixture";
import { createOpenAiModel } from "./model";

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
    [{ status: 500 }, "model/server"],
    ["cut", "model/server"],
    ["silence", "model/timeout"],
  ] as const)("is given up after five times %j", async (failure, code) => {
    const { server, open } = await start();
    const model = await open({ silenceMs: 200 });
    server.failNext(...Array.from({ length: 9 }, () => failure));
    expect(await codeOf(model.sample([requestWith()]))).toBe(code);
    expect(server.calls).toHaveLength(5);
  });

  it.each([
    [{ status: 429 }, "model/rate-limit"],
    [{ status: 503 }, "model/server"],
  ])("is waited for for ten minutes, and no longer, while it says %j", async (failure, code) => {
    const { server, open, waits } = await start();
    const model = await open();
    server.failNext(...Array.from({ length: 99 }, () => failure));
    expect(await codeOf(model.sample([requestWith()]))).toBe(code);
    const total = waits.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeLessThanOrEqual(600_000);
    expect(total).toBeGreaterThan(500_000);
  });

  it("is waited for while it loads its model, with words, and its list is read then", async () => {
    const { server } = await start({ style: "llama.cpp" });
    server.isLoading = true;
    const said: string[] = [];
    const sleep = async () => {
      server.isLoading = said.length < 5;
    };
    const clock = { random: () => 0, sleep };
    const model = await createOpenAiModel(
      { baseUrl: server.baseUrl, model: "scripted", clock },
      ({ message }) => void said.push(message),
    );
    expect(said).toContain("The server is not ready yet: waiting");
    expect(model.info.contextLength).toBe(4096);
  });

  it("goes on when it comes back", async () => {
    const { server } = await start();
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      if (waits.push(ms) === 9) await server.open();
    };
    const options = { baseUrl: server.baseUrl, model: "scripted", clock: { random: () => 0, sleep } };
    const model = await createOpenAiModel(options);
    await server.close();
    expect(await codeOf(model.sample([requestWith()]))).toBe("no error");
    expect(waits).toHaveLength(9);
  });

  it("gets fewer requests at once when it has too much to do", async () => {
    const { server, open } = await start({ msPerToken: 5 });
    const model = await open({ parallelRequests: 8 });
    server.failNext(...Array.from({ length: 3 }, () => ({ status: 429 })));
    await model.sample([requestWith(), requestWith(), requestWith()]);
    const begun = server.calls.length;
    await model.sample(Array.from({ length: 6 }, (_, seed) => requestWith({ seed })));
    expect(server.calls.length).toBe(begun + 6);
    expect(server.mostUnderWay).toBeLessThanOrEqual(3);
  });

  it("is waited for while the request is in its queue, which is no silence", async () => {
    const { server, open } = await start({ style: "llama.cpp", msPerToken: 30, script: () => "x ".repeat(20) });
    const model = await open({ parallelRequests: 12, silenceMs: 300 });
    const results = await model.sample(Array.from({ length: 12 }, (_, seed) => requestWith({ seed })));
    expect(results).toHaveLength(12);
    expect(server.calls).toHaveLength(12);
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

  it("is asked again when it falls silent in the middle of an answer", async () => {
    const { server, open } = await start();
    const model = await open({ silenceMs: 2_000 });
    server.failNext("silence");
    expect(await codeOf(model.sample([requestWith()]))).toBe("no error");
    await expect.poll(() => server.cancelled).toBe(1);
    expect(server.calls).toHaveLength(2);
  });

  it("ends the other requests of the batch", async () => {
    const { server, open } = await start({
      msPerToken: 300,
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
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(500_000);
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
      server.failNext(...Array.from({ length: 60 }, () => failure));
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

describe("a key that no header can carry", () => {
  it.each(["sk-\u201csecret\u201d", "sk-sec\nret", "sk-secret\u200b0"])(
    "is refused before anything is sent: %j",
    async (key) => {
      const { server, open } = await start();
      const thrown = await open({ apiKey: key }).catch((error: unknown) => error as Error);
      expect(thrown).toMatchObject({ code: "model/unauthorized" });
      expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain("sec");
      expect(server.calls).toEqual([]);
    },
  );

  it("is not one with blanks around it, which no error repeats either", async () => {
    const { server, open } = await start({ apiKey: "sk-secret" });
    const model = await open({ apiKey: " sk-secret\n" });
    await model.sample([requestWith()]);
    expect(server.calls.at(-1)?.headers.authorization).toBe("Bearer sk-secret");
    server.failNext({ status: 418, body: JSON.stringify({ error: { message: "Bearer sk-secret is no good" } }) });
    await expect(model.sample([requestWith()])).rejects.toThrow("Bearer [key] is no good");
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
    const { server } = await start();
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
    const options = { baseUrl: server.baseUrl, model: "scripted" };
    const opened = createOpenAiModel(options, () => {}, controller.signal);
    await expect.poll(() => server.mostUnderWay).toBe(1);
    controller.abort(new Error("enough"));
    await expect(opened).rejects.toThrow("enough");
  });
});
