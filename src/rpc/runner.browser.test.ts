import { afterEach, expect, it } from "vitest";
import type { ModelRef } from "../core/model";
import type { RunEvent } from "../core/run/events";
import { specFromPreset, strategyConfig } from "../experiment/spec/presets";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { ExperimentRun, Preparation } from "../ports/experiment-runner";
import { createFrameHost, serveRealmHost } from "../sandbox/frame/realm-host";
import type { ModelSettings } from "./model";
import { createExperimentRunner, type WorkerRunner } from "./runner";

const runners: WorkerRunner[] = [];
afterEach(() => {
  for (const runner of runners.splice(0)) runner.dispose();
});

/** The whole app but for its interface: real workers, real sandbox, the shipped model. */
function createRunner(
  baseUrl = new URL("/", location.href).href,
  modelSettings?: (model: ModelRef) => ModelSettings,
): WorkerRunner {
  const openSandbox = () => {
    const { port1, port2 } = new MessageChannel();
    serveRealmHost(createFrameHost(), port1);
    return port2;
  };
  const runner = createExperimentRunner({
    backend: "wasm",
    baseUrl,
    openSandbox,
    ...(modelSettings ? { modelSettings } : {}),
  });
  runners.push(runner);
  return runner;
}

/** One sample of code at once: the cheapest run there is. */
const SPEC: ExperimentSpec = {
  ...specFromPreset("greedy-tiny", { source: "named", id: "even-steven" }),
  config: strategyConfig("vanilla"),
};

async function eventsOf(run: ExperimentRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const batch of run.events) events.push(...batch.map(({ event }) => event));
  return events;
}

it("runs an experiment on the shipped model, and the next one on the same workers", async () => {
  const runner = createRunner();
  const preparations: Preparation[] = [];
  const first = await eventsOf(runner.run(SPEC, (preparation) => preparations.push(preparation)));
  expect(preparations.length).toBeGreaterThan(0);
  expect(first[0]).toMatchObject({ type: "started", model: { id: "tiny" } });
  expect(first.at(-1)).toMatchObject({ type: "hiddenJudged" });

  const again: Preparation[] = [];
  const second = await eventsOf(runner.run(SPEC, (preparation) => again.push(preparation)));
  expect(again).toEqual([]);
  expect(second.map(({ type }) => type)).toEqual(first.map(({ type }) => type));
});

it("brings nothing of a run that was stopped before its workers were there", async () => {
  const run = createRunner().run(SPEC);
  const events = eventsOf(run);
  run.stop();
  expect(await events).toEqual([]);
});

it("gives up a start that nobody waits for any more, and starts anew at the next run", async () => {
  const runner = createRunner();
  const run = runner.run(SPEC);
  const given = eventsOf(run);
  run.stop();
  await given;
  expect((await eventsOf(runner.run(SPEC))).at(-1)).toMatchObject({ type: "hiddenJudged" });
});

it("goes on with a start as long as somebody waits for it", async () => {
  const runner = createRunner();
  const stopped = runner.run(SPEC);
  const given = eventsOf(stopped);
  const patient = eventsOf(runner.run(SPEC));
  stopped.stop();
  expect(await given).toEqual([]);
  expect((await patient).at(-1)).toMatchObject({ type: "hiddenJudged" });
});

it("ends the workers of a model when a run wants another, or the same with other settings", async () => {
  let key = "first";
  const runner = createRunner(undefined, () => ({ endpoint: { apiKey: key } }));
  const { search } = await runner.warm("tiny");
  expect((await runner.warm("tiny")).search).toBe(search);
  key = "second";
  const next = await runner.warm("tiny");
  expect(next.search).not.toBe(search);
  expect(await search.closed).toMatchObject({ code: "rpc/disposed" });
  const nowhere = `openai:${new URL("/nowhere", location.href).href}#any`;
  await expect(eventsOf(runner.run({ ...SPEC, model: nowhere }))).rejects.toMatchObject({
    code: expect.stringMatching(/^model\//),
  });
  expect(await next.search.closed).toMatchObject({ code: "rpc/disposed" });
});

it("refuses a model that is none", async () => {
  await expect(createRunner().warm("gpt")).rejects.toMatchObject({ code: "input/model" });
});

it("throws what kept the model from loading, and tries again at the next run", async () => {
  const runner = createRunner(new URL("/nowhere/", location.href).href);
  for (let i = 0; i < 2; i++) {
    await expect(eventsOf(runner.run(SPEC))).rejects.toMatchObject({ code: expect.stringMatching(/^model\//) });
  }
});

it("throws when it is disposed, and starts anew at the next run", async () => {
  const runner = createRunner();
  await runner.warm("tiny");
  const run = eventsOf(runner.run(SPEC));
  run.catch(() => {});
  runner.dispose();
  await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/^rpc\//) });
  expect((await eventsOf(runner.run(SPEC))).at(-1)).toMatchObject({ type: "hiddenJudged" });
});

it("goes on with the backend that is asked for, and with what there is when that cannot run here", async () => {
  const runner = createRunner();
  const first = await runner.warm("tiny");
  expect(await runner.warm("tiny", undefined, undefined, "wasm")).toBe(first);
  const other = await runner.warm("tiny", undefined, undefined, "webgpu");
  expect(other).not.toBe(first);
  expect(other.model.info.backend).toMatch(/^(webgpu|wasm)/);
  expect(await runner.warm("tiny")).toBe(other);
});
