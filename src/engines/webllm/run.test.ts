import { expect, it } from "vitest";
import { runOn } from "./run-fixture";
import { createScriptedWorld } from "./scripted-engine-fixture";
import { stepsByChance } from "./scripted-steps-fixture";

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
