import type { SampleRequest, SampleResult } from "../core/completion";
import type { ModelInfo } from "../core/events";

export type { Completion, SampleRequest, SampleResult } from "../core/completion";

/** A language model that proposes steps. */
export interface PolicyModel {
  readonly info: ModelInfo;
  /**
   * Answers a batch; results are in the order of the requests.
   * @throws LabError `model/*` when a prompt is too long or the model is gone; AbortError when `signal` fires.
   */
  sample(requests: readonly SampleRequest[], signal?: AbortSignal): Promise<readonly SampleResult[]>;
}
