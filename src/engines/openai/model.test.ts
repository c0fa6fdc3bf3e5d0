import { describe, expect, it } from "vitest";
import { codeOf, requestWith, start } from "../../../e2e/openai-model-fixture";

describe("a completion", () => {
  it.each(["vllm", "llama.cpp", "old llama.cpp", "ollama", "openai", "bare"] as const)(
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
      // What was not told is not made up: a marker that was cut off is no token of log-probability 0.
      expect(Math.max(-1, ...logProbs)).toBeLessThan(0);
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

  it("costs what the server sampled, though it holds back what could begin a stop word", async () => {
    const said = "# a comment\nx = '#'\n### EN D\n";
    const { server, open } = await start({ style: "llama.cpp", script: () => `${said}### END` });
    const [result] = await (await open()).sample([requestWith()]);
    const { text, tokens = 0, pieces = [], logProbs = [] } = result?.completions[0] ?? {};
    expect(text).toBe(`${said}### END`);
    expect(tokens).toBe(server.tokens.sampled);
    expect(logProbs.length).toBeLessThan(0.8 * tokens);
    expect(pieces.join("")).toBe(text);
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

  it("cost what the server sampled where it counts each of them", async () => {
    const script = (_: unknown, index: number) => `${"word ".repeat(3 + 5 * index)}\n### END`;
    const { server, open } = await start({ style: "llama.cpp", script });
    const [result] = await (await open()).sample([requestWith({ count: 4 })]);
    const tokens = result?.completions.map((completion) => completion.tokens) ?? [];
    expect(server.calls.map(({ body }) => body.n)).toEqual([4]);
    expect(tokens.reduce((sum, count) => sum + count, 0)).toBe(server.tokens.sampled);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(result?.promptTokens).toBe(server.tokens.prompt);
    expect(result?.prefilledTokens).toBe(server.tokens.prefilled);
  });

  it("are as many at once as the server has slots for", async () => {
    const { server, open } = await start({ style: "llama.cpp" });
    const model = await open();
    const [result] = await model.sample([requestWith({ count: 7 })]);
    expect(result?.completions).toHaveLength(7);
    // Seven are too many, three are not; none of its other options is given up.
    expect(server.calls.map(({ body }) => body.n)).toEqual([7, 3, 3, undefined]);
    expect(server.calls.at(-1)?.body).toHaveProperty("top_k");
    expect(result?.promptTokens).toBe(server.tokens.prompt);
    expect(result?.completions.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(server.tokens.sampled);
  });

  it.each(["old llama.cpp", "ollama"] as const)("are asked for one by one where %s gives only one", async (style) => {
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
    for (let i = 0; i < 5; i++) await model.sample([requestWith({ count: 2 })]);
    expect(server.calls.map(({ body }) => body.n)).toEqual([2, 2, 2, 2, undefined, undefined]);
  });

  it("are asked for together for ever of a server that has once given different ones", async () => {
    const { server, open } = await start({
      script: ({ body }, index) => `${body.top_k === 1 ? index : "same"}\n### END`,
    });
    const model = await open();
    await model.sample([requestWith({ count: 2, topK: 1 })]);
    for (let i = 0; i < 6; i++) await model.sample([requestWith({ count: 2 })]);
    expect(new Set(server.calls.map(({ body }) => body.n))).toEqual(new Set([2]));
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
    const { server, open } = await start({ msPerToken: 20 });
    const model = await open({ parallelRequests: 3 });
    expect(model.info.batching).toEqual({ kind: "requests", limit: 3 });
    const requests = Array.from({ length: 10 }, (_, seed) => requestWith({ seed }));
    await Promise.all([model.sample(requests), model.sample(requests)]);
    expect(server.calls).toHaveLength(20);
    expect(server.mostUnderWay).toBe(3);
  });

  it("takes the context length from the server", async () => {
    const { open } = await start();
    expect((await open()).info.contextLength).toBe(4096);
    const llama = await start({ style: "llama.cpp" });
    expect((await llama.open()).info.contextLength).toBe(4096);
    expect((await open({ contextLength: 2048 })).info.contextLength).toBe(2048);
  });
});

describe("token probabilities", () => {
  const likeliest = { "+": Math.log(0.5), " +": Math.log(0.25), "-": Math.log(0.125) };
  const query = { prompt: [{ role: "user", content: "Right?" }] as const, tokens: ["+", "-", "?"] };

  it("are those of the very next token, with or without a space before it", async () => {
    const { server, open } = await start({ script: () => ({ text: "+", likeliest }) });
    const model = await open();
    const [odds] = await model.tokenProbabilities([query]);
    expect(odds?.probabilities[0]).toBeCloseTo(0.75, 6);
    expect(odds?.probabilities[1]).toBeCloseTo(0.125, 6);
    expect(odds?.probabilities[2]).toBe(0);
    expect(odds?.promptTokens).toBeGreaterThan(0);
    expect(server.calls[0]?.body).toMatchObject({ max_tokens: 1, temperature: 1, top_logprobs: 20, top_p: 1 });
  });

  it("are asked for in smaller number of a server that allows fewer", async () => {
    const { server, open } = await start({ script: () => ({ text: "+", likeliest }) });
    const model = await open();
    server.failNext({ status: 400, body: JSON.stringify({ error: { message: "top_logprobs must be at most 5" } }) });
    expect(await model.tokenProbabilities([query])).toHaveLength(1);
    expect(server.calls.map(({ body }) => body.top_logprobs)).toEqual([20, 5]);
    await model.sample([requestWith()]);
    // Where nobody looks at alternatives, none are paid for.
    expect(server.calls.at(-1)?.body).toMatchObject({ logprobs: true, top_logprobs: 1 });
  });

  it("are not to be had of a server that tells none", async () => {
    const { open } = await start({ style: "ollama" });
    const model = await open();
    expect(await codeOf(model.tokenProbabilities([query]))).toBe("model/no-logprobs");
  });
});
