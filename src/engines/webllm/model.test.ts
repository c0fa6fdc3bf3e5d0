import { describe, expect, it, vi } from "vitest";
import { deferred } from "../../core/deferred";
import { LabError } from "../../core/errors";
import type { ChatMessage, SampleRequest } from "../../core/protocol/protocol";
import type { Preparation } from "../../ports/experiment-runner";
import { createWebLlmModel } from "./model";
import type { MLCEngineConfig } from "./package";
import {
  type Behaviour,
  byChance,
  createScriptedWorld,
  LARGE_MACHINE,
  LOGIT,
  SCRIPTED_ID,
  type ScriptedWorld,
  tokensOf,
  VOCABULARY,
} from "./scripted-engine-fixture";

const RAW_LOG_PROB = LOGIT - Math.log(VOCABULARY - 1 + Math.exp(LOGIT));

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });

function ask(prompt: SampleRequest["prompt"], settings: Partial<SampleRequest> = {}): SampleRequest {
  const sampling = { count: 1, stop: ["</step>"], maxTokens: 100, temperature: 0.8, topK: 0, topP: 0.95, seed: 1 };
  return { prompt, ...sampling, ...settings };
}

async function load(behaviour: Partial<Behaviour>, world?: ScriptedWorld) {
  const around = world ?? createScriptedWorld({ script: () => "", ...behaviour });
  const model = await createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, around);
  const [engine] = around.engines;
  if (!engine) throw new Error("No engine was made");
  return { model, engine, world: around };
}

async function failure(work: Promise<unknown>): Promise<LabError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof LabError) return thrown;
  throw new Error(`Expected a LabError, got ${String(thrown)}`);
}

describe("a completion", () => {
  it("ends with the stop marker, which the engine strips, and its pieces join to it", async () => {
    const { model } = await load({ script: () => "first line\n</step>and more" });
    const [result] = await model.sample([ask([user("go")])]);
    const [completion] = result?.completions ?? [];
    expect(completion?.text).toBe("first line\n</step>");
    expect(completion?.pieces.join("")).toBe(completion?.text);
    expect(completion?.finish).toBe("stop");
    expect(completion?.tokens).toBe(tokensOf("first line\n</step>").length);
  });

  it("tells which of several markers with one beginning ended it", async () => {
    const { model } = await load({ script: () => "x <end code>" });
    const [result] = await model.sample([ask([user("go")], { stop: ["<end step>", "<end code>"] })]);
    expect(result?.completions[0]?.text).toBe("x <end code>");
  });

  it("ends with its marker also where a token on its own loses the space before it", async () => {
    const { model } = await load({ script: () => "return 2 n\n### END and more", losesSpaces: true });
    const [completion] = (await model.sample([ask([user("go")], { stop: ["### END"] })]))[0]?.completions ?? [];
    expect(completion?.text).toBe("return 2 n\n### END");
    expect(completion?.pieces.join("")).toBe(completion?.text);
    expect(completion?.pieces.at(-1)).toBe(" END");
  });

  it("has no marker when the model ended it itself; the end token counts, with an empty piece", async () => {
    const { model } = await load({ script: () => "all said" });
    const [completion] = (await model.sample([ask([user("go")])]))[0]?.completions ?? [];
    expect(completion).toMatchObject({ text: "all said", tokens: 3, pieces: ["all", " said", ""], finish: "stop" });
  });

  it("is cut at the token limit, except where the marker's last token is also the last allowed", async () => {
    const { model } = await load({ script: () => "one two</step>" });
    const whole = tokensOf("one two</step>").length;
    const [cut] = await model.sample([ask([user("go")], { maxTokens: whole - 1 })]);
    expect(cut?.completions[0]).toMatchObject({ text: "one two</step", finish: "length" });
    const [full] = await model.sample([ask([user("go")], { maxTokens: whole })]);
    expect(full?.completions[0]).toMatchObject({ text: "one two</step>", finish: "stop" });
  });

  it("carries the raw log-probability of every token, whatever the temperature", async () => {
    const { model } = await load({ script: () => "a b</step>" });
    for (const temperature of [0, 0.8]) {
      const [completion] = (await model.sample([ask([user("go")], { temperature })]))[0]?.completions ?? [];
      expect(completion?.logProbs).toHaveLength(completion?.tokens ?? -1);
      for (const logProb of completion?.logProbs ?? []) expect(logProb).toBeCloseTo(RAW_LOG_PROB, 6);
    }
  });
});

