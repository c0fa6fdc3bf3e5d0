import type { ChatMessage } from "../../core/protocol/protocol";
import type { EndpointFault } from "./fault";
import type { ChatBody } from "./request";

/** Fields beyond OpenAI's own protocol, which most self-hosted servers take and the others refuse or ignore. */
const EXTENSIONS = ["top_k", "min_p", "include_stop_str_in_output", "no_stop_trim"] as const;

/**
 * Fields that a request can do without, in the order in which they are given up on a server that minds something and does not say what:
 * first those that it is least likely to know.
 */
const STAGES = [
  ["chat_template_kwargs"],
  EXTENSIONS,
  ["top_logprobs", "logprobs"],
  ["stream_options"],
  ["seed"],
  ["n"],
  ["stop"],
  ["temperature", "top_p"],
] as const;

/** A field of a request that can be left out. */
export type OptionalField = (typeof STAGES)[number][number];

const OPTIONAL: readonly OptionalField[] = STAGES.flat();

/** How servers that mean `n` call it: it is also a letter of ordinary words. */
const NAMES_N = /["'`]n["'`]|\bn_cmpl\b|\bn\s*(>|=|must|is|should)|completion choice/i;

/** These are ordinary words, too. */
const NAMES_STOP =
  /["'`]stop["'`]|\bstop (sequences?|strings?|words?|tokens?|parameter)\b|\bparameter:? stop\b|\bstop:/i;

/**
 * Most alternatives to a token: OpenAI's bound and the usual one of self-hosted servers, and what stricter ones allow.
 */
const MANY_ALTERNATIVES = 20;
const FEW_ALTERNATIVES = 5;

/** OpenAI's bound on stop strings. */
const FEW_STOPS = 4;

/** What a server that takes no `system` message says of it: mostly its chat template does. */
const NO_SYSTEM =
  /system (role|message|prompt)s?\b.*(not|only|unsupported|must)|only user and assistant roles|roles must alternate/is;

/** A bound that a server names, such as "at least 16" or ">= 16". */
const LEAST = /(?:>=|at least|greater than or equal to|minimum(?: value)?(?: of| is|:)?)\s*(\d+)/i;
const MOST = /(?:<=|at most|less than or equal to|maximum(?: value)?(?: of| is|:)?)\s*(\d+)/i;

/** Answers with several completions that must all have been alike before a server is thought to give each the same seed. */
const MUCH_ALIKE = 4;

function isNamed(field: OptionalField, message: string): boolean {
  if (field === "n") return NAMES_N.test(message);
  if (field === "stop") return NAMES_STOP.test(message);
  return new RegExp(`(?<![A-Za-z_])${field}(?![A-Za-z_])`).test(message);
}

/**
 * How a server wants to be asked. There is no way to find out but to ask, so everything is sent at first, and what the server refuses is
 * said otherwise or left out from then on, each field on its own.
 */
export class Dialect {
  readonly #refused = new Set<string>();
  #lengthField: "max_tokens" | "max_completion_tokens" = "max_tokens";
  #leastTokens = 1;
  #mostTokens = Number.POSITIVE_INFINITY;
  #alternatives = MANY_ALTERNATIVES;
  #mostStops = Number.POSITIVE_INFINITY;
  #mostChoices = Number.POSITIVE_INFINITY;
  #foldsSystem = false;
  /** Answers whose completions were all alike; null once some were not. */
  #alike: number | null = 0;

  /** How many likeliest tokens to ask for in a token's place. */
  get alternatives(): number {
    return this.#alternatives;
  }

  /** How many completions to ask for at once, at least 1. */
  get choices(): number {
    return this.takes("n") ? this.#mostChoices : 1;
  }

  /** True for every field that nothing is known about. */
  takes(field: string): boolean {
    return !this.#refused.has(field);
  }

  /** Notes that a field brings nothing here. */
  refuse(field: OptionalField): void {
    this.#refused.add(field);
  }

  /** A dialect that begins with what is known, and learns on its own. */
  fork(): Dialect {
    const other = new Dialect();
    other.adopt(this);
    other.#alike = this.#alike;
    return other;
  }

  /** Learns all that another has learned. */
  adopt(other: Dialect): void {
    for (const field of other.#refused) this.#refused.add(field);
    if (other.#lengthField !== "max_tokens") this.#lengthField = other.#lengthField;
    this.#leastTokens = Math.max(this.#leastTokens, other.#leastTokens);
    this.#mostTokens = Math.min(this.#mostTokens, other.#mostTokens);
    this.#alternatives = Math.min(this.#alternatives, other.#alternatives);
    this.#mostStops = Math.min(this.#mostStops, other.#mostStops);
    this.#mostChoices = Math.min(this.#mostChoices, other.#mostChoices);
    this.#foldsSystem ||= other.#foldsSystem;
  }

  /** Puts a request into the server's words. `max_tokens` is a number, `messages` a conversation. */
  say({ messages, max_tokens, stop, ...fields }: Readonly<Record<string, unknown>>): ChatBody {
    const said = {
      messages: this.#foldsSystem ? withoutSystem(messages as readonly ChatMessage[]) : messages,
      [this.#lengthField]: Math.max(this.#leastTokens, Math.min(this.#mostTokens, Number(max_tokens))),
      stop: Array.isArray(stop) ? stop.slice(0, this.#mostStops) : stop,
      ...fields,
    };
    return Object.fromEntries(
      Object.entries(said).filter(([name, value]) => value !== undefined && this.#isSaid(name)),
    );
  }

  #isSaid(field: string): boolean {
    return this.takes(field) && (field !== "top_logprobs" || this.takes("logprobs"));
  }

  /** The fields of `body` that can be left out and that a server names in a refusal. */
  named({ message, field }: EndpointFault, body: ChatBody): readonly OptionalField[] {
    const sent = OPTIONAL.filter((each) => each in body);
    const told = sent.filter((each) => each === field || field?.startsWith(`${each}[`));
    return told.length > 0 ? told : sent.filter((each) => isNamed(each, message));
  }

  /** Learns from a refusal of `body`. Who names nothing is thought to mind what it is least likely to know. */
  learn(fault: EndpointFault, body: ChatBody): void {
    const { message } = fault;
    if (this.#learnsLength(fault, body)) return;
    if (!this.#foldsSystem && NO_SYSTEM.test(message) && hasSystem(body)) {
      this.#foldsSystem = true;
      return;
    }
    const named = this.named(fault, body);
    const stage = STAGES.find((fields) => fields.some((field) => field in body)) ?? [];
    for (const field of named.length > 0 ? named : stage) this.#giveUp(field, fault, body);
  }

  #giveUp(field: OptionalField, { message }: EndpointFault, body: ChatBody): void {
    if (field === "top_logprobs" && body[field] === MANY_ALTERNATIVES) this.#alternatives = FEW_ALTERNATIVES;
    else if (field === "n" && !/only one/i.test(message) && Number(body.n) > 2) {
      this.#mostChoices = Math.floor(Number(body.n) / 2);
    } else if (field === "stop" && Array.isArray(body.stop) && body.stop.length > FEW_STOPS) {
      this.#mostStops = FEW_STOPS;
    } else this.#refused.add(field);
  }

  /** Whether a server minds the bound on sampled tokens: another name for it, or a larger or a smaller one. */
  #learnsLength({ message, field }: EndpointFault, body: ChatBody): boolean {
    if (this.#lengthField === "max_tokens" && /max_completion_tokens/.test(message)) {
      this.#lengthField = "max_completion_tokens";
      return true;
    }
    const isMeant = /max_(completion_|output_)?tokens/.test(field ?? message);
    const asked = Number(body[this.#lengthField]);
    const least = Number(LEAST.exec(message)?.[1] ?? Number.NaN);
    const most = Number(MOST.exec(message)?.[1] ?? Number.NaN);
    if (isMeant && least > asked) this.#leastTokens = least;
    else if (isMeant && most < asked && most > 0) this.#mostTokens = most;
    // "One is too few", and no word of how many are enough.
    else if (isMeant && asked === 1) this.#leastTokens = 16;
    else return false;
    return true;
  }

  /** Takes note of an answer with several completions. Two samples may well agree; a server that never gives two of a kind gives one. */
  noteChoices(areAlike: boolean): void {
    if (this.#alike === null) return;
    this.#alike = areAlike ? this.#alike + 1 : null;
    if (this.#alike === MUCH_ALIKE) this.refuse("n");
  }
}

function hasSystem({ messages }: ChatBody): boolean {
  return Array.isArray(messages) && messages.some(({ role }: ChatMessage) => role === "system");
}

/** Whether a server's words are about the system message of a conversation that has one. */
export function mindsSystem({ message }: EndpointFault, body: ChatBody): boolean {
  return NO_SYSTEM.test(message) && hasSystem(body);
}

/** Puts what the system says at the head of the user's first turn. */
function withoutSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const said = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== "system");
  const first = others.findIndex(({ role }) => role === "user");
  return others.map((message, i) =>
    i === first ? { ...message, content: [...said, message.content].join("\n\n") } : message,
  );
}
