import { expect, it } from "vitest";
import type { TimedEvent } from "../../core/events";
import { PRESETS } from "../../experiment/presets";
import { runExperiment } from "../../experiment/run";
import { HIDDEN, PROBLEM } from "../../experiment/run-fixture";
import { createScriptedRunner } from "../scripted/runner";
import { createWebLlmModel } from "./model";
import { createScriptedWorld, SCRIPTED_ID } from "./scripted-engine-fixture";
import { RIGHT_PROGRAM, stepsByChance } from "./scripted-steps-fixture";

const runner = createScriptedRunner((code, { input: [list] }) =>
  Array.isArray(list) ? list.map((x) => (code.trim() === RIGHT_PROGRAM ? 2 * Number(x) : Number(x) + 2)) : undefined,
);

async function run(seed: number) {
  const world = createScriptedWorld({ script: stepsByChance });
  const policy = await createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, world);
  const config = { ...PRESETS["mcts-chat"], numGeneratedTests: 0 };
  const events: TimedEvent[] = [];
  const request = {
    problem: PROBLEM,
    config,
    seed,
    mode: "inference",
    ports: { policy, runner },
    now: () => 0,
  } as const;
  for await (const event of runExperiment({ ...request, hiddenTests: () => Promise.resolve(HIDDEN) }))
    events.push(event);
  return { engine: world.engines[0], events: events.map(({ event }) => event) };
}

it("a tree search runs on a chat model, solves, can be repeated, and tells what the engine really prefilled", async () => {
  const [{ engine, events }, again] = [await run(3), await run(3)];
  expect(events).toEqual(again.events);
  expect(events.at(-1)).toMatchObject({ type: "hiddenJudged", solved: true });
  const prompted = events.filter((event) => event.type === "prompted");
  const prompts = prompted.reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  const prefilled = prompted.reduce((sum, { prefilledTokens }) => sum + prefilledTokens, 0);
  expect(prefilled).toBe(engine?.prefilledTokens);
  expect(engine?.requests.some(({ wasContinued }) => wasContinued)).toBe(true);
  expect(prefilled).toBeLessThan(prompts);
});
