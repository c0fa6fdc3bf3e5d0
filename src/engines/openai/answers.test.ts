import { expect, it } from "vitest";
import type { SampleRequest } from "../../core/protocol/protocol";
import { createRandom } from "../../core/rng";
import { createOpenAiModel } from "./model";

const REQUEST: SampleRequest = {
  prompt: [{ role: "user", content: "Go." }],
  count: 1,
  stop: ["### END"],
  maxTokens: 64,
  temperature: 1,
  topK: 0,
  topP: 1,
  seed: 1,
};

interface WireToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
}

/** One event with the given text and tokens; the last one says why it ended. */
function event(content: string, tokens: readonly WireToken[], finish: string | null = null, more: object = {}) {
  return { choices: [{ index: 0, delta: { content }, logprobs: { content: tokens }, finish_reason: finish, ...more }] };
}

const stream = (events: readonly unknown[]) =>
  new Response(events.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(""), {
    headers: { "Content-Type": "text/event-stream" },
  });

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

/** A model whose server says the same whatever it is asked. */
function modelThatGets(answer: () => Response) {
  const fetch = async (url: unknown) => (String(url).endsWith("/models") ? json({ data: [] }) : answer());
  const clock = { random: () => 0, sleep: async () => {} };
  return createOpenAiModel({ baseUrl: "http://host/v1", model: "any", fetch, clock });
}

async function completionOf(answer: () => Response) {
  const [result] = await (await modelThatGets(answer)).sample([REQUEST]);
  return result?.completions[0];
}

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

it("gives a character that is spread over tokens to the one that completes it", async () => {
  const [first = 0, ...others] = bytesOf("→");
  const tokens = [
    { token: "a", logprob: -1, bytes: bytesOf("a") },
    { token: "\\xe2", logprob: -2, bytes: [first] },
    { token: "\\x86\\x92", logprob: -3, bytes: others },
  ];
  const completion = await completionOf(() => stream([event("a→", tokens, "length")]));
  expect(completion).toMatchObject({ text: "a→", pieces: ["a", "", "→"], logProbs: [-1, -2, -3], tokens: 3 });
});

it("cuts the token that a stop marker ends in, and drops what comes after it", async () => {
  const tokens = [
    { token: "x\n", logprob: -1 },
    { token: "### ", logprob: -2 },
    { token: "END\n\n", logprob: -3 },
    { token: "<|im_end|>", logprob: -4 },
  ];
  const completion = await completionOf(() => stream([event("x\n### END\n\n", tokens, "stop")]));
  expect(completion).toMatchObject({ text: "x\n### END", pieces: ["x\n", "### ", "END"], logProbs: [-1, -2, -3] });
});

it("gives up on log-probabilities of tokens that are not those of the text", async () => {
  const completion = await completionOf(() => stream([event("one two", [{ token: "three", logprob: -1 }], "length")]));
  expect(completion).toMatchObject({ text: "one two", pieces: [], logProbs: [] });
});

it.each([
  [{ matched_stop: "### END" }, "x\n### END"],
  [{ matched_stop: 151645 }, "x\n"],
  [{ stop_reason: null }, "x\n"],
])("believes a server that says what ended the text: %j", async (told, text) => {
  expect((await completionOf(() => stream([event("x\n", [], "stop", told)])))?.text).toBe(text);
});

it("does without log-probabilities and counts that make no sense", async () => {
  const strange = {
    choices: [{ index: 0, delta: { content: "x\n" }, logprobs: { content: [{ token: "x", logprob: null }] } }],
  };
  const end = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: { prompt_tokens: "many" } };
  const completion = await completionOf(() => stream([strange, end, { choices: null }]));
  expect(completion).toMatchObject({ text: "x\n### END", pieces: [], logProbs: [], tokens: 1 });
});

const done = (text: string, type = "text/event-stream") =>
  new Response(`${text}data: [DONE]\n\n`, { headers: { "Content-Type": type } });
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const said = data(event("x\n### END", [], null));

