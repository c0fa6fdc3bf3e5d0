import { type BackendName, canUseThreads } from "../../src/model/backend";
import { loadTokenizer } from "../../src/model/io/tokenizer";
import { BASE_SHAPE } from "../../src/model/network/config";
import { parameterCount } from "../../src/model/network/parameters";
import { createTrainerClient } from "../../src/rpc/trainer";
import { PRETRAINING } from "../../src/training/presets";
import { simdPeakGflopPerSecond } from "./simd-peak";

/*
 * The page's half of training.bench.ts: the first steps of a real pretraining run, in its worker.
 */

const WARM_UP_STEPS = 2;

/** Rows of a step's batch, and steps that are measured with it. */
const BATCHES = { usual: { rows: PRETRAINING.options.rows, steps: 10 }, large: { rows: 16, steps: 3 } } as const;

/** In turns, so that a moment's load on the machine does not fall on one backend alone; the best of them counts. */
const TURNS = 2;

/** Floating-point operations for each parameter and token, forward and backward (Kaplan et al. 2020); attention comes on top. */
const FLOP_PER_PARAMETER = 6;

/** Of forward, backward, update, and the making of the batches. */
interface Speed {
  /** Padding not counted. */
  readonly tokensPerSecond: number;
  /** Padding counted, as PyTorch's full rows are: what is computed. */
  readonly placesPerSecond: number;
}

async function trainingSpeed(
  backend: BackendName,
  { rows, steps }: { readonly rows: number; readonly steps: number },
  tokenizerJson: object,
): Promise<Speed> {
  const kernelsUrl = new URL("/kernels/", location.href).href;
  const run = await createTrainerClient({
    job: { ...PRETRAINING, options: { ...PRETRAINING.options, rows } },
    data: { train: "", validation: "" },
    backend,
    kernelsUrl,
    tokenizerJson,
  });
  try {
    const { tokens: before } = await run.advance(WARM_UP_STEPS);
    const { tokens, tokensPerSecond } = await run.advance(steps);
    const places = steps * rows * PRETRAINING.options.rowTokens;
    return { tokensPerSecond, placesPerSecond: (tokensPerSecond * places) / (tokens - before) };
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
  const parameters = parameterCount({ ...BASE_SHAPE, vocab_size: loadTokenizer(tokenizerJson).vocabSize });
  const figures = new Map<string, unknown>();
  const best = new Map<string, Speed>();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of names) {
      // jax-js compiles for seconds for each shape, and gains nothing from a larger one.
      const batches = name.startsWith("simd") ? Object.values(BATCHES) : [BATCHES.usual];
      for (const batch of batches) {
        const label = `${name} ${batch.rows} x ${PRETRAINING.options.rowTokens}`;
        if (figures.has(label) && !best.has(label)) continue;
        try {
          const [speed, known] = [await trainingSpeed(name, batch, tokenizerJson), best.get(label)];
          const fastest = known && known.placesPerSecond > speed.placesPerSecond ? known : speed;
          best.set(label, fastest);
          figures.set(label, {
            tokensPerSecond: Math.round(fastest.tokensPerSecond),
            placesPerSecond: Math.round(fastest.placesPerSecond),
            gflopPerSecond: (FLOP_PER_PARAMETER * parameters * fastest.placesPerSecond) / 1e9,
            secondsPerMillionTokensExtrapolated: 1e6 / fastest.tokensPerSecond,
          });
        } catch (thrown) {
          figures.set(label, { notMeasured: String(thrown) });
        }
      }
    }
  }
  return { parameters, simdPeakGflopPerSecond: simdPeakGflopPerSecond(), paths: Object.fromEntries(figures) };
}
