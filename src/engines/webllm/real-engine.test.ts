import { expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { ChatMessage, SampleRequest } from "../../core/protocol/protocol";
import type { RunEvent } from "../../core/run/events";
import { runExperiment } from "../../experiment/run/run";
import { HIDDEN, PROBLEM } from "../../experiment/run/run-fixture";
import { newRunStats } from "../../experiment/run/run-stats";
import { PRESETS } from "../../experiment/spec/presets";
import { createScriptedRunner } from "../../testing/scripted/runner";
import type { Surroundings } from "./load/load";
import { createWebLlmModel } from "./model";
import { createRealWorld } from "./real-engine-fixture";
import {
  type Behaviour,
  createScriptedWorld,
  RIGHT_PROGRAM,
  SCRIPTED_ID,
  stepsByChance,
  tokensOf,
} from "./scripted-engine-fixture";

// The scripted engine is worth as much as it is like the package's: these tests hold the two against each other, and
// the adapter against the package's own conversations, streams and stops. What they leave out is the arithmetic of a
// model.

const GO: readonly ChatMessage[] = [{ role: "user", content: "go" }];

function ask(settings: Partial<SampleRequest> = {}, prompt: SampleRequest["prompt"] = GO): SampleRequest {
  const sampling = { count: 1, stop: ["</step>"], maxTokens: 100, temperature: 0.8, topK: 0, topP: 0.95, seed: 1 };
  return { prompt, ...sampling, ...settings };
}

const load = (around: Surroundings) => createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, around);

const runner = createScriptedRunner((code, { input: [list] }) =>
  Array.isArray(list) ? list.map((x) => (code.trim() === RIGHT_PROGRAM ? 2 * Number(x) : Number(x) + 2)) : undefined,
);

/** A tree search for the program that doubles numbers, on an engine that says `stepsByChance`. */
async function runOn(world: Surroundings, seed: number) {
  const policy = await createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, world);
  const stats = newRunStats();
  const config = { ...PRESETS["mcts-chat"], numGeneratedTests: 0 };
  const request = { problem: PROBLEM, config, seed, mode: "inference", ports: { policy, runner }, stats } as const;
  const events: RunEvent[] = [];
  const hiddenTests = () => Promise.resolve(HIDDEN);
  for await (const { event } of runExperiment({ ...request, hiddenTests, now: () => 0 })) events.push(event);
  const steps = events.flatMap((event) => (event.type === "nodeAdded" ? [event.step] : []));
  return { events, steps, promptTokens: stats.promptTokens, prefilledTokens: stats.prefilledTokens };
}

const REPLIES: readonly (readonly [reply: string, settings: Partial<SampleRequest>])[] = [
  ["first line\n</step>and more", {}],
  ["x <end code>", { stop: ["<end step>", "<end code>"] }],
  ["return 2 n\n### END and", { stop: ["### END"] }],
  ["all said", {}],
  ["one two</step>", { maxTokens: 4 }],
  ["one two</step>", { maxTokens: tokensOf("one two</step>").length }],
  ["a template's end<|im_end|>and", {}],
  ["", {}],
];

it.each([false, true])(
  "the package and the scripted engine end replies alike; tokens lose spaces: %s",
  async (losesSpaces) => {
    for (const [reply, settings] of REPLIES) {
      const behaviour: Behaviour = { script: () => reply, losesSpaces };
      const [real] = await (await load(await createRealWorld(behaviour))).sample([ask(settings)]);
      const [completion] = real?.completions ?? [];
      expect(completion?.pieces.join("")).toBe(completion?.text);
      expect(completion?.logProbs).toHaveLength(completion?.tokens ?? -1);
      if (reply.includes("<|im_end|>")) expect(completion).toMatchObject({ text: "a template's end", finish: "stop" });
      else {
        const [scripted] = await (await load(createScriptedWorld(behaviour))).sample([ask(settings)]);
        const [expected] = scripted?.completions ?? [];
        expect({ ...completion, logProbs: [] }).toEqual({ ...expected, logProbs: [] });
      }
    }
  },
);

it("a tree search on the package continues the same conversations as on the scripted engine, and counts as it does", async () => {
  const real = await createRealWorld({ script: stepsByChance });
  const scripted = createScriptedWorld({ script: stepsByChance });
  const [onReal, onScripted] = [await runOn(real, 3), await runOn(scripted, 3)];
  expect(onReal.steps).toEqual(onScripted.steps);
  expect(real.continued).toEqual(scripted.engines[0]?.requests.map(({ wasContinued }) => wasContinued));
  expect(real.continued).toContain(true);
  expect(onReal.prefilledTokens).toBe(real.prefilledTokens);
});

it("the package stops when it is told to, and answers again", async () => {
  const controller = new AbortController();
  const script = (messages: readonly unknown[]) => {
    if (messages.length === 3) controller.abort(new DOMException("Enough", "AbortError"));
    return "a b c</step>";
  };
  const model = await load(await createRealWorld({ script }));
  const [first] = await model.sample([ask()]);
  const reply = { role: "assistant", content: first?.completions[0]?.text ?? "" } as const;
  const cancelled = model.sample(
    [ask({ count: 3 }, [...GO, reply, { role: "user", content: "on" }])],
    controller.signal,
  );
  await expect(cancelled).rejects.toThrow("Enough");
  const [again] = await model.sample([ask()]);
  expect(again?.completions[0]?.text).toBe("a b c</step>");
});

it("the package's own errors are told: a prompt that is too long, a model that is gone", async () => {
  const world = await createRealWorld({ script: () => "x</step>" });
  const model = await load(world);
  const codeOf = (work: Promise<unknown>) => work.catch((error: unknown) => error instanceof LabError && error.code);
  expect(await codeOf(model.sample([ask({}, [{ role: "user", content: "word ".repeat(3000) }])]))).toBe(
    "model/context",
  );
  expect((await model.sample([ask()]))[0]?.completions[0]?.text).toBe("x</step>");
  (world.engine as unknown as { loadedModelIdToPipeline: Map<string, unknown> }).loadedModelIdToPipeline.clear();
  expect(await codeOf(model.sample([ask()]))).toBe("model/device-lost");
});

it("the package tells the probabilities of first tokens", async () => {
  const likeliest = [
    ["+", 0.5],
    [" +", 0.25],
    ["-", 0.125],
  ] as const;
  const model = await load(await createRealWorld({ script: () => "+", likeliest }));
  const [odds] = await model.tokenProbabilities([{ prompt: GO, tokens: ["+", "-", "?"] }]);
  expect(odds?.probabilities.map((probability) => probability.toFixed(3))).toEqual(["0.750", "0.125", "0.000"]);
});

it("a tree search runs on a chat model, solves, can be repeated, and tells what the engine really prefilled", async () => {
  const world = createScriptedWorld({ script: stepsByChance });
  const run = await runOn(world, 3);
  const [engine] = world.engines;
  expect((await runOn(createScriptedWorld({ script: stepsByChance }), 3)).events).toEqual(run.events);
  expect(run.events.at(-1)).toMatchObject({ type: "hiddenJudged", solved: true });
  expect(run.prefilledTokens).toBe(engine?.prefilledTokens);
  expect(engine?.requests.some(({ wasContinued }) => wasContinued)).toBe(true);
  expect(run.prefilledTokens).toBeLessThan(run.promptTokens);
});
