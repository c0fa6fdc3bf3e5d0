import { policyPrompt, renderStep } from "../../src/core/protocol/tiny";
import { createRandom } from "../../src/core/rng";
import { canUseThreads } from "../../src/model/backend";
import type { ObjectiveSpec, Trainer, TrainingData } from "../../src/ports/trainer";
import { generatePuzzle } from "../../src/puzzles/generator";
import { reasoningPath } from "../../src/puzzles/reasoning";
import { createTrainerClient } from "../../src/rpc/trainer";
import { fineTuning } from "../../src/training/presets";
import { quantiles } from "../timing";

/*
 * The page's half of objectives.bench.ts: fine-tuning of the shipped base on made-up records of puzzles, in its
 * worker, as the app does it.
 */

type Name = Exclude<ObjectiveSpec["name"], "language-model">;

const OBJECTIVES: readonly Name[] = ["sft", "dpo", "prm-pointwise", "prm-pairwise"];

const RECORDS = 96;
const HELD_OUT = 12;
const MEASURED_STEPS = 20;

/** Steps over which memory should stay as it is. */
const LONG_STEPS = 200;

/** Steps between evaluations, and the most of them, on the way to the first that is better than the one before training. */
const STEPS_TO_EVALUATION = 5;
const MOST_EVALUATIONS = 10;

/** Whose memory is looked at: one whose loss the kernels compute, and one whose loss comes from jax-js. */
const LONG: readonly Name[] = ["sft", "dpo"];

/** Of each training puzzle, its true path; the wrong one is another puzzle's. */
function recordOf(name: Name, index: number): object {
  const random = createRandom(index);
  const pathOf = (of: number) => {
    const { problem, chain } = generatePuzzle("train", "hinted", of);
    const path = reasoningPath(
      chain,
      problem.visibleTests.flatMap((test) => ("input" in test ? [test.input[0]] : []))[0] as readonly number[],
    );
    return { problem, steps: path.map(renderStep) };
  };
  const { problem, steps } = pathOf(index);
  const prompt = policyPrompt(problem, []);
  if (name === "sft") return { prompt, completion: steps.join("") };
  if (name === "prm-pointwise") {
    return { prompt, completions: steps, labels: steps.map(() => random.int(0, 8) / 8), visits: steps.map(() => 8) };
  }
  const wrong = pathOf(index + RECORDS).steps;
  const [chosen, rejected] = name === "dpo" ? [steps.join(""), wrong.join("")] : [steps[0], wrong[1]];
  return { prompt, chosen, rejected, gap: 0.5 };
}

function dataOf(name: Name): TrainingData {
  const lines = Array.from({ length: RECORDS }, (_, i) => JSON.stringify(recordOf(name, i)));
  return { train: lines.slice(HELD_OUT).join("\n"), validation: lines.slice(0, HELD_OUT).join("\n") };
}

async function start(name: Name, tokenizerJson: object): Promise<Trainer> {
  const { options, ...job } = fineTuning(name.startsWith("prm") ? "prm" : "policy", name);
  const file = new Uint8Array(await (await fetch("/models/tiny/model.safetensors")).arrayBuffer());
  const config: unknown = await (await fetch("/models/tiny/config.json")).json();
  return createTrainerClient({
    job: { ...job, options: { ...options, length: { tokens: 100_000_000 }, warmup: 0 } },
    data: dataOf(name),
    backend: canUseThreads() ? "simd-threads" : "simd",
    kernelsUrl: new URL("/kernels/", location.href).href,
    tokenizerJson,
    start: { file, config },
  });
}

/** Bytes of the page with its workers, after a collection of garbage; null where the browser does not tell. */
async function memoryBytes(): Promise<number | null> {
  const { measureUserAgentSpecificMemory } = performance as {
    measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>;
  };
  return measureUserAgentSpecificMemory ? (await measureUserAgentSpecificMemory.call(performance)).bytes : null;
}

/** How late a page's own work comes while something goes on: waits beyond the 4 ms that a timer was set to. */
async function lateness(work: Promise<unknown>) {
  const late: number[] = [];
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 4));
    late.push(performance.now() - before - 4);
  }
  await work;
  return { ...quantiles(late), longest: Math.round(Math.max(0, ...late)) };
}

async function measureOne(name: Name, tokenizerJson: object) {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const run = await start(name, tokenizerJson);
  try {
    const before = await run.evaluate();
    let firstImprovedEvaluationSeconds: number | null = null;
    for (let i = 0; i < MOST_EVALUATIONS && firstImprovedEvaluationSeconds === null; i++) {
      await run.advance(STEPS_TO_EVALUATION);
      const after = await run.evaluate();
      if (before && after && after.loss < before.loss) firstImprovedEvaluationSeconds = seconds();
    }
    const { tokensPerSecond } = await run.advance(MEASURED_STEPS);
    const measured = { tokensPerSecond: Math.round(tokensPerSecond), firstImprovedEvaluationSeconds };
    return LONG.includes(name) ? { ...measured, ...(await measureLong(run)) } : measured;
  } finally {
    run.dispose();
  }
}

/** Memory over many steps, and how the page answers meanwhile. */
async function measureLong(run: Trainer) {
  const before = await memoryBytes();
  const pageLateMs = await lateness(run.advance(LONG_STEPS));
  const memoryMegabytes = { before: megabytes(before), after200Steps: megabytes(await memoryBytes()) };
  return { pageLateMs, memoryMegabytes };
}

const megabytes = (bytes: number | null) => (bytes === null ? "not told by this browser" : bytes / 1e6);

/** Every objective's figures. */
export async function measureObjectives(): Promise<Readonly<Record<string, unknown>>> {
  const tokenizerJson = (await (await fetch("/models/tiny/tokenizer.json")).json()) as object;
  const figures: [string, unknown][] = [];
  for (const name of OBJECTIVES) figures.push([name, await measureOne(name, tokenizerJson)]);
  return Object.fromEntries(figures);
}
