import type { Problem } from "../../src/core/problem";
import { policyPrompt } from "../../src/core/protocol/tiny";
import { type BackendName, canUseThreads } from "../../src/model/backend";
import { parseModelConfig } from "../../src/model/network/config";
import { parameterCount } from "../../src/model/network/parameters";
import type { SampleRequest } from "../../src/ports/policy-model";
import { createModelClient, type ModelClient } from "../../src/rpc/run-workers";
import { simdPeakGflopPerSecond } from "./simd-peak";

/*
 * The page's half of sampling.bench.ts: in the model worker, as the app has it. Completions have no stop marker, so that every row works to its token limit.
 */

const BATCHES = [1, 8, 32] as const;
const TOKENS = 48;
const SIBLINGS = 4;
const REPETITIONS = 3;

/** Floating-point operations for each parameter and sampled token; attention and the prompts come on top. */
const FLOP_PER_PARAMETER = 2;

const STATEMENTS = [
  "Keep the even numbers, then double each number.",
  "Remove duplicates, then keep the numbers above 2.",
  "Sort the numbers, then take the first 3.",
  "Add 1 to each number, then return the sum.",
] as const;

function problem(statement: string): Problem {
  return {
    id: statement,
    title: statement,
    statement,
    language: "javascript",
    entryPoint: "solve",
    visibleTests: [
      { input: [[4, 7, 2, 7]], expected: [8, 4] },
      { input: [[1, 2, 3, 4, 5]], expected: [4, 8] },
    ],
  };
}

/** `rows` completions, as many as possible of them siblings. */
function batch(rows: number): SampleRequest[] {
  const siblings = Math.min(rows, SIBLINGS);
  return Array.from({ length: rows / siblings }, (_, i) => ({
    prompt: policyPrompt(problem(STATEMENTS[i % STATEMENTS.length] ?? ""), []),
    count: siblings,
    stop: [],
    maxTokens: TOKENS,
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    seed: i,
  }));
}

/** Sampled tokens per second, prefill and sampling included, compilation not: the best of several repetitions. */
async function tokensPerSecond(model: ModelClient, rows: number): Promise<number> {
  await model.sample(batch(rows));
  let best = 0;
  for (let i = 0; i < REPETITIONS; i++) {
    const start = performance.now();
    const results = await model.sample(batch(rows));
    const tokens = results.flatMap(({ completions }) => completions).reduce((sum, each) => sum + each.tokens, 0);
    best = Math.max(best, (1000 * tokens) / (performance.now() - start));
  }
  return Math.round(best);
}

async function measureBackend(backend: BackendName, parameters: number) {
  const start = performance.now();
  const model = await createModelClient({ model: "tiny", backend, baseUrl: new URL("/", location.href).href });
  await model.sample(batch(1));
  const firstSampleMs = Math.round(performance.now() - start);
  const speeds: [string, number][] = [];
  for (const rows of BATCHES) speeds.push([`batch${rows}`, await tokensPerSecond(model, rows)]);
  model.dispose();
  const gflopPerSecond = speeds.map(([name, speed]) => [name, (speed * FLOP_PER_PARAMETER * parameters) / 1e9]);
  return {
    tokensPerSecond: Object.fromEntries(speeds),
    gflopPerSecond: Object.fromEntries(gflopPerSecond),
    firstSampleMs,
  };
}

/** All figures; a backend that cannot run here is named with the reason. */
export async function measureSampling(): Promise<Readonly<Record<string, unknown>>> {
  const names: readonly BackendName[] = canUseThreads()
    ? ["simd", "simd-threads", "wasm", "wasm-threads", "webgpu"]
    : ["simd", "wasm", "webgpu"];
  const config = parseModelConfig(await (await fetch("/models/tiny/config.json")).json());
  const parameters = parameterCount(config);
  const figures: [string, unknown][] = [];
  for (const name of names) {
    const figure = await measureBackend(name, parameters).catch((thrown: unknown) => ({ notMeasured: String(thrown) }));
    figures.push([name, figure]);
  }
  return {
    completionTokens: TOKENS,
    simdPeakGflopPerSecond: simdPeakGflopPerSecond(),
    backends: Object.fromEntries(figures),
  };
}
