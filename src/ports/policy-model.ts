import type { ModelInfo } from "../core/model";
import type { Prompt, PromptCost, SampleRequest, SampleResult } from "../core/protocol/protocol";

export type { Completion, Prompt, SampleRequest, SampleResult } from "../core/protocol/protocol";

/** One prompt and the tokens whose probability is asked for. */
export interface TokenQuery {
  readonly prompt: Prompt;
  /** Texts of single tokens, such as `+` and `-`; a leading space is ignored. */
  readonly tokens: readonly string[];
}

/** What is known of one query, and what it cost. */
export interface TokenOdds extends PromptCost {
  /**
   * Of each of its tokens, in [0, 1]: as the very next one (temperature 1); 0 for one that is not among the likeliest the
   * model tells of.
   */
  readonly probabilities: readonly number[];
}

/** A model that tells how likely next tokens are: what a prompted PRM needs. */
export interface TokenScorer {
  /**
   * Answers each query, in their order.
   * @throws LabError `model/no-logprobs` when the model does not tell any.
   */
  tokenProbabilities(queries: readonly TokenQuery[], signal?: AbortSignal): Promise<readonly TokenOdds[]>;
}

/** A language model that proposes steps. */
export interface PolicyModel {
  readonly info: ModelInfo;
  /**
   * Answers a batch; results are in the order of the requests.
   * @throws LabError `model/*` when a prompt is too long or the model is gone; AbortError when `signal` fires.
   */
  sample(requests: readonly SampleRequest[], signal?: AbortSignal): Promise<readonly SampleResult[]>;
}

/** A model that takes other weights while it runs: those that training has just made, for one. */
export interface WeightsHolder {
  /**
   * Puts other weights of the same shape in the place of the present ones, without a restart; answers that are under way end
   * with the weights they began with.
   * @param file safetensors.
   * @returns what the model says of itself from now on.
   * @throws LabError `model/*` when they do not fit; the present weights then stay.
   */
  loadWeights(file: Uint8Array<ArrayBuffer>): Promise<ModelInfo>;
}
