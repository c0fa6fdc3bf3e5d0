import { LabError } from "../../../core/errors";
import type { ChatMessage, Completion, SampleRequest } from "../../../core/protocol/protocol";
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionRequestStreaming,
  MLCEngineInterface,
} from "../package";
import type { TokenRecorder } from "./token-recorder";

/** One completion, and what it did to the engine. */
export interface EngineAnswer {
  readonly completion: Completion;
  /** The reply as the engine keeps it: without the stop marker. */
  readonly reply: string;
  /** As the engine sees it: a marker at the very last token counts as `length` there. */
  readonly finish: "stop" | "length" | "abort";
  /** Prompt tokens that went through the model, those in its cache not counted. */
  readonly prefilledTokens: number;
}

/** What the engine is asked for. */
export interface EngineQuestion
  extends Pick<SampleRequest, "stop" | "maxTokens" | "temperature" | "topK" | "topP" | "seed"> {
  readonly messages: readonly ChatMessage[];
}

/** What the chunks of a stream add up to. */
interface Streamed {
  readonly pieces: string[];
  /** The last token on its own, also where it ended the reply and is not part of it. */
  lastToken: string;
  finish: EngineAnswer["finish"];
  sampledTokens: number;
  prefilledTokens: number;
}

/**
 * Draws one completion. It is streamed, because the engine tells the pieces of a reply only then, and asked for the
 * likeliest token, because without it (`top_logprobs` 0) it tells nothing of the last one, which ends the stop marker.
 */
export async function complete(
  engine: MLCEngineInterface,
  recorder: TokenRecorder,
  question: EngineQuestion,
): Promise<EngineAnswer> {
  recorder.begin(question.topK);
  const streamed = await read(await engine.chat.completions.create(requestOf(question)), recorder);
  const reply = await engine.getMessage();
  const marker = markerOf(streamed, reply, question.stop);
  const text = reply + marker;
  const logProbs = [...recorder.logProbs];
  // Without a look at its logits nothing but the engine's own count is known of its tokens.
  const isRecorded = logProbs.length > 0 && streamed.pieces.length <= logProbs.length;
  const completion: Completion = {
    text,
    tokens: isRecorded ? logProbs.length : streamed.sampledTokens,
    logProbs: isRecorded ? logProbs : [],
    pieces: isRecorded ? cutTo(text, streamed.pieces, logProbs.length) : [],
    finish: marker === "" && streamed.finish === "length" ? "length" : "stop",
  };
  return { completion, reply, finish: streamed.finish, prefilledTokens: streamed.prefilledTokens };
}

/** The stop marker that ended a reply, which the engine has cut off; empty when it ended in another way. */
function markerOf({ pieces, lastToken }: Streamed, reply: string, stops: readonly string[]): string {
  const before = pieces.slice(0, -1).join("");
  // On its own, a token of some vocabularies has lost the space before it.
  const endings = [before + lastToken, `${before} ${lastToken}`];
  const whole = stops.find((stop) => endings.some((ending) => ending.startsWith(stop, reply.length)));
  // What was streamed beyond the reply is the beginning of a marker.
  const begun = before.slice(reply.length);
  return whole ?? (begun && stops.find((stop) => stop.startsWith(begun))) ?? "";
}

function requestOf({ messages, stop, ...question }: EngineQuestion): ChatCompletionRequestStreaming {
  return {
    // Copies: the engine writes into what it is given.
    messages: messages.map((message): ChatCompletionMessageParam => ({ ...message })),
    ...(stop.length > 0 ? { stop: [...stop] } : {}),
    max_tokens: question.maxTokens,
    temperature: question.temperature,
    top_p: question.topP,
    // The engine's generator takes positive seeds only.
    seed: question.seed >>> 0,
    // A model's own configuration may ask for penalties, which are not part of the distribution that the search
    // samples.
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    logprobs: true,
    top_logprobs: 1,
    stream: true,
    stream_options: { include_usage: true },
  };
}

async function read(chunks: AsyncIterable<ChatCompletionChunk>, recorder: TokenRecorder): Promise<Streamed> {
  const streamed: Streamed = { pieces: [], lastToken: "", finish: "abort", sampledTokens: 0, prefilledTokens: 0 };
  for await (const { choices, usage } of chunks) {
    const choice = choices[0];
    if (choice?.finish_reason) streamed.finish = choice.finish_reason === "tool_calls" ? "stop" : choice.finish_reason;
    else if (choice) {
      // A token in the middle of a character has no chunk of its own: its piece is empty.
      while (streamed.pieces.length < recorder.logProbs.length - 1) streamed.pieces.push("");
      streamed.pieces.push(choice.delta.content ?? "");
      streamed.lastToken = choice.logprobs?.content?.at(-1)?.token ?? "";
    }
    if (usage) {
      streamed.sampledTokens = usage.completion_tokens;
      streamed.prefilledTokens = usage.prompt_tokens;
    }
  }
  return streamed;
}

/** One piece for each of `count` tokens, cut and the last one filled, so that they join to `text`. */
function cutTo(text: string, pieces: readonly string[], count: number): readonly string[] {
  let at = 0;
  const cut = Array.from({ length: count - 1 }, (_, i) => {
    const part = text.slice(at, at + (pieces[i]?.length ?? 0));
    at += part.length;
    return part;
  });
  return [...cut, text.slice(at)];
}

/** @throws LabError `model/prompt` when a chat model is given plain text, or a conversation that no user ends. */
export function conversationOf(prompt: SampleRequest["prompt"]): readonly ChatMessage[] {
  if (typeof prompt === "string" || prompt.at(-1)?.role !== "user") {
    throw new LabError(
      "model/prompt",
      "A WebLLM model answers conversations that end with a message of the user.",
      "Use the chat protocol with it.",
    );
  }
  return prompt;
}

/** The most that the engine tells of. */
const TOLD_TOKENS = 5;

/** What a prompt's first token might be. */
export interface ProbedTokens {
  /** In [0, 1], in the order of the tokens asked for. */
  readonly probabilities: readonly number[];
  /** Prompt tokens that went through the model. */
  readonly prefilledTokens: number;
}

/**
 * The probability of each of `tokens` as the next one, at temperature 1; 0 for one that is not among the five
 * likeliest. A token with and without a space before it counts as one.
 * @throws LabError `model/no-logprobs`
 */
export async function probeTokens(
  engine: MLCEngineInterface,
  messages: readonly ChatMessage[],
  tokens: readonly string[],
): Promise<ProbedTokens> {
  const { choices, usage } = await engine.chat.completions.create({
    messages: messages.map((message): ChatCompletionMessageParam => ({ ...message })),
    max_tokens: 1,
    temperature: 1,
    top_p: 1,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    logprobs: true,
    top_logprobs: TOLD_TOKENS,
    stream: false,
  });
  const likeliest = choices[0]?.logprobs?.content?.[0]?.top_logprobs;
  if (!likeliest) {
    throw new LabError("model/no-logprobs", "This model tells no probabilities.", "Score steps with another model.");
  }
  const probabilities = tokens.map((wanted) =>
    likeliest
      .filter(({ token }) => token.trimStart() === wanted.trimStart())
      .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
  );
  return { probabilities, prefilledTokens: usage?.prompt_tokens ?? 0 };
}
