import type { ChatMessage, Prompt, SampleRequest } from "../../core/protocol/protocol";

/** The body of a request for chat completions, as it goes over the wire. */
export type ChatBody = Readonly<Record<string, unknown>>;

/**
 * Asks for `count` completions of a request's prompt. What the request leaves open is said outright all the same,
 * because servers have defaults of their own: `top_k` -1 keeps all tokens (0 is an error in some), `min_p` 0 cuts none.
 * @param count at least 1; more than one only where the dialect takes `n`.
 * @param seed any 32-bit number.
 */
export function samplingBody(
  model: string,
  request: SampleRequest,
  count: number,
  seed: number,
  dialect: Dialect,
): ChatBody {
  const { prompt, stop, maxTokens, temperature, topK, topP } = request;
  const keepStop = stop.length > 0 ? true : undefined;
  return inDialect(
    {
      model,
      messages: messagesOf(prompt),
      stream: true,
      stream_options: { include_usage: true },
      [dialect.lengthField]: maxTokens,
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
      n: count > 1 ? count : undefined,
    },
    dialect,
  );
}

/** Asks for the likeliest next tokens of a prompt, undistorted by sampling settings. */
export function likeliestBody(model: string, prompt: Prompt, dialect: Dialect): ChatBody {
  return inDialect(
    {
      model,
      messages: messagesOf(prompt),
      stream: true,
      [dialect.lengthField]: 1,
      temperature: 1,
      top_p: 1,
      top_k: -1,
      min_p: 0,
      logprobs: true,
      top_logprobs: dialect.alternatives,
    },
    dialect,
  );
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

/** Leaves out what the server refuses. */
function inDialect(fields: Readonly<Record<string, unknown>>, dialect: Dialect): ChatBody {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== undefined && dialect.takes(name)),
  );
}

/** Fields beyond OpenAI's own protocol, which most self-hosted servers take and the others refuse or ignore. */
const EXTENSIONS = ["top_k", "min_p", "include_stop_str_in_output", "no_stop_trim"] as const;

/** Fields that a server may do without. */
const OPTIONAL = [...EXTENSIONS, "seed", "stream_options", "logprobs", "top_logprobs", "n"] as const;

/** A field of a request that can be left out. */
export type OptionalField = (typeof OPTIONAL)[number];

/** "n" is also a letter of ordinary words: only what servers really write counts. */
const NAMES_N = /["'`]n["'`]|\bn\s*(>|=|must|is|should)|completion choice/i;

/**
 * Most alternatives to a token: OpenAI's bound and the usual one of self-hosted servers, and what stricter ones allow.
 */
const MANY_ALTERNATIVES = 20;
const FEW_ALTERNATIVES = 5;

function isNamed(field: OptionalField, message: string): boolean {
  return field === "n" ? NAMES_N.test(message) : new RegExp(`(?<![A-Za-z_])${field}(?![A-Za-z_])`).test(message);
}

/**
 * Which fields a server takes. There is no way to ask, so everything is sent at first, and what the server refuses by
 * name is left out from then on.
 */
export class Dialect {
  readonly #refused = new Set<string>();
  #lengthField: "max_tokens" | "max_completion_tokens" = "max_tokens";
  #alternatives = MANY_ALTERNATIVES;

  /** The name under which the server wants the bound on sampled tokens. */
  get lengthField(): "max_tokens" | "max_completion_tokens" {
    return this.#lengthField;
  }

  /** How many likeliest tokens to ask for in a token's place. */
  get alternatives(): number {
    return this.#alternatives;
  }

  /** True for every field that nothing is known about. */
  takes(field: string): boolean {
    return !this.#refused.has(field);
  }

  /** Notes that a field brings nothing here. */
  refuse(field: OptionalField): void {
    this.#refused.add(field);
  }

  /** The optional fields of `body` that a server's words name. */
  named(message: string, body: Readonly<Record<string, unknown>>): readonly OptionalField[] {
    return OPTIONAL.filter((field) => field in body && isNamed(field, message));
  }

  /** Learns from a refusal of `body`. A server that names no field is thought to mind the extensions. */
  learn(message: string, body: Readonly<Record<string, unknown>>): void {
    if (message.includes("max_completion_tokens")) {
      this.#lengthField = "max_completion_tokens";
      return;
    }
    const named = this.named(message, body);
    for (const field of named.length > 0 ? named : EXTENSIONS) {
      const tooMany = field === "top_logprobs" && body[field] === MANY_ALTERNATIVES;
      if (tooMany) this.#alternatives = FEW_ALTERNATIVES;
      else this.#refused.add(field);
    }
  }
}
