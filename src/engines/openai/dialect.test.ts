import { describe, expect, it } from "vitest";
import type { SampleRequest } from "../../core/protocol/protocol";
import { createOpenAiModel } from "./model";

const REQUEST: SampleRequest = {
  prompt: [
    { role: "system", content: "You write code." },
    { role: "user", content: "Double a number." },
    { role: "assistant", content: "x" },
    { role: "user", content: "Go on." },
  ],
  count: 1,
  stop: ["### END"],
  maxTokens: 64,
  temperature: 0.8,
  topK: 40,
  topP: 0.9,
  seed: 1,
};

type Body = Readonly<Record<string, unknown>> & { readonly messages: readonly { readonly role: string }[] };

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });

const answer = () =>
  new Response(
    `data: ${JSON.stringify({
      choices: [{ delta: { content: "x\n### END\nUser: more" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 9, completion_tokens: 9 },
    })}\n\ndata: [DONE]\n\n`,
    { headers: { "Content-Type": "text/event-stream" } },
  );

/** A model whose server refuses what `refusalOf` says, and the requests it got, greetings included. */
async function modelThatRefuses(refusalOf: (body: Body) => { error: unknown; status?: number } | null) {
  const bodies: Body[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    if (String(url).endsWith("/models")) return json({ data: [] });
    const body = JSON.parse(String(init?.body)) as Body;
    bodies.push(body);
    const refusal = refusalOf(body);
    return refusal ? json({ error: refusal.error }, refusal.status ?? 400) : answer();
  };
  const model = await createOpenAiModel({
    baseUrl: "http://host/v1",
    model: "any",
    fetch,
    clock: { random: () => 0, sleep: async () => {} },
  });
  return { model, bodies };
}

describe("an option that a server refuses", () => {
  it.each([
    ["temperature", "Unsupported value: 'temperature' does not support 0.8 with this model."],
    ["top_p", "`top_p` is not supported"],
    ["stop", "Unsupported parameter: 'stop' is not supported with this model."],
    ["logprobs", "logprobs are not available for this model"],
    ["seed", "Unknown field: seed"],
    ["stream_options", "stream_options is only for others"],
    ["top_k", "Unrecognized request argument supplied: top_k"],
  ])("is left out from then on, and nothing else: %s", async (field, message) => {
    const { model, bodies } = await modelThatRefuses((body) => (field in body ? { error: { message } } : null));
    const [result] = await model.sample([REQUEST]);
    expect(result?.completions[0]?.text).toContain("x\n### END");
    expect(bodies).toHaveLength(3);
    const [first = {}] = bodies;
    const left = Object.keys(first).filter((name) => !(name in (bodies.at(-1) ?? {})));
    expect(left).toEqual(field === "logprobs" ? ["logprobs", "top_logprobs"] : [field]);
  });

  it("is known by the field that the error names, whatever its words", async () => {
    const error = { message: "Invalid value for the stop you asked for", param: "top_p" };
    const { bodies } = await modelThatRefuses((body) => ("top_p" in body ? { error } : null));
    expect(Object.keys(bodies.at(-1) ?? {})).toContain("stop");
  });

  it("is found by leaving out one kind after the other where none is named", async () => {
    const { model, bodies } = await modelThatRefuses((body) =>
      "stream_options" in body ? { error: { message: "Bad request" } } : null,
    );
    await model.sample([REQUEST]);
    expect(bodies).toHaveLength(5);
    expect(bodies.at(-1)).toMatchObject({ temperature: 0.8, stop: ["### END"] });
  });

  it("is said again once the request that was refused was to blame", async () => {
    let isStrict = false;
    const { model, bodies } = await modelThatRefuses(() =>
      isStrict ? { error: { message: "Not this prompt" } } : null,
    );
    isStrict = true;
    await expect(model.sample([REQUEST])).rejects.toMatchObject({ code: "model/refused" });
    isStrict = false;
    await model.sample([REQUEST]);
    expect(bodies.at(-1)).toMatchObject({ top_k: 40, logprobs: true, seed: expect.any(Number) });
  });
});

describe("a bound that a server has", () => {
  it.each([
    ["Invalid 'max_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.", 16, [1, 16, 64]],
    ["max_tokens must be at least 2", 2, [1, 2, 64]],
    ["max_tokens is too small", 16, [1, 16, 64]],
  ])("on the fewest tokens is kept to: %s", async (message, least, lengths) => {
    const isRefused = (body: Body) => Number(body.max_tokens) < least;
    const { model, bodies } = await modelThatRefuses((body) => (isRefused(body) ? { error: { message } } : null));
    await model.sample([REQUEST]);
    expect(bodies.map((body) => body.max_tokens)).toEqual(lengths);
  });

  it("on the most tokens is kept to", async () => {
    const message = "max_tokens is too large: 64. This model supports at most 32 completion tokens.";
    const { model, bodies } = await modelThatRefuses((body) =>
      Number(body.max_tokens) > 32 ? { error: { message } } : null,
    );
    await model.sample([REQUEST]);
    expect(bodies.at(-1)?.max_tokens).toBe(32);
  });

  it("has another name in some", async () => {
    const message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.";
    const { bodies } = await modelThatRefuses((body) => ("max_tokens" in body ? { error: { message } } : null));
    expect(bodies.at(-1)).toMatchObject({ max_completion_tokens: 1 });
  });

  it("on stop strings is kept to, and the others are found here", async () => {
    const message = "Invalid 'stop': array too long. Expected an array with maximum length 4";
    const { model, bodies } = await modelThatRefuses((body) =>
      Array.isArray(body.stop) && body.stop.length > 4 ? { error: { message, param: "stop" } } : null,
    );
    const stop = ["a1", "a2", "a3", "a4", "### END"];
    const [result] = await model.sample([{ ...REQUEST, stop }]);
    expect(bodies.at(-1)?.stop).toEqual(stop.slice(0, 4));
    expect(result?.completions[0]).toMatchObject({ finish: "stop" });
  });
});

describe("a system message", () => {
  it.each([
    ["System role not supported", 400],
    ["Only user and assistant roles are supported!", 400],
    ["Conversation roles must alternate user/assistant/user/assistant/...", 500],
  ])("is said by the user where the model's template has none: %s", async (message, status) => {
    const { model, bodies } = await modelThatRefuses(({ messages }) =>
      messages.some(({ role }) => role === "system") ? { error: { message }, status } : null,
    );
    await model.sample([REQUEST, { ...REQUEST, seed: 2 }]);
    expect(bodies.at(-1)?.messages).toEqual([
      { role: "user", content: "You write code.\n\nDouble a number." },
      { role: "assistant", content: "x" },
      { role: "user", content: "Go on." },
    ]);
    expect(bodies.at(-1)).toHaveProperty("top_k");
  });
});
