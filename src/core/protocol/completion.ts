/** One message of a conversation with a chat model. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What a model is given: plain text (the tiny model), or a conversation whose last message is the user's (chat models). */
export type Prompt = string | readonly ChatMessage[];

/** One prompt and how to continue it. */
export interface SampleRequest {
  readonly prompt: Prompt;
  /** Completions to draw from this prompt; they share its prefill. At least 1. */
  readonly count: number;
  /** A completion ends when it produces one of these; the marker itself is part of its text. */
  readonly stop: readonly string[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** In (0, 1]. */
  readonly topP: number;
  /** Same request, same seed, same backend: same completions, whatever else is in the batch (up to float rounding). */
  readonly seed: number;
}

/** One continuation of a prompt. */
export interface Completion {
  /** Without the prompt, with the stop marker that ended it. */
  readonly text: string;
  /** Sampled tokens. */
  readonly tokens: number;
  /**
   * Raw log-probability (temperature 1, before top-k and top-p) of each sampled token, each at most 0. Empty when the model does not
   * tell them.
   */
  readonly logProbs: readonly number[];
  /** The decoded text of each sampled token; joined they are `text`. Empty when the model does not tell them. */
  readonly pieces: readonly string[];
  readonly finish: "stop" | "length";
}

/** What a request got. */
export interface SampleResult {
  readonly completions: readonly Completion[];
  /** Tokens of the prompt, once; of an engine whose completions cannot share it, once for each. */
  readonly promptTokens: number;
  /** Prompt tokens that were really prefilled for this request (0 when another request of the batch shares the prompt). */
  readonly prefilledTokens: number;
}
