import { z } from "zod";
import { EndpointFault } from "./fault";

const count = z.int().nonnegative();

const alternativeSchema = z.object({ token: z.string(), logprob: z.number() });

const tokenSchema = alternativeSchema.extend({
  bytes: z.array(z.number()).nullish(),
  top_logprobs: z.array(alternativeSchema).nullish(),
});

/** A text, whole or in typed parts (Mistral), of which those of type `thinking` are no part of it. */
const textSchema = z
  .union([z.string(), z.array(z.union([z.string(), z.looseObject({ type: z.string().nullish() })]))])
  .nullish();

const deltaSchema = z
  .object({
    content: textSchema,
    /** A reasoning model's thoughts: vLLM, SGLang and llama.cpp; OpenRouter, Ollama and others. */
    reasoning_content: z.string().nullish().catch(null),
    reasoning: z.string().nullish().catch(null),
  })
  .nullish();

const choiceSchema = z.object({
  index: z.number().default(0),
  delta: deltaSchema,
  /** Where it comes whole. */
  message: deltaSchema,
  /** Of plain completions. */
  text: z.string().nullish(),
  // What only helps must not spoil an answer: where it has another shape, it counts as not told.
  logprobs: z
    .object({ content: z.array(tokenSchema).nullish() })
    .nullish()
    .catch(null),
  finish_reason: z.string().nullish(),
  /** vLLM: the stop string, a token id, or null at the end of the text. */
  stop_reason: z.union([z.string(), z.number()]).nullish().catch(undefined),
  /** SGLang: the same. */
  matched_stop: z
    .union([z.string(), z.number(), z.array(z.number())])
    .nullish()
    .catch(undefined),
});

/** One event of a streamed answer, as far as it is read; all else in it is ignored. */
export const chunkSchema = z.object({
  choices: z
    .array(choiceSchema)
    .nullish()
    .transform((choices) => choices ?? []),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count.default(0),
      total_tokens: count.nullish().catch(null),
      prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish().catch(null),
      completion_tokens_details: z.object({ reasoning_tokens: count.nullish() }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  /** llama.cpp: tokens of the prompt that it had, and that it computed. */
  timings: z.object({ cache_n: count }).nullish().catch(null),
});

/** See {@link chunkSchema}. */
export type Chunk = z.infer<typeof chunkSchema>;

/** A part of one completion. */
export type ChunkChoice = Chunk["choices"][number];

/** A token as servers tell it: its text, its log-probability, and the likeliest in its place. */
export type WireToken = z.infer<typeof tokenSchema>;

/** What follows the last event of a stream that has ended as it should. */
export const DONE = "done";

/** What a server counts of an answer, or of one completion of it. */
export interface Usage {
  readonly promptTokens: number;
  /** Thinking included. */
  readonly completionTokens: number;
  /** Of the completions' tokens; null when the server does not say. */
  readonly thoughtTokens: number | null;
  /** Of the prompt's tokens: those that the server had. Null when it does not say. */
  readonly cachedTokens: number | null;
}

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
  /** Where the server counts each completion for itself. */
  readonly usage: Usage | null;
}

/** A whole answer. */
export interface Answer {
  /** By index; as many as the server sent. */
  readonly choices: readonly AnswerChoice[];
  /** Of the whole answer. Null when the server does not count. */
  readonly usage: Usage | null;
}

/** A text and the thinking in it. */
function textsOf(content: z.infer<typeof textSchema>): { readonly text: string; readonly thoughts: string } {
  if (typeof content === "string") return { text: content, thoughts: "" };
  let [text, thoughts] = ["", ""];
  for (const part of content ?? []) {
    if (typeof part === "string") text += part;
    else if (part.type === "thinking") thoughts += textsOf(asText(part.thinking)).text;
    else if (typeof part.text === "string") text += part.text;
  }
  return { text, thoughts };
}

function asText(value: unknown): z.infer<typeof textSchema> {
  const { success, data } = textSchema.safeParse(value);
  return success ? data : null;
}

/** Puts the parts of one completion together. */
class ChoiceReader {
  #text = "";
  #thoughts = "";
  #tokens: WireToken[] = [];
  #parts = 0;
  #finishReason: string | null = null;
  #stoppedBy: string | null | undefined;

  get hasEnded(): boolean {
    return this.#finishReason !== null;
  }

  add({ delta, message, text, logprobs, finish_reason, stop_reason, matched_stop }: ChunkChoice): void {
    const { content, reasoning_content, reasoning } = delta ?? message ?? {};
    const said = textsOf(content ?? text);
    if (said.text !== "") {
      this.#text += said.text;
      this.#parts++;
    }
    this.#thoughts += said.thoughts + (reasoning_content ?? reasoning ?? "");
    for (const token of logprobs?.content ?? []) this.#tokens.push(token);
    if (!finish_reason) return;
    this.#finishReason = finish_reason;
    const told = stop_reason === undefined ? matched_stop : stop_reason;
    if (told !== undefined) this.#stoppedBy = typeof told === "string" ? told : null;
  }