it.each([
  ["that says it is done, and not why its completion ended", () => done(said)],
  ["called plain text", () => done(said, "text/plain; charset=utf-8")],
  ["without a name for what it is", () => new Response(new TextEncoder().encode(`${said}data: [DONE]\n\n`))],
  [
    "with pings of all kinds",
    () => done(`: wait\n\nevent: ping\ndata: {"type":"ping"}\n\nevent: ping\ndata: .\n\n${said}data:\n\n`),
  ],
  [
    "with a count that has no choices",
    () => done(`${data({ usage: { prompt_tokens: 3, completion_tokens: 4 } })}${said}`),
  ],
  [
    "in typed parts",
    () =>
      done(
        data({
          choices: [
            {
              delta: {
                content: [
                  { type: "text", text: "x\n" },
                  { type: "text", text: "### END" },
                ],
              },
            },
          ],
        }),
      ),
  ],
  ["whose last event has no blank line behind it", () => new Response(data(event("x\n### END", [], "stop")).trimEnd())],
  [
    "with whole messages in its events",
    () => done(data({ choices: [{ message: { content: "x\n### END" }, finish_reason: "stop" }] })),
  ],
])("reads a stream %s", async (_, answer) => {
  expect(await completionOf(answer)).toMatchObject({ text: "x\n### END", finish: "stop" });
});

it("needs no end of the connection behind the end of an answer", async () => {
  const open = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(`${said}data: [DONE]\n\n`)),
    });
  expect(await completionOf(() => new Response(open()))).toMatchObject({ text: "x\n### END" });
});

it("keeps thoughts apart from the text, wherever the server puts them, and counts them", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 40, completion_tokens_details: { reasoning_tokens: 30 } };
  const told = [
    { delta: { reasoning_content: "Hm. " } },
    { delta: { reasoning: "Hm. " } },
    { delta: { content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm. " }] }] } },
  ];
  for (const choice of told) {
    const events = [{ choices: [choice] }, event("x\n### END", [], "stop"), { choices: [], usage }];
    const completion = await completionOf(() => stream(events));
    expect(completion).toMatchObject({ text: "x\n### END", tokens: 40, thoughtTokens: 30 });
  }
  // Thoughts that are counted in the total only.
  const total = { prompt_tokens: 5, completion_tokens: 10, total_tokens: 75 };
  const completion = await completionOf(() => stream([event("x\n### END", [], "stop"), { choices: [], usage: total }]));
  expect(completion).toMatchObject({ tokens: 70, thoughtTokens: 60 });
});

it("finds the tokens of the text behind those of the thoughts", async () => {
  const tokens = (text: string) => [{ token: text, logprob: -1 }];
  const thought = { choices: [{ delta: { reasoning_content: "Hm. " }, logprobs: { content: tokens("Hm. ") } }] };
  const events = [thought, event("x\n", tokens("x\n")), event("### END", tokens("### END"), "stop")];
  expect(await completionOf(() => stream(events))).toMatchObject({ pieces: ["x\n", "### END"], logProbs: [-1, -1] });
});

/** Two completions, of 3 and 5 tokens, told in a way of its own. */
const counted = (events: readonly unknown[]) => async () => {
  const model = await modelThatGets(() => stream(events));
  const [result] = await model.sample([{ ...REQUEST, count: 2 }]);
  return [result?.completions.map(({ tokens }) => tokens), result?.promptTokens];
};
const part = (index: number, content: string, finish: string | null, more: object = {}) => ({
  choices: [{ index, delta: { content }, finish_reason: finish }],
  ...more,
});
const usage = (completion: number) => ({ usage: { prompt_tokens: 9, completion_tokens: completion } });

it.each([
  [
    "each for itself, behind it",
    [part(0, "abc", "stop"), { choices: [], ...usage(3) }, part(1, "abcde", "stop"), { choices: [], ...usage(5) }],
  ],
  ["each for itself, in its own last event", [part(0, "abc", "stop", usage(3)), part(1, "abcde", "stop", usage(5))]],
  [
    "each for itself as they grow, and together at the end",
    [
      part(0, "a", null, usage(1)),
      part(1, "abcde", "stop", usage(5)),
      part(0, "bc", "stop", usage(3)),
      { ...usage(8), choices: [] },
    ],
  ],
  [
    "together, and twice over",
    [part(0, "abc", "stop"), part(1, "abcde", "stop"), { ...usage(8) }, { ...usage(8), choices: [] }],
  ],
])("adds up what a server counts %s", async (_, events) => {
  const [tokens = [], prompt] = await counted(events)();
  expect((tokens as readonly number[]).reduce((sum, count) => sum + count, 0)).toBe(8);
  expect(prompt).toBe(9);
});

