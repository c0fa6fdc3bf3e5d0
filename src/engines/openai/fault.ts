import { type ErrorCode, LabError } from "../../core/errors";

/** What can go wrong between here and an endpoint. */
export type FaultKind =
  /** Answered with an error status. */
  | "status"
  /** No answer at all: no server there, or one whose answer the browser withholds. */
  | "connection"
  /** The answer broke off. */
  | "cut"
  /** Nothing came for too long. */
  | "silence"
  /** The answer is not what the protocol asks for. */
  | "garbage";

/** Something that went wrong between here and an endpoint, before it is put into words for people. */
export class EndpointFault extends Error {
  readonly kind: FaultKind;
  /** Of the HTTP answer; 0 for every kind but `status`. */
  readonly status: number;
  /** Milliseconds the server asks to wait; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** The field of the request that a server says it minds; null when it says none. */
  readonly field: string | null;

  /** @param message the server's own words, or what was seen instead of an answer. */
  constructor(
    kind: FaultKind,
    message: string,
    {
      status = 0,
      retryAfterMs = null,
      field = null,
    }: Partial<Pick<EndpointFault, "status" | "retryAfterMs" | "field">> = {},
  ) {
    super(message);
    this.name = "EndpointFault";
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.field = field;
  }
}

const TRANSIENT_STATUS = new Set([408, 425, 429]);

/** Whether the same request may well succeed a little later. */
export function isTransient({ kind, status }: EndpointFault): boolean {
  if (kind === "status") return TRANSIENT_STATUS.has(status) || status >= 500;
  return kind === "connection" || kind === "cut" || kind === "silence";
}

/** What servers answer, or the proxies in front of them, while they load a model, restart, or have too much to do. */
const BUSY_STATUS = new Set([429, 502, 503, 504]);

/** Whether it may take minutes until the same request succeeds: a server that loads, restarts, or has too much to do. */
export function isWaitedFor({ kind, status }: EndpointFault): boolean {
  return kind === "connection" || (kind === "status" && BUSY_STATUS.has(status));
}

/** Whether a server says that it has too much to do. */
export function isOverload({ kind, status, message }: EndpointFault): boolean {
  return kind === "status" && (status === 429 || (status === 503 && !/load/i.test(message)));
}

/**
 * Milliseconds that a `Retry-After` header asks for (seconds or a date); null without one, or when it cannot be read.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

const CONTEXT =
  /context (length|size|window)|maximum context|max_model_len|exceed\w* .*context|(?<!array )too (long|many tokens)/i;

/** Whether a server refused a prompt because it is too long. */
export function isContextFault({ kind, status, message }: EndpointFault): boolean {
  return (
    kind === "status" && (status === 400 || status === 413 || status === 422 || status === 500) && CONTEXT.test(message)
  );
}

/** Where a fault happened, as far as it helps to mend it. */
export interface FaultPlace {
  readonly baseUrl: string;
  readonly model?: string;
  readonly apiKey?: string | undefined;
  /** What the server lists, when it is known. */
  readonly listedModels?: readonly string[];
  /** Whether it has answered before. */
  readonly hasAnswered?: boolean;
  /** Of the page, such as `https:`; empty outside a browser. */
  readonly pageProtocol: string;
}

/** Longest part of a server's own words that is shown. */
const MAX_QUOTE = 200;

/** Most models named in a sentence. */
const MAX_NAMES = 8;

/** A fault in words for people: one sentence, and how to mend it. The key is never part of it. */
export function describeFault(fault: EndpointFault, place: FaultPlace): LabError {
  const host = hostOf(place.baseUrl);
  switch (fault.kind) {
    case "status":
      return statusError(fault, place);
    case "connection":
      return connectionError(place);
    case "cut":
      return new LabError(
        "model/server",
        `${host} broke off its answers again and again.`,
        "Look at the server's log, then run again.",
      );
    case "silence":
      return new LabError(
        "model/timeout",
        `${host} was silent for too long: ${fault.message}.`,
        "Look at the server's log, lower the number of parallel requests, or try again.",
      );
    case "garbage":
      return new LabError(
        "model/bad-answer",
        `${host} does not answer like an OpenAI-compatible server: ${quote(fault.message, place.apiKey)}.`,
        "Check the base URL, which usually ends in /v1.",
      );
  }
}