describe("what the engine is asked", () => {
  it("one request per completion, each with a seed of its own that only depends on the request", async () => {
    const { model, engine } = await load({ script: byChance(["a</step>", "b</step>", "c</step>", "d</step>"]) });
    const request = ask([user("go")], { count: 8, seed: -5 });
    const [first] = await model.sample([request]);
    const [, second] = await model.sample([ask([user("else")]), request]);
    expect(second?.completions).toEqual(first?.completions);
    expect(new Set(first?.completions.map(({ text }) => text)).size).toBeGreaterThan(1);
    const seeds = engine.requests.map(({ seed }) => seed ?? -1);
    expect(new Set(seeds.slice(0, 8)).size).toBe(8);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0)).toBe(true);
  });

  it("no penalties of the model's own configuration", async () => {
    const { model, engine } = await load({});
    await model.sample([ask([user("go")])]);
    expect(engine.requests[0]).toMatchObject({
      temperature: 0.8,
      top_p: 0.95,
      stop: ["</step>"],
      repetition_penalty: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
    });
  });

  it("not a plain text, which only the tiny model takes", async () => {
    const { model, engine } = await load({});
    expect((await failure(model.sample([ask("plain")]))).code).toBe("model/prompt");
    expect((await failure(model.sample([ask([user("a"), assistant("b")])]))).code).toBe("model/prompt");
    expect(engine.requests).toEqual([]);
  });
});

describe("the engine's cache", () => {
  const root = [user("a rather long problem statement that nobody wants to prefill twice")];
  const NEXT = user("next");

  it("is used by a path that grows, and the share is told", async () => {
    const { model, engine } = await load({ script: (messages) => ` step ${messages.length}\n</step>` });
    let prompt: readonly ChatMessage[] = root;
    let [prompted, prefilled] = [0, 0];
    for (let depth = 0; depth < 4; depth++) {
      const [result] = await model.sample([ask(prompt)]);
      if (!result) throw new Error("No result");
      prompted += result.promptTokens;
      prefilled += result.prefilledTokens;
      // The search trims steps and may keep or drop the marker.
      const text = (result.completions[0]?.text ?? "").trim();
      prompt = [...prompt, assistant(depth % 2 === 0 ? text : text.replace("</step>", "")), NEXT];
    }
    expect(engine.requests.map(({ wasContinued }) => wasContinued)).toEqual([false, true, true, true]);
    const rootTokens = tokensOf(root[0]?.content ?? "").length + 3;
    expect(prefilled).toBe(rootTokens + 3 * 4);
    // Each reply: its tokens but the last, which is never fed back.
    const grown = tokensOf(" step 1\n</step>").length - 1 + 4;
    expect(prompted).toBe(4 * rootTokens + (1 + 2 + 3) * grown);
  });

  it("goes first to the request that goes on with the conversation, and results keep their order", async () => {
    const { model, engine } = await load({ script: (messages) => `say ${messages.length}</step>` });
    await model.sample([ask(root)]);
    const results = await model.sample([ask([user("another")]), ask([...root, assistant("say 1"), NEXT])]);
    expect(engine.requests.map(({ wasContinued }) => wasContinued)).toEqual([false, true, false]);
    expect(results.map(({ completions: [completion] }) => completion?.text)).toEqual(["say 1</step>", "say 3</step>"]);
    expect(results[1]?.prefilledTokens).toBeLessThan(results[1]?.promptTokens ?? 0);
    expect(results[0]?.prefilledTokens).toBe(results[0]?.promptTokens);
  });

  it("is not counted on after a sibling, a reply cut short, a score or an interruption", async () => {
    const { model, engine } = await load({
      script: (_messages, seed) => `say ${seed}</step>`,
      likeliest: [["+", 0.5]],
    });
    const [siblings] = await model.sample([ask(root, { count: 2 })]);
    const [first] = siblings?.completions ?? [];
    await model.sample([ask([...root, assistant(first?.text ?? ""), NEXT])]);
    const [cut] = await model.sample([ask(root, { maxTokens: 1 })]);
    await model.sample([ask([...root, assistant(cut?.completions[0]?.text ?? ""), NEXT])]);
    const [whole] = await model.sample([ask(root)]);
    await model.tokenProbabilities([{ prompt: root, tokens: ["+"] }]);
    const [after] = await model.sample([ask([...root, assistant(whole?.completions[0]?.text ?? ""), NEXT])]);
    expect(engine.requests.some(({ wasContinued }) => wasContinued)).toBe(false);
    expect(after?.prefilledTokens).toBe(after?.promptTokens);
  });

  it("is not claimed when the engine started anew after all", async () => {
    const { model, engine } = await load({ script: () => "x</step>" });
    await model.sample([ask(root)]);
    const intruder = await engine.chat.completions.create({
      messages: [{ role: "user", content: "hello" }],
      stream: true,
    });
    for await (const _ of intruder as AsyncIterable<unknown>);
    const [result] = await model.sample([ask([...root, assistant("x"), NEXT])]);
    expect(engine.requests.at(-1)?.wasContinued).toBe(false);
    expect(result?.prefilledTokens).toBe(result?.promptTokens);
  });
});

