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
