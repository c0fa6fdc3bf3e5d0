import type { Prompt, SampleRequest, SampleResult } from "../core/completion";
import type { ModelInfo } from "../core/events";

export type { Completion, Prompt, SampleRequest, SampleResult } from "../core/completion";

/** One prompt and the tokens whose probability is asked for. */
export interface TokenQuery {
  readonly prompt: Prompt;
  /** Texts of single tokens, such as `+` and `-`; a leading space is ignored. */
  readonly tokens: readonly string[];
}

/** A model that tells how likely next tokens are: what a prompted PRM needs. */
export interface TokenScorer {
  /**
   * For each query the probability, in [0, 1], of each of its tokens as the very next one (temperature 1); 0 for a token
   * that is not among the likeliest the model tells of.
   * @throws LabError `model/no-logprobs` when the model does not tell any.
   */
  tokenProbabilities(queries: readonly TokenQuery[], signal?: AbortSignal): Promise<readonly (readonly number[])[]>;
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
