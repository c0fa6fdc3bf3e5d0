import { z } from "zod";
import { EndpointFault } from "./fault";

const count = z.int().nonnegative();

const alternativeSchema = z.object({ token: z.string(), logprob: z.number() });

const tokenSchema = alternativeSchema.extend({
  bytes: z.array(z.number()).nullish(),
  top_logprobs: z.array(alternativeSchema).nullish(),
});

const choiceSchema = z.object({
  index: z.number().default(0),
  delta: z
    .object({
      content: z.string().nullish(),
      /** A reasoning model's thoughts, where the server tells them apart: vLLM, SGLang, llama.cpp; others. */
      reasoning_content: z.string().nullish().catch(null),
      reasoning: z.string().nullish().catch(null),
    })
    .nullish(),
  // What only helps must not spoil an answer: where it has another shape, it counts as not told.
  logprobs: z
    .object({ content: z.array(tokenSchema).nullish() })
    .nullish()
    .catch(null),
  finish_reason: z.string().nullish(),
  /** vLLM: the stop string, a token id, or null at the end of the text. */
  stop_reason: z.union([z.string(), z.number()]).nullish(),
  /** SGLang: the same. */
  matched_stop: z.union([z.string(), z.number(), z.array(z.number())]).nullish(),
});

/** One event of a streamed answer, as far as it is read; all else in it is ignored. */
export const chunkSchema = z.object({
  choices: z
    .array(choiceSchema)
    .nullable()
    .transform((choices) => choices ?? []),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count.default(0),
      prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
    })
    .nullish()
    .catch(null),
});

/** See {@link chunkSchema}. */
export type Chunk = z.infer<typeof chunkSchema>;

/** A part of one completion. */
export type ChunkChoice = Chunk["choices"][number];

/** A token as servers tell it: its text, its log-probability, and the likeliest in its place. */
export type WireToken = z.infer<typeof tokenSchema>;

/** One completion as the server told it. */
export interface AnswerChoice {
  readonly text: string;
  /** Thoughts that the server told apart from the text; mostly empty. */
  readonly thoughts: string;
  /** Empty when the server does not tell them. */
  readonly tokens: readonly WireToken[];
  /** Events that brought text: most servers send one a token. */
  readonly parts: number;
  readonly finish: "stop" | "length";
  /**
   * The stop string that ended it, or null when it ended by itself; undefined when the server does not say which it
   * was.
   */
  readonly stoppedBy: string | null | undefined;
}

/** A whole answer. */
export interface Answer {
  /** By index; as many as the server sent. */
  readonly choices: readonly AnswerChoice[];
  /** Null when the server does not count. */
  readonly usage: {
    readonly promptTokens: number;
    /** Of all choices. */
    readonly completionTokens: number;
    /** Null when the server does not say. */
    readonly cachedTokens: number | null;
  } | null;
}

/** Puts the parts of one completion together. */
class ChoiceReader {
  #text = "";
  #thoughts = "";
  #tokens: WireToken[] = [];
  #parts = 0;
  #finishReason: string | null = null;
  #stoppedBy: string | null | undefined;

  add({ delta, logprobs, finish_reason, stop_reason, matched_stop }: ChunkChoice): void {
    this.#thoughts += delta?.reasoning_content ?? delta?.reasoning ?? "";
    if (delta?.content) {
      this.#text += delta.content;
      this.#parts++;
    }
    for (const token of logprobs?.content ?? []) this.#tokens.push(token);
    if (!finish_reason) return;
    this.#finishReason = finish_reason;
    const told = stop_reason === undefined ? matched_stop : stop_reason;
    if (told !== undefined) this.#stoppedBy = typeof told === "string" ? told : null;
  }

  /** @throws EndpointFault when the completion has no end. */
  finished(): AnswerChoice {
    const reason = this.#finishReason;
    if (reason === null || reason === "abort") throw new EndpointFault("cut", "the answer broke off");
    return {
      text: this.#text,
      thoughts: this.#thoughts,
      tokens: this.#tokens,
      parts: this.#parts,
      finish: reason === "length" ? "length" : "stop",
      stoppedBy: this.#stoppedBy,
    };
  }
}

/**
 * Reads a streamed answer to its end.
 * @throws EndpointFault when there is nothing in it, or when it ends before its completions do.
 */
export async function readAnswer(chunks: AsyncIterable<Chunk>): Promise<Answer> {
  const readers = new Map<number, ChoiceReader>();
  let usage: Answer["usage"] = null;
  for await (const chunk of chunks) {
    for (const choice of chunk.choices) {
      const reader = readers.get(choice.index) ?? new ChoiceReader();
      readers.set(choice.index, reader);
      reader.add(choice);
    }
    if (chunk.usage) {
      usage = {
        promptTokens: chunk.usage.prompt_tokens,
        completionTokens: chunk.usage.completion_tokens,
        cachedTokens: chunk.usage.prompt_tokens_details?.cached_tokens ?? null,
      };
    }
  }
  if (readers.size === 0) throw new EndpointFault("garbage", "its answer holds no completion");
  const inOrder = [...readers].sort(([a], [b]) => a - b);
  return { choices: inOrder.map(([, reader]) => reader.finished()), usage };
}