function hostOf(baseUrl: string): string {
  try {
    return new URL(baseUrl).host;
  } catch {
    return baseUrl;
  }
}

/** A server's words in one line, cut to a bearable length, without the key that a careless server repeats. */
function quote(words: string, apiKey: string | undefined): string {
  const key = apiKey?.trim();
  const open = key ? words.replaceAll(key, "[key]") : words;
  const line = open.replace(/\s+/g, " ").trim();
  return line.length > MAX_QUOTE ? `${line.slice(0, MAX_QUOTE)}...` : line;
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}

function connectionError({ baseUrl, pageProtocol, hasAnswered }: FaultPlace): LabError {
  const host = hostOf(baseUrl);
  if (hasAnswered) {
    return new LabError(
      "model/unreachable",
      `${host} has answered before, but does not any more.`,
      "Check the connection and whether the server still runs, then run again.",
    );
  }
  if (pageProtocol === "https:" && baseUrl.startsWith("http:") && !isLocal(host)) {
    return new LabError(
      "model/mixed-content",
      `The browser does not let this page, which came over https, call ${host} over http.`,
      "Serve the endpoint over https, or open this app from http://localhost.",
    );
  }
  return new LabError(
    "model/cors",
    `${host} cannot be reached: no server answers there, or it does not allow calls from web pages (CORS).`,
    "Check the address, and let the browser reach your local network if it asks. To allow this page: " +
      "vLLM --allowed-origins '[\"*\"]' (its default), " +
      "Ollama OLLAMA_ORIGINS=*, SGLang and llama.cpp server allow every page unless a proxy in front of them does not.",
  );
}

function noSuchModel({ baseUrl, model = "", listedModels = [] }: FaultPlace): LabError {
  const host = hostOf(baseUrl);
  const named = listedModels.slice(0, MAX_NAMES).join(", ");
  const more = listedModels.length > MAX_NAMES ? ` and ${listedModels.length - MAX_NAMES} more` : "";
  return new LabError(
    "model/no-such-model",
    listedModels.length > 0
      ? `${host} does not know the model "${model}".`
      : `${host} has nothing at this address${model === "" ? "" : `, or does not know the model "${model}"`}.`,
    listedModels.length > 0
      ? `It serves ${named}${more}.`
      : "Check the base URL, which usually ends in /v1, and the model's name.",
  );
}

function statusError(fault: EndpointFault, place: FaultPlace): LabError {
  const host = hostOf(place.baseUrl);
  const { status } = fault;
  const words = quote(fault.message, place.apiKey);
  const error = (code: ErrorCode, message: string, hint: string) => new LabError(code, message, hint);
  if (isContextFault(fault)) {
    return error(
      "model/context",
      `The prompt is too long for the model at ${host}: ${words}`,
      "Shorten the problem, ask for shorter steps, or start the server with a larger context.",
    );
  }
  if (status === 401 || status === 403) {
    // What a server says here may repeat parts of the key.
    return place.apiKey
      ? error(
          "model/unauthorized",
          `${host} refused the key (${status}).`,
          "Enter the key again in the model's settings.",
        )
      : error("model/unauthorized", `${host} wants a key (${status}).`, "Enter one in the model's settings.");
  }
  if (status === 404) return noSuchModel(place);
  if (status === 429) {
    return error(
      "model/rate-limit",
      `${host} still answers that it gets too many requests (429): ${words}`,
      "Wait a little, or lower the number of parallel requests.",
    );
  }
  if (status >= 500 || status === 408) {
    return error("model/server", `${host} failed (${status}): ${words}`, "Look at the server's log, then run again.");
  }
  return error("model/refused", `${host} refused the request (${status}): ${words}`, "Check the model's settings.");
}
