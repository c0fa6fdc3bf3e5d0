import { policyPrompt } from "../../src/core/protocol/tiny";
import { type BackendName, canUseThreads } from "../../src/model/backend";
import { createModelClient } from "../../src/rpc/run-workers";
import { createTrainerClient } from "../../src/rpc/trainer";
import { PRETRAINING } from "../../src/training/presets";

/*
 * The page's half of memory.bench.ts. Rows are short, since it is the number of calls and steps that a leak grows with.
 */

const SAMPLES = 10_000;
const SIBLINGS = 32;
const STEPS = 1_000;
const LOOKS = 10;

declare global {
  /** Of bench/page.ts. */
  function residentMegabytes(): Promise<number | null>;
}

/** Resident megabytes at the start, after every tenth of the work, the first of which warms up; and their growth after that. */
async function along(work: (part: number) => Promise<unknown>) {
  const seen: (number | null)[] = [];
  for (let part = 0; part < LOOKS; part++) {
    await work(part);
    seen.push(await residentMegabytes());
  }
  const [first, last] = [seen[0] ?? 0, seen.at(-1) ?? 0];
  return { residentMegabytes: seen, grownBy: last - first };
}

async function samples(backend: BackendName) {
  const model = await createModelClient({ model: "tiny", backend, baseUrl: new URL("/", location.href).href });
  const request = (seed: number, length: number) => ({
    prompt: policyPrompt(
      {
        id: "memory",
        title: "",
        statement: `Add ${1 + (length % 9)} to each number, then return the sum.`,
        language: "javascript",
        entryPoint: "solve",
        visibleTests: [{ input: [[1, 2, 3].slice(length % 3)], expected: 9 }],
      },
      [],
    ),
    count: SIBLINGS,
    stop: [],
    maxTokens: 8,
    temperature: 1,
    topK: 0,
    topP: 1,
    seed,
  });
  const calls = Math.ceil(SAMPLES / SIBLINGS / LOOKS);
  const figures = await along(async (part) => {
    for (let call = 0; call < calls; call++) await model.sample([request(part * calls + call, call)]);
  });
  model.dispose();
  return { samples: calls * LOOKS * SIBLINGS, ...figures };
}

async function steps(backend: BackendName, tokenizerJson: object) {
  const trainer = await createTrainerClient({
    job: { ...PRETRAINING, options: { ...PRETRAINING.options, rows: 1 } },
    data: { train: "", validation: "" },
    backend,
    kernelsUrl: new URL("/kernels/", location.href).href,
    tokenizerJson,
  });
  const figures = await along(() => trainer.advance(STEPS / LOOKS));
  trainer.dispose();
  return { steps: STEPS, ...figures };
}

/** All figures. */
export async function measureMemory(): Promise<Readonly<Record<string, unknown>>> {
  const tokenizerJson = (await (await fetch("/models/tiny/tokenizer.json")).json()) as object;
  const names: readonly BackendName[] = canUseThreads() ? ["simd", "simd-threads", "wasm"] : ["simd", "wasm"];
  const figures: [string, unknown][] = [];
  for (const name of names) {
    // jax-js would train a thousand steps for minutes; that its memory is flat is what its own test asserts.
    const training = name === "wasm" ? {} : { training: await steps(name, tokenizerJson) };
    figures.push([name, { sampling: await samples(name), ...training }]);
  }
  return Object.fromEntries(figures);
}
