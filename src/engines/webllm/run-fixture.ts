import type { RunEvent } from "../../core/run/events";
import { runExperiment } from "../../experiment/run/run";
import { HIDDEN, PROBLEM } from "../../experiment/run/run-fixture";
import { newRunStats } from "../../experiment/run/run-stats";
import { PRESETS } from "../../experiment/spec/presets";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { createWebLlmModel } from "./model";
import { SCRIPTED_ID } from "./scripted-engine-fixture";
import { RIGHT_PROGRAM } from "./scripted-steps-fixture";
import type { Surroundings } from "./surroundings";

const runner = createScriptedRunner((code, { input: [list] }) =>
  Array.isArray(list) ? list.map((x) => (code.trim() === RIGHT_PROGRAM ? 2 * Number(x) : Number(x) + 2)) : undefined,
);

/** A tree search for the program that doubles numbers, on an engine that says `stepsByChance`. */
export async function runOn(world: Surroundings, seed: number) {
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