  /**
   * @param isDone whether the stream said that it was done.
   * @throws EndpointFault when the completion has no end.
   */
  finished(isDone: boolean, usage: Usage | null): AnswerChoice {
    const reason = this.#finishReason ?? (isDone ? "stop" : null);
    if (reason === null || reason === "abort") throw new EndpointFault("cut", "the answer broke off");
    return {
      text: this.#text,
      thoughts: this.#thoughts,
      tokens: this.#tokens,
      parts: this.#parts,
      finish: reason === "length" ? "length" : "stop",
      stoppedBy: this.#stoppedBy,
      usage,
    };
  }
}

/** Reads what a server counts. Some leave out of a completion's tokens what it thought, and count it in the total only. */
function usageIn({ usage, timings }: Chunk): Usage | null {
  if (!usage) return null;
  const { prompt_tokens, completion_tokens, total_tokens } = usage;
  const completionTokens = Math.max(completion_tokens, (total_tokens ?? 0) - prompt_tokens);
  const thoughtTokens = usage.completion_tokens_details?.reasoning_tokens ?? null;
  const untold = completionTokens - completion_tokens;
  return {
    promptTokens: prompt_tokens,
    completionTokens,
    thoughtTokens: thoughtTokens === null && untold === 0 ? null : Math.max(thoughtTokens ?? 0, untold),
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? timings?.cache_n ?? null,
  };
}

/**
 * What a server counts of an answer with several completions. OpenAI's protocol has one count of all of it at the end. llama.cpp sends
 * one for each completion, right behind it; others put one into every event of a completion (vLLM's `continuous_usage_stats`), which
 * grows. So counts are kept by completion as long as there are completions that have not ended, or where each of them got one.
 */
class UsageReader {
  /** The last count of each completion that came with its own events, or right behind its end. */
  readonly #each = new Map<number, Usage>();
  #last: Usage | null = null;
  /** Whether more of the answer came behind a count that came with no completion. */
  #wasEarly = false;
  #wasAlone = false;
  #justEnded: number | null = null;
  #alone = 0;

  add(chunk: Chunk): void {
    const usage = usageIn(chunk);
    const [first] = chunk.choices;
    if (first) {
      this.#wasEarly ||= this.#wasAlone;
      if (usage && chunk.choices.length === 1) this.#each.set(first.index, usage);
      this.#justEnded = first.finish_reason ? first.index : null;
    } else if (usage) {
      this.#wasAlone = true;
      this.#alone++;
      if (this.#justEnded !== null) this.#each.set(this.#justEnded, usage);
      this.#justEnded = null;
    }
    if (usage) this.#last = usage;
  }

  /** The count of all, and of each completion where that is known. */
  counts(indices: readonly number[]): { readonly all: Usage | null; readonly each: ReadonlyMap<number, Usage> } {
    const hasEach = indices.every((index) => this.#each.has(index));
    const isOfEach = indices.length > 1 && hasEach && (this.#alone === 0 || (this.#wasEarly && this.#alone > 1));
    if (!isOfEach) return { all: this.#last, each: new Map() };
    return { all: sumOf([...this.#each.values()]), each: this.#each };
  }
}

/** Completions of one prompt together: it was sent, and computed, once. */
function sumOf(usages: readonly Usage[]): Usage {
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const cached = known(usages.map(({ cachedTokens }) => cachedTokens));
  const thoughts = known(usages.map(({ thoughtTokens }) => thoughtTokens));
  return {
    promptTokens: Math.max(...usages.map(({ promptTokens }) => promptTokens)),
    completionTokens: usages.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    thoughtTokens: thoughts.length === 0 ? null : thoughts.reduce((sum, value) => sum + value, 0),
    cachedTokens: cached.length === 0 ? null : Math.min(...cached),
  };
}

/**
 * Reads a streamed answer to its end.
 * @throws EndpointFault when there is nothing in it, or when it ends before its completions do.
 */
export async function readAnswer(chunks: AsyncIterable<Chunk | typeof DONE>): Promise<Answer> {
  const readers = new Map<number, ChoiceReader>();
  const usages = new UsageReader();
  let isDone = false;
  for await (const chunk of chunks) {
    if (chunk === DONE) {
      isDone = true;
      break;
    }
    for (const choice of chunk.choices) {
      const reader = readers.get(choice.index) ?? new ChoiceReader();
      readers.set(choice.index, reader);
      reader.add(choice);
    }
    usages.add(chunk);
  }
  if (readers.size === 0) throw new EndpointFault("garbage", "its answer holds no completion");
  const indices = [...readers.keys()].sort((a, b) => a - b);
  const { all, each } = usages.counts(indices);
  return {
    choices: indices.flatMap((index) => readers.get(index)?.finished(isDone, each.get(index) ?? null) ?? []),
    usage: all,
  };
}
