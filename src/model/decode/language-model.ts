import type { Backend } from "../backend";
import type { ModelConfig } from "../network/config";
import { checkParams, type HostParams } from "../network/parameters";
import { createDecoder, type Decoder } from "./decoder";
import { disposeInferenceParams, toInferenceParams } from "./inference-params";

/** Weights on a device, ready to decode. */
export interface LanguageModel {
  readonly config: ModelConfig;
  readonly backend: Backend;
  readonly decoder: Decoder;
  dispose(): void;
}

/**
 * Puts weights on the backend's device.
 * @throws LabError `model/weights-mismatch` when they are not those of `config`.
 */
export function createLanguageModel(config: ModelConfig, weights: HostParams, backend: Backend): LanguageModel {
  checkParams(config, weights);
  const params = toInferenceParams(config, weights);
  const decoder = createDecoder(config, params, backend);
  return {
    config,
    backend,
    decoder,
    dispose: () => {
      decoder.dispose();
      disposeInferenceParams(params);
    },
  };
}
