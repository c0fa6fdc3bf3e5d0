import type { ChatMessage, Prompt, SampleRequest } from "../../core/protocol/protocol";
import type { Dialect } from "./dialect";

/** The body of a request for chat completions, as it goes over the wire. */
export type ChatBody = Readonly<Record<string, unknown>>;

/**
 * Asks for `count` completions of a request's prompt. What the request leaves open is said outright all the same,
 * because servers have defaults of their own: `top_k` -1 keeps all tokens (0 is an error in some), `min_p` 0 cuts none,
 * and `top_logprobs` 1 spares the twenty alternatives to each token that llama.cpp sends without it.
 * @param count at least 1; more than one only where the dialect takes `n`.
 * @param seed any 32-bit number.
 * @param thinking how the model is to think.
 */
export function samplingBody(
  model: string,
  request: SampleRequest,
  count: number,
  seed: number,
  dialect: Dialect,
  thinking: Thinking = "untold",
): ChatBody {
  const { prompt, temperature, topK, topP } = request;
  const isRoomy = thinking === "roomy";
  const stop = isRoomy ? [] : request.stop;
  const maxTokens = request.maxTokens + (isRoomy ? THINKING_ROOM : 0);
  const keepStop = stop.length > 0 ? true : undefined;
  return dialect.say({
    model,
    messages: messagesOf(prompt),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    top_k: topK === 0 ? -1 : topK,
    min_p: 0,
    seed: wireSeed(seed),
    stop: stop.length > 0 ? stop : undefined,
    // Two servers' names for one thing: leave the stop marker in the text.
    include_stop_str_in_output: keepStop,
    no_stop_trim: keepStop,
    logprobs: true,
    top_logprobs: 1,
    chat_template_kwargs: thinking === "off" ? THINKING_OFF : undefined,
    n: count > 1 ? count : undefined,
  });
}

/**
 * How a model is to think: as it does by itself; not at all, where the server can have that; or with room of its own, and without stop
 * words, which would end its thoughts.
 */
export type Thinking = "untold" | "off" | "roomy";

/** Tokens for thoughts, on top of what the answer may have. */
const THINKING_ROOM = 4096;

/** What chat templates call it: Qwen's and others', DeepSeek's and Granite's. */
const THINKING_OFF = { enable_thinking: false, thinking: false };

/** Asks for the likeliest next tokens of a prompt, undistorted by sampling settings. */
export function likeliestBody(model: string, prompt: Prompt, dialect: Dialect, thinking: Thinking): ChatBody {
  return dialect.say({
    model,
    messages: messagesOf(prompt),
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 1,
    temperature: 1,
    top_p: 1,
    top_k: -1,
    min_p: 0,
    logprobs: true,
    top_logprobs: dialect.alternatives,
    chat_template_kwargs: thinking === "off" ? THINKING_OFF : undefined,
  });
}

/** What an endpoint is asked before anything depends on it: one token. */
export const GREETING: SampleRequest = {
  prompt: [{ role: "user", content: "Are you there?" }],
  count: 1,
  stop: ["\n\n"],
  maxTokens: 1,
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  seed: 0,
};

/** Seeds are sent as whole numbers in [0, 2^31): what every server takes. */
function wireSeed(seed: number): number {
  return seed >>> 1;
}

function messagesOf(prompt: Prompt): readonly ChatMessage[] {
  return typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
}
