import { afterEach, expect, it } from "vitest";
import { deferred } from "../core/deferred";
import { LabError } from "../core/errors";
import type { RunEvent } from "../core/run/events";
import { specFromPreset, strategyConfig } from "../experiment/spec/presets";
import type { ExperimentSpec } from "../experiment/spec/spec";
import type { PolicyModel } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";
import { createFrameHost, serveRealmHost } from "../sandbox/frame/realm-host";
import { createScriptedModel, inTurn } from "../testing/scripted/model";
import { createModelService } from "./model";
import { createSearchClient, type SearchClient } from "./run-workers";

const RIGHT = "<code>function solve(x) {\n  return 2 * x;\n}<end><eos>";
const WRONG = "<code>function solve(x) {\n  return x;\n}<end><eos>";
const PATHS = { "<think>": ["<define>one operation<end>"], "<end>": [WRONG, RIGHT], "<vanilla>": [RIGHT] };

const noTests: TestGenerator = { generate: () => Promise.resolve({ tests: [], tokens: 0 }) };
const clients: SearchClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

/** The real search worker and, unless nobody is to open one, sandbox; only the model is scripted, and lives in the window. */
async function start(policy: PolicyModel, opensSandbox = true): Promise<SearchClient> {
  const model = new MessageChannel();
  createModelService({ policy, testGenerator: noTests }).connect(model.port1);
  const sandbox = new MessageChannel();
  if (opensSandbox) serveRealmHost(createFrameHost(), sandbox.port1);
  const client = await createSearchClient({
    baseUrl: new URL("/", location.href).href,
    model: model.port2,
    sandbox: sandbox.port2,
  });
  clients.push(client);
  return client;
}

function specOf(numSimulations: number): ExperimentSpec {
  const spec = specFromPreset("mcts-tiny", {
    source: "custom",
    title: "Double",
    statement: "Double it.",
    entryPoint: "solve",
    language: "javascript",
    visibleTests: [{ input: [2], expected: 4 }],
    hiddenTests: [{ input: [3], expected: 6 }],
  });
  return { ...spec, config: strategyConfig("mcts", numSimulations) };
}

/** A model that answers only when it is let; `asked` resolves at its first call. */
function heldModel() {
  const asked = deferred<void>();
  const release = deferred<void>();
  const scripted = createScriptedModel(inTurn(PATHS));
  let calls = 0;
  const policy: PolicyModel = {
    info: scripted.info,
    async sample(requests) {
      calls++;
      asked.resolve();
      await release.promise;
      return scripted.sample(requests);
    },
  };
  return { policy, asked: asked.promise, release: release.resolve, calls: () => calls };
}

async function eventsOf(run: ReturnType<SearchClient["run"]>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const batch of run) events.push(...batch.map(({ event }) => event));
  return events;
}

it("runs an experiment in its worker, with the sandbox's verdicts, and says where the time went", async () => {
  const client = await start(createScriptedModel(inTurn(PATHS)));
  const run = client.run(1, specOf(4));
  const events: RunEvent[] = [];
  let next = await run.next();
  for (; !next.done; next = await run.next()) events.push(...next.value.map(({ event }) => event));
  expect(events[0]).toMatchObject({ type: "started", model: { id: "scripted" }, mode: "inference" });
  expect(events.at(-1)).toMatchObject({ type: "hiddenJudged", solved: true });
  expect(events.at(-2)).toMatchObject({
    type: "ended",
    reason: "budget",
    answer: { code: expect.stringContaining("2 *") },
  });
  expect(next.value.totalMs).toBeGreaterThanOrEqual(next.value.waitMs);
  expect(next.value.programs).toBeGreaterThanOrEqual(2);
});

it("gives the same events for the same specification", async () => {
  const withoutTimes = (events: readonly RunEvent[]) =>
    JSON.stringify(events, (key, value: unknown) => (key === "ms" ? 0 : value));
  const first = await start(createScriptedModel(inTurn(PATHS)));
  const second = await start(createScriptedModel(inTurn(PATHS)));
  const [a, b] = [await eventsOf(first.run(1, specOf(8))), await eventsOf(second.run(1, specOf(8)))];
  expect(withoutTimes(a)).toBe(withoutTimes(b));
});

it("asks nothing of the model while it is paused, and can be stopped then", async () => {
  const held = heldModel();
  const client = await start(held.policy);
  const run = client.run(1, specOf(64));
  await held.asked;
  client.pause(1);
  held.release();
  const events: RunEvent[] = [];
  for await (const batch of run) {
    events.push(...batch.map(({ event }) => event));
    // The first round is told in full, so without the pause a second one would have begun.
    if (events.some((event) => event.type === "nodeAdded" && event.parent === 0)) client.stop(1);
  }
  expect(events.find(({ type }) => type === "ended")).toMatchObject({ reason: "stopped" });
  expect(held.calls()).toBe(1);
});

it("goes on after a pause", async () => {
  const held = heldModel();
  const client = await start(held.policy);
  const events = eventsOf(client.run(1, specOf(4)));
  await held.asked;
  client.pause(1);
  held.release();
  client.resume(1);
  expect((await events).find(({ type }) => type === "ended")).toMatchObject({ reason: "budget" });
});

it("throws in the reader of a run whose worker is disposed", async () => {
  const held = heldModel();
  const client = await start(held.policy);
  const events = eventsOf(client.run(1, specOf(4)));
  await held.asked;
  client.dispose();
  await expect(events).rejects.toMatchObject({ name: "LabError", code: "rpc/disposed" });
});

it("gives its start up when it is told that the model is gone", async () => {
  const [model, sandbox] = [new MessageChannel(), new MessageChannel()];
  const gone = new AbortController();
  const init = { baseUrl: location.href, model: model.port2, sandbox: sandbox.port2 };
  const starting = createSearchClient(init, gone.signal);
  const reason = new LabError("rpc/died", "The model worker stopped.");
  model.port1.onmessage = () => gone.abort(reason);
  await expect(starting).rejects.toBe(reason);
});

it("refuses a puzzle that is not there", async () => {
  const client = await start(createScriptedModel(inTurn(PATHS)));
  const spec: ExperimentSpec = { ...specOf(4), problem: { source: "named", id: "no-such-puzzle" } };
  await expect(eventsOf(client.run(1, spec))).rejects.toMatchObject({ code: "input/unknown-problem" });
});

it("measures a strategy over generated problems", async () => {
  const client = await start(createScriptedModel(inTurn(PATHS)));
  const spec = { config: strategyConfig("vanilla"), seed: 1, freshSamples: 2 };
  const run = client.evaluate({ ...spec, problems: { split: "test", tier: "described", n: 3 } });
  const done: string[] = [];
  let next = await run.next();
  for (; !next.done; next = await run.next()) done.push(...next.value.map(({ outcome }) => outcome.id));
  expect(done.sort()).toEqual(["test-described-0", "test-described-1", "test-described-2"]);
  expect(next.value.passAt1).toMatchObject({ value: 0, n: 3 });
});

it("stops waiting for a sandbox that does not come when it is told to", async () => {
  const client = await start(createScriptedModel(inTurn(PATHS)), false);
  const run = eventsOf(client.run(1, specOf(4)));
  client.stop(1);
  expect(await run).toEqual([]);
});
