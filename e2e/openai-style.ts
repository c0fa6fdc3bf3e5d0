/** How a kind of server differs from the others that speak the same protocol. */
export interface ServerStyle {
  /** What it makes of `n`; a number is the most that it gives, beyond which it refuses. */
  readonly several: "gives" | "ignores" | "refuses" | number;
  /** Refuses fields that are not OpenAI's. */
  readonly isStrict: boolean;
  /** The status it refuses a request with. */
  readonly refusalStatus: 400 | 500;
  /** Whether it leaves the stop marker in when asked, and says what ended a completion. */
  readonly tellsStop: boolean;
  readonly tellsLogProbs: boolean;
  /** How many likeliest tokens it tells where log-probabilities are asked for without a number. */
  readonly usualAlternatives: number;
  /**
   * Holds back text that may be the beginning of a stop word. Once it is none, the text comes as if it were one token, with the
   * log-probability of its last; what was held back when a completion ends never comes.
   */
  readonly withholds: boolean;
  /**
   * What its count covers: the text it sent, or every token it sampled, with those of the stop word or the one that ends a text. Null:
   * it does not count.
   */
  readonly counts: "text" | "sampled" | null;
  /** Counts each completion of an answer for itself, right behind it. */
  readonly countsEach: boolean;
  /** Where it says how much of the prompt it had. */
  readonly tellsCache: "usage" | "timings" | null;
  /** Where its list of models says how long a context may be. */
  readonly contextField: "max_model_len" | "meta" | null;
}

const VLLM: ServerStyle = {
  several: "gives",
  isStrict: false,
  refusalStatus: 400,
  tellsStop: true,
  tellsLogProbs: true,
  usualAlternatives: 0,
  withholds: false,
  counts: "text",
  countsEach: false,
  tellsCache: "usage",
  contextField: "max_model_len",
};

const LLAMA: ServerStyle = {
  ...VLLM,
  several: 4,
  tellsStop: false,
  usualAlternatives: 20,
  withholds: true,
  counts: "sampled",
  countsEach: true,
  tellsCache: "timings",
  contextField: "meta",
};

const BARE: ServerStyle = {
  ...VLLM,
  several: "ignores",
  tellsStop: false,
  tellsLogProbs: false,
  counts: null,
  tellsCache: null,
  contextField: null,
};

/** The servers people run, as far as this project can see them differ. */
export const STYLES = {
  vllm: VLLM,
  /** As of August 2026, with four slots. */
  "llama.cpp": LLAMA,
  /** As of 2025. */
  "old llama.cpp": { ...LLAMA, several: "refuses", refusalStatus: 500, tellsCache: null, contextField: null },
  ollama: { ...BARE, counts: "text" },
  openai: { ...VLLM, isStrict: true, tellsStop: false, contextField: null },
  bare: BARE,
} as const satisfies Readonly<Record<string, ServerStyle>>;

const KNOWN_FIELDS = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "temperature",
  "top_p",
  "seed",
  "stop",
  "logprobs",
  "top_logprobs",
  "n",
]);

/** Why a server of this style refuses a request, in the words of such servers; null when it takes it. */
export function refusalOf(style: ServerStyle, body: Readonly<Record<string, unknown>>): string | null {
  const unknown = Object.keys(body).find((field) => !KNOWN_FIELDS.has(field));
  const count = Number(body.n ?? 1);
  if (style.isStrict && unknown) return `Unrecognized request argument supplied: ${unknown}`;
  if (style.several === "refuses" && count > 1) return "Only one completion choice is allowed";
  if (typeof style.several === "number" && count > style.several) {
    return "n_cmpl cannot be greater than the number of slots, please increase -np";
  }
  if (Number(body.top_k ?? -1) === 0) return "top_k must be -1 (disable), or at least 1, got 0.";
  return null;
}
