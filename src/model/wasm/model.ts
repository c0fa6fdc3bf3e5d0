import { type GenerationRequest, generate } from "../decode/generate";
import type { LanguageModel } from "../language-model";
import type { ModelConfig } from "../network/config";
import { checkParams, type HostParams } from "../network/parameters";
import { KernelDecoder, slotsFor } from "./decoder";
import { type FetchKernels, Kernels, type Threading } from "./kernels";

/** Tokens of one pass when prompts are read. */
const PASS_TOKENS = 2048;

/**
 * A model on the kernels; heads beyond the base model's are ignored. It generates for one caller after the other, since they share
 * its slots. When one of several threads dies, what was being generated is generated again on one thread, with the same result.
 * @throws LabError `model/weights-mismatch` when the weights are not those of `config`; `model/no-backend`.
 */
export async function createKernelModel(
  config: ModelConfig,
  weights: HostParams,
  fetchKernels: FetchKernels,
  threading: Threading,
): Promise<LanguageModel> {
  checkParams(config, weights);
  const slots = slotsFor(config.max_position_embeddings);
  const room = { extraParams: 0, trainTokens: 0, slots, passTokens: PASS_TOKENS };
  const start = async (count: number) => {
    const kernels = await Kernels.start(config, room, fetchKernels, { ...threading, count });
    return { kernels, decoder: new KernelDecoder(kernels) };
  };
  let { kernels, decoder } = await start(threading.count);
  /** What lies in the kernels' memory; and whose turn to generate it is. */
  let loaded: HostParams | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const use = (params: HostParams) => {
    if (loaded === params) return;
    kernels.writeParams(params);
    decoder.forget();
    loaded = params;
  };
  const generateWith = async (params: HostParams, requests: readonly GenerationRequest[], signal?: AbortSignal) => {
    try {
      use(params);
      return await generate(decoder, config.max_position_embeddings, requests, signal);
    } catch (thrown) {
      if (!kernels.isDead || kernels.threads === 1) throw thrown;
      kernels.dispose();
      ({ kernels, decoder } = await start(1));
      loaded = null;
      return generateWith(params, requests, signal);
    }
  };
  return {
    config,
    get backend() {
      return kernels.threads === 1 ? "simd" : "simd-threads";
    },
    openDecoder() {
      use(weights);
      return decoder;
    },
    generate(requests, signal) {
      const params = weights;
      const result = turn.then(() => generateWith(params, requests, signal));
      turn = result.catch(() => {});
      return result;
    },
    replaceParams(host) {
      checkParams(config, host);
      weights = host;
    },
    dispose: () => kernels.dispose(),
  };
}