describe("token probabilities", () => {
  it("are those of the five likeliest, with and without a space before them", async () => {
    const { model } = await load({
      likeliest: [
        ["+", 0.5],
        [" +", 0.25],
        ["-", 0.125],
      ],
    });
    const [odds] = await model.tokenProbabilities([{ prompt: [user("good?")], tokens: ["+", " -", "?"] }]);
    expect(odds?.probabilities[0]).toBeCloseTo(0.75);
    expect(odds?.probabilities[1]).toBeCloseTo(0.125);
    expect(odds?.probabilities[2]).toBe(0);
    const [sampled] = await model.sample([ask([user("good?")])]);
    expect(odds?.promptTokens).toBe(sampled?.promptTokens);
  });

  it("are an error where the engine tells none", async () => {
    const { model } = await load({});
    const asked = model.tokenProbabilities([{ prompt: [user("good?")], tokens: ["+"] }]);
    expect((await failure(asked)).code).toBe("model/no-logprobs");
  });
});

describe("cancelling", () => {
  it("a sample rejects with the signal's reason, and the engine stays usable", async () => {
    const controller = new AbortController();
    let tokens = 0;
    const { model, engine } = await load({
      script: () => "a b c d e f g</step>",
      beforeToken: () => {
        if (++tokens === 3) controller.abort(new DOMException("Enough", "AbortError"));
      },
    });
    const cancelled = model.sample([ask([user("go")], { count: 5 })], controller.signal);
    await expect(cancelled).rejects.toThrow("Enough");
    expect(engine.requests).toHaveLength(1);
    const [again] = await model.sample([ask([user("go")])]);
    expect(again?.completions[0]?.text).toBe("a b c d e f g</step>");
  });

  it("a load rejects at once, and frees what it had taken", async () => {
    const controller = new AbortController();
    const loading = deferred<void>();
    const world = createScriptedWorld({ script: () => "", load: () => loading.promise });
    const created = createWebLlmModel({ id: SCRIPTED_ID }, () => {}, controller.signal, world);
    setTimeout(() => controller.abort(new DOMException("No more", "AbortError")), 10);
    await expect(created).rejects.toThrow("No more");
    loading.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(world.engines[0]?.isUnloaded).toBe(true);
  });
});

