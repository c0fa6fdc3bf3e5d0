/** How a kind of server differs from the others that speak the same protocol. */
export interface ServerStyle {
  /** What it makes of `n`. */
  readonly several: "gives" | "ignores" | "refuses";
  /** Refuses fields that are not OpenAI's. */
  readonly isStrict: boolean;
  /** The status it refuses a request with. */
  readonly refusalStatus: 400 | 500;
  /** Whether it leaves the stop marker in when asked, and says what ended a completion. */
  readonly tellsStop: boolean;
  readonly tellsLogProbs: boolean;
  readonly tellsUsage: boolean;
  /** Part of `usage`. */
  readonly tellsCache: boolean;
}

/** The servers people run, as far as this project can see them differ. */
export const STYLES = {
  vllm: {
    several: "gives",
    isStrict: false,
    refusalStatus: 400,
    tellsStop: true,
    tellsLogProbs: true,
    tellsUsage: true,
    tellsCache: true,
  },
  "llama.cpp": {
    several: "refuses",
    isStrict: false,
    refusalStatus: 500,
    tellsStop: false,
    tellsLogProbs: true,
    tellsUsage: true,
    tellsCache: false,
  },
  ollama: {
    several: "ignores",
    isStrict: false,
    refusalStatus: 400,
    tellsStop: false,
    tellsLogProbs: false,
    tellsUsage: true,
    tellsCache: false,
  },
  openai: {
    several: "gives",
    isStrict: true,
    refusalStatus: 400,
    tellsStop: false,
    tellsLogProbs: true,
    tellsUsage: true,
    tellsCache: true,
  },
  bare: {
    several: "ignores",
    isStrict: false,
    refusalStatus: 400,
    tellsStop: false,
    tellsLogProbs: false,
    tellsUsage: false,
    tellsCache: false,
  },
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
  if (style.isStrict && unknown) return `Unrecognized request argument supplied: ${unknown}`;
  if (style.several === "refuses" && Number(body.n ?? 1) > 1) return "Only one completion choice is allowed";
  if (Number(body.top_k ?? -1) === 0) return "top_k must be -1 (disable), or at least 1, got 0.";
  return null;
}
