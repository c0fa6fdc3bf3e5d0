import { TokenRecorder } from "../src/engines/webllm/decode/token-recorder";
import { createWebLlmModel } from "../src/engines/webllm/model";
import {
  createScriptedWorld,
  SCRIPTED_ID,
  ScriptedEngine,
  stepsByChance,
} from "../src/engines/webllm/scripted-engine-fixture";
import { runExperiment } from "../src/experiment/run/run";
import { HIDDEN, PROBLEM } from "../src/experiment/run/run-fixture";
import { newRunStats } from "../src/experiment/run/run-stats";
import { PRESETS, type PresetName } from "../src/experiment/spec/presets";
import { createScriptedRunner } from "../src/testing/scripted/runner";
import type { Measure } from "./measure";

const TOKENS = 200;
const COMPLETIONS = 100;
const ROUNDS = 15;
/** Of Qwen2.5: the largest common vocabulary, and so the dearest to look at. */
const VOCABULARY = 151_936;
const LOOKS = 100;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

const REPLY = `${"word ".repeat(TOKENS - 2)}\n### END`;
const PROMPT = [{ role: "user", content: "Say it." }] as const;

/**
 * What the adapter adds to each token of a scripted engine, against the same engine asked directly, and what its look
 * at the logits (raw log-probability, top-k) costs at the size of a real vocabulary. What the engine itself pays to
 * hand the logits over (a copy from the GPU and back) is not in it: there is no GPU here. Besides, for the search's
 * presets, the share of prompt tokens that were in the cache, by the package's rule, over runs in which a script
 * reasons in steps.
 */
export const measure: Measure = async (log) => {
  const bare: number[] = [];
  const adapted: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await timePerToken(await bareEngine()));
    adapted.push(await timePerToken(await adaptedEngine()));
  }
  log(`bare ${median(bare).toFixed(2)} us, adapted ${median(adapted).toFixed(2)} us a token`);
  return {
    tokensPerCompletion: TOKENS,
    bareMicrosecondsPerToken: median(bare),
    adaptedMicrosecondsPerToken: median(adapted),
    overheadMicrosecondsPerToken: median(adapted) - median(bare),
    vocabulary: VOCABULARY,
    lookMillisecondsPerToken: timeLooks(0),
    lookWithTop40MillisecondsPerToken: timeLooks(40),
    runsPerPreset: SEEDS.length,
    savedPromptShare: {
      "greedy-chat": await savedPromptShare("greedy-chat"),
      "best-of-n-chat": await savedPromptShare("best-of-n-chat"),
      "mcts-chat": await savedPromptShare("mcts-chat"),
      "mcts-webllm": await savedPromptShare("mcts-webllm"),
    },
  };
};

/** Draws some completions and tells the tokens drawn. */
type Draw = () => Promise<number>;

async function timePerToken(draw: Draw): Promise<number> {
  const start = performance.now();
  const tokens = await draw();
  return (1000 * (performance.now() - start)) / tokens;
}

async function bareEngine(): Promise<Draw> {
  const engine = new ScriptedEngine({ script: () => REPLY }, {});
  await engine.reload(SCRIPTED_ID);
  return async () => {
    let tokens = 0;
    for (let i = 0; i < COMPLETIONS; i++) {
      const request = { messages: PROMPT.map((message) => ({ ...message })), stop: ["### END"], stream: true as const };
      const chunks = await engine.chat.completions.create({ ...request, seed: i, max_tokens: 2 * TOKENS });
      for await (const { usage } of chunks as AsyncIterable<{ usage?: { completion_tokens: number } }>) {
        tokens += usage?.completion_tokens ?? 0;
      }
    }
    return tokens;
  };
}

async function adaptedEngine(): Promise<Draw> {
  const world = createScriptedWorld({ script: () => REPLY });
  const model = await createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, world);
  const sampling = { stop: ["### END"], maxTokens: 2 * TOKENS, temperature: 0.8, topK: 40, topP: 0.95, seed: 1 };
  return async () => {
    const results = await model.sample([{ prompt: PROMPT, count: COMPLETIONS, ...sampling }]);
    return results.flatMap(({ completions }) => completions).reduce((sum, { tokens }) => sum + tokens, 0);
  };
}

function timeLooks(topK: number): number {
  const recorder = new TokenRecorder();
  const logits = Float32Array.from({ length: VOCABULARY }, (_, i) => 10 * Math.sin(i * 1.37));
  recorder.begin(topK);
  const times = Array.from({ length: LOOKS }, (_, token) => {
    const start = performance.now();
    recorder.processLogits(logits);
    recorder.processSampledToken(token);
    return performance.now() - start;
  });
  return median(times);
}

async function savedPromptShare(preset: PresetName): Promise<number> {
  const stats = newRunStats();
  const runner = createScriptedRunner(() => []);
  for (const seed of SEEDS) {
    const world = createScriptedWorld({ script: stepsByChance });
    const policy = await createWebLlmModel({ id: SCRIPTED_ID }, () => {}, undefined, world);
    const config = { ...PRESETS[preset], numGeneratedTests: 0 };
    const request = { problem: PROBLEM, config, seed, mode: "inference", ports: { policy, runner }, stats } as const;
    const hiddenTests = () => Promise.resolve(HIDDEN);
    for await (const _ of runExperiment({ ...request, hiddenTests, now: () => performance.now() }));
  }
  return 1 - stats.prefilledTokens / stats.promptTokens;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