describe("what goes wrong", () => {
  it("a device that goes away in the middle ends what is under way, and the model", async () => {
    const world: ScriptedWorld = createScriptedWorld({
      script: () => "a b c</step>",
      beforeToken: () => {
        world.loseDevice({ reason: "unknown", message: "GPU process crashed" });
        return new Promise(() => {});
      },
    });
    const { model } = await load({}, world);
    expect((await failure(model.sample([ask([user("go")])]))).code).toBe("model/device-lost");
    expect((await failure(model.sample([ask([user("go")])]))).code).toBe("model/device-lost");
  });

  it("a device that the package destroyed while loading was too small", async () => {
    const world: ScriptedWorld = createScriptedWorld({
      script: () => "",
      load: () => {
        world.loseDevice({ reason: "destroyed", message: "Device was destroyed." });
        return Promise.reject(new TypeError("Cannot read properties of undefined"));
      },
    });
    expect((await failure(load({}, world))).code).toBe("model/out-of-memory");
  });

  it("a prompt that is too long is said with its numbers, and the next one is answered", async () => {
    let isFirst = true;
    const { model } = await load({
      script: () => "x</step>",
      beforeToken: () => {
        if (!isFirst) return;
        isFirst = false;
        const error = new Error(
          "Prompt tokens exceed context window size: number of prompt tokens: 5000; context window size: 4096\nConsider",
        );
        throw Object.assign(error, { name: "ContextWindowSizeExceededError" });
      },
    });
    const error = await failure(model.sample([ask([user("go")])]));
    expect(error.code).toBe("model/context");
    expect(error.message).toContain("5000");
    expect(error.message).toContain("4096");
    await expect(model.sample([ask([user("go")])])).resolves.toHaveLength(1);
  });

  it("an unfit machine is told before anything is fetched", async () => {
    const cases = [
      [null, "model/no-webgpu"],
      [{ ...LARGE_MACHINE, hasShaderF16: false }, "model/needs-f16"],
      [{ ...LARGE_MACHINE, shortOf: "maxComputeWorkgroupStorageSize" }, "model/no-webgpu"],
    ] as const;
    for (const [machine, code] of cases) {
      const world = createScriptedWorld({ script: () => "" }, machine);
      world.files.clear();
      expect((await failure(load({}, world))).code).toBe(code);
      expect(world.engines).toEqual([]);
    }
  });

  it("an address with a web page instead of a model is told, and what was cached of it dropped", async () => {
    const world = createScriptedWorld({ script: () => "" });
    for (const url of world.files.keys()) world.files.set(url, "<!doctype html><title>Not here</title>");
    const error = await failure(load({}, world));
    expect(error.code).toBe("model/not-a-model");
    expect(error.message).toContain("a web page");
    expect(world.dropped).toHaveLength(1);
  });

  it("an id that is on no list is told", async () => {
    const world = createScriptedWorld({ script: () => "" });
    const created = createWebLlmModel({ id: "nobody" }, () => {}, undefined, world);
    expect((await failure(created)).code).toBe("model/unknown");
  });
});

describe("what is told of the model", () => {
  it("its reference, its adapter, its context and a hash of its weights", async () => {
    const { model } = await load({});
    expect(model.info).toMatchObject({
      id: `webllm:${SCRIPTED_ID}`,
      backend: "webgpu (Test GPU)",
      contextLength: 2048,
      protocol: "chat",
      batching: { kind: "sequences", count: 1 },
    });
    expect(model.info.weights).toMatch(/^[0-9a-f]{12}$/);
  });

  it("that it still loads, again and again while nothing new is known", async () => {
    vi.useFakeTimers();
    const loading = deferred<void>();
    const reports: Preparation[] = [];
    const load = async ({ initProgressCallback: tell }: MLCEngineConfig) => {
      tell?.({ progress: 0, timeElapsed: 0, text: "Start to fetch params" });
      await loading.promise;
    };
    const world = createScriptedWorld({ script: () => "", load });
    const report = (preparation: Preparation) => reports.push(preparation);
    const created = createWebLlmModel({ id: SCRIPTED_ID }, report, undefined, world);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(reports.filter(({ message }) => message === "Downloading the model")).toHaveLength(3);
    loading.resolve();
    await created;
    await vi.advanceTimersByTimeAsync(12_000);
    expect(reports.filter(({ message }) => message === "Downloading the model")).toHaveLength(3);
    vi.useRealTimers();
  });

  it("its download, in bytes", async () => {
    const reports: Preparation[] = [];
    const world = createScriptedWorld({
      script: () => "",
      load: async ({ initProgressCallback: tell }) => {
        tell?.({ progress: 0, timeElapsed: 0, text: "Start to fetch params" });
        await new Promise((resolve) => setTimeout(resolve, 10));
        tell?.({
          progress: 0.75,
          timeElapsed: 1,
          text: "Fetching param cache[1/2]: 3MB fetched. 75% completed, 1 secs",
        });
      },
    });
    await createWebLlmModel({ id: SCRIPTED_ID }, (preparation) => reports.push(preparation), undefined, world);
    expect(reports.at(-1)?.download).toMatchObject({ loadedBytes: 3_000_000, totalBytes: 4_000_000 });
  });
});
