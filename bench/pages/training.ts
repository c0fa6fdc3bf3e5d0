import { type BackendName, canUseThreads } from "../../src/model/backend";
import { loadTokenizer } from "../../src/model/io/tokenizer";
import { BASE_SHAPE } from "../../src/model/network/config";
import { parameterCount } from "../../src/model/network/parameters";
import { createTrainerClient } from "../../src/rpc/trainer";
import { PRETRAINING } from "../../src/training/presets";

/*
 * The page's half of training.bench.ts: the first steps of a real pretraining run, in its worker.
 */

const WARM_UP_STEPS = 2;
const STEPS = 10;

/** In turns, so that a moment's load on the machine does not fall on one backend alone; the best of them counts. */
const TURNS = 3;

/** Floating-point operations for each parameter and token, forward and backward (Kaplan et al. 2020); attention comes on top. */
const FLOP_PER_PARAMETER = 6;

/** Tokens per second, padding not counted: forward, backward, update, and the making of the batches. */
async function tokensPerSecond(backend: BackendName, tokenizerJson: object): Promise<number> {
  const kernelsUrl = new URL("/kernels/", location.href).href;
  const run = await createTrainerClient({
    job: PRETRAINING,
    data: { train: "", validation: "" },
    backend,
    kernelsUrl,
    tokenizerJson,
  });
  try {
    await run.advance(WARM_UP_STEPS);
    return (await run.advance(STEPS)).tokensPerSecond;
  } finally {
    run.dispose();
  }
}

/** All figures; a backend that cannot run here is named with the reason. */
export async function measureTraining(): Promise<Readonly<Record<string, unknown>>> {
  const tokenizerJson = (await (await fetch("/models/tiny/tokenizer.json")).json()) as object;
  const names: readonly BackendName[] = canUseThreads()
    ? ["simd", "simd-threads", "wasm", "wasm-threads"]
    : ["simd", "wasm"];
  const best = new Map<BackendName, number>();
  const failures = new Map<BackendName, string>();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of names.filter((each) => !failures.has(each))) {
      try {
        best.set(name, Math.max(best.get(name) ?? 0, await tokensPerSecond(name, tokenizerJson)));
      } catch (thrown) {
        failures.set(name, String(thrown));
      }
    }
  }
  const parameters = parameterCount({ ...BASE_SHAPE, vocab_size: loadTokenizer(tokenizerJson).vocabSize });
  const figures = names.map((name) => {
    const speed = best.get(name);
    if (speed === undefined || failures.has(name)) return [name, { notMeasured: failures.get(name) }];
    const gigaflops = (FLOP_PER_PARAMETER * parameters * speed) / 1e9;
    return [name, { tokensPerSecond: Math.round(speed), gflopPerSecond: gigaflops }];
  });
  const { rows, rowTokens } = PRETRAINING.options;
  return { batchRows: rows, rowTokens, parameters, backends: Object.fromEntries(figures) };
}
