import { z } from "zod";

const alternativeSchema = z.object({ token: z.string(), logprob: z.number() });

const tokenSchema = alternativeSchema.extend({
  bytes: z.array(z.number()).nullish(),
  top_logprobs: z.array(alternativeSchema).nullish(),
});

const choiceSchema = z.object({
  index: z.number().default(0),
  delta: z.object({ content: z.string().nullish() }).nullish(),
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
      prompt_tokens: z.number(),
      completion_tokens: z.number().default(0),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
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