it("takes an answer that comes in one piece", async () => {
  const whole = {
    choices: [{ index: 0, message: { role: "assistant", content: "x\n" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 2 },
  };
  expect(await completionOf(() => json(whole))).toMatchObject({ text: "x\n### END", tokens: 2 });
});

it.each([
  [() => json({ error: { message: "loading", code: 503 } }), "model/server"],
  [() => stream([event("x", []), { error: { message: "out of memory", code: 500 } }]), "model/server"],
  [() => stream([event("x", []), { error: { message: "maximum context length is 5", code: 400 } }]), "model/context"],
  [() => stream([{ choices: "none" }]), "model/bad-answer"],
  [() => json({ hello: "world" }), "model/bad-answer"],
  [() => stream([event("x", [])]), "model/server"],
  [() => stream([{ usage: { prompt_tokens: 1, completion_tokens: 0 } }]), "model/bad-answer"],
  [() => json({ detail: [{ loc: ["body", "messages"], msg: "invalid" }] }, 422), "model/refused"],
])("knows what to make of a strange answer (%#)", async (answer, code) => {
  await expect(modelThatGets(answer)).rejects.toMatchObject({ code });
});

it.each([
  [{ error: "the model is not loaded" }, "the model is not loaded"],
  [{ error: { type: "busy" } }, '{"type":"busy"}'],
  [{ detail: "no such field: temprature" }, "no such field: temprature"],
])("repeats what a server says of a refusal: %j", async (body, words) => {
  await expect(modelThatGets(() => json(body, 418))).rejects.toMatchObject({
    code: "model/refused",
    message: expect.stringContaining(words),
  });
});

/** The given bytes as the body of a stream, in pieces that end anywhere. */
function inPieces(text: string, lengths: () => number): Response {
  let rest = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (rest.length === 0) return controller.close();
      const length = lengths();
      controller.enqueue(rest.slice(0, length));
      rest = rest.slice(length);
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
}

it("reads a stream whose pieces end within lines and characters, between comments, with any line ends", async () => {
  const parts = [event("grün → ", []), event("5\n### END", [], "stop")].map((each) => JSON.stringify(each));
  const text = `: ping\n\ndata: ${parts[0]}\r\n\r\nevent: message\nid: 7\ndata:${parts[1]}\n\ndata: [DONE]\n\ndata: 1\n\n`;
  expect(await completionOf(() => inPieces(text, () => 1))).toMatchObject({ text: "grün → 5\n### END" });
});

it("makes a completion or a sentence of whatever a server sends", async () => {
  const random = createRandom(7);
  const whole = [event("x\n", [{ token: "x\n", logprob: -1 }]), event("### END", [], "stop", { stop_reason: null })];
  const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } };
  const text = [...whole, usage].map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
  const scraps = [
    "null",
    "-1e999",
    "[]",
    "{}",
    '"',
    "\n\n",
    "data: ",
    "\u0000",
    "9".repeat(400),
    "[".repeat(5000),
    "\ud800",
  ];
  const place = () => random.int(0, text.length);
  const mutated = () => {
    const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
    const change = random.pick(["cut", "insert", "repeat"]);
    if (change === "cut") return text.slice(0, from) + text.slice(to);
    if (change === "repeat") return text.slice(0, to) + text.slice(from);
    return text.slice(0, from) + random.pick(scraps) + text.slice(from);
  };
  const outcomes = { completion: 0, sentence: 0 };
  for (let i = 0; i < 400; i++) {
    const sent = mutated();
    const answer = random.chance(0.8) ? () => inPieces(sent, () => 50) : () => new Response(sent, { status: 200 });
    const [result, thrown] = await completionOf(answer).then(
      (completion) => [completion, null] as const,
      (error: unknown) => [null, error] as const,
    );
    if (thrown === null) outcomes.completion++;
    else outcomes.sentence++;
    if (thrown !== null) expect(thrown).toMatchObject({ name: "LabError", code: expect.stringMatching(/^model\//) });
    if (result) expect(result.pieces).toHaveLength(result.logProbs.length);
    for (const logProb of result?.logProbs ?? []) expect(logProb).toBeLessThanOrEqual(0);
  }
  expect(Math.min(outcomes.completion, outcomes.sentence)).toBeGreaterThan(20);
});
