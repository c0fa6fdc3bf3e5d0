import type { ClientOptions, OpenAI } from "openai";
import { LabError } from "../../core/errors";
import type { ChatBody } from "./chat-request";
import { type Chunk, chunkSchema } from "./chunk";
import { EndpointFault, parseRetryAfter } from "./endpoint-fault";

/** How an endpoint is reached. */
export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** One endpoint, call by call: no retries, no bound on what is under way. */
export interface EndpointConnection {
  /** The body of its answer to a request for its models. @throws EndpointFault; the signal's reason */
  models(signal: AbortSignal): Promise<unknown>;
  /**
   * The events of a streamed answer.
   * @param silenceMs most milliseconds between two of them.
   * @throws EndpointFault; the signal's reason
   */
  chat(body: ChatBody, silenceMs: number, signal: AbortSignal): AsyncGenerator<Chunk>;
}

/**
 * What the client would tell about itself. A server has to allow every header by name before a browser sends it (CORS),
 * and these are of use to nobody here.
 */
const UNSENT_HEADERS = [
  "User-Agent",
  "X-Stainless-Arch",
  "X-Stainless-Lang",
  "X-Stainless-OS",
  "X-Stainless-Package-Version",
  "X-Stainless-Retry-Count",
  "X-Stainless-Runtime",
  "X-Stainless-Runtime-Version",
  "X-Stainless-Timeout",
];

/** The client insists on a key; without one the header is left out, and this goes nowhere. */
const NO_KEY = "none";

const HTML = /^\s*</;

/** What a header can carry. Said before anything is sent: who refuses a header later repeats it. */
const SENDABLE = /^[ -~]*$/;

type Library = typeof import("openai");

/**
 * Loads the client library; nothing is sent yet.
 * @throws LabError `model/unauthorized` for a key that cannot be sent.
 */
export async function connect({ baseUrl, apiKey: given, fetch }: ConnectionOptions): Promise<EndpointConnection> {
  const apiKey = given?.trim();
  if (apiKey && !SENDABLE.test(apiKey)) {
    throw new LabError(
      "model/unauthorized",
      "The key holds characters that no key has.",
      "Copy it again: quotes, line breaks or invisible characters may have come along.",
    );
  }
  const library = await import("openai");
  const withheld = apiKey ? UNSENT_HEADERS : [...UNSENT_HEADERS, "Authorization"];
  const options: ClientOptions = {
    baseURL: baseUrl,
    apiKey: apiKey || NO_KEY,
    organization: null,
    project: null,
    // The key belongs to whoever sits in front of this page, and goes nowhere but to the server they named.
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    logLevel: "off",
    defaultHeaders: Object.fromEntries(withheld.map((name) => [name, null])),
    ...(fetch ? { fetch } : {}),
  };
  const client = new library.OpenAI(options);
  return {
    models: (signal) => models(client, library, signal),
    chat: (body, silenceMs, signal) => chat(client, library, body, silenceMs, signal),
  };
}

async function models(client: OpenAI, library: Library, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await client.models.list({ signal }).asResponse();
    return readJson(await response.text());
  } catch (thrown) {
    signal.throwIfAborted();
    throw toFault(thrown, library);
  }
}

async function* chat(
  client: OpenAI,
  library: Library,
  body: ChatBody,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const silence = new AbortController();
  const watch = () => setTimeout(() => silence.abort(), silenceMs);
  let timer = watch();
  try {
    const params = body as unknown as Parameters<typeof client.chat.completions.create>[0] & { stream: true };
    const call = client.chat.completions.create(params, { signal: AbortSignal.any([signal, silence.signal]) });
    for await (const event of events(await call.withResponse())) {
      clearTimeout(timer);
      yield readChunk(event);
      timer = watch();
    }
    // The client ends the events of an aborted stream as if it were complete.
    signal.throwIfAborted();
    if (silence.signal.aborted) throw new Error("Silence");
  } catch (thrown) {
    signal.throwIfAborted();
    if (silence.signal.aborted) {
      throw new EndpointFault("silence", `nothing came for ${Math.round(silenceMs / 1000)} seconds`);
    }
    throw toFault(thrown, library);
  } finally {
    clearTimeout(timer);
  }
}

/** The events of a stream; an answer in one piece, which some proxies make of it, as a single one. */
async function* events({
  data,
  response,
}: {
  readonly data: AsyncIterable<unknown>;
  readonly response: Response;
}): AsyncGenerator<unknown> {
  if (response.headers.get("content-type")?.includes("text/event-stream")) {
    yield* data;
    return;
  }
  const whole = readJson(await response.text()) as { choices?: unknown; error?: { message?: unknown; code?: unknown } };
  if (whole.error) throw new EndpointFault("status", String(whole.error.message), codeOf(whole.error.code) ?? 500);
  if (!Array.isArray(whole.choices)) throw new EndpointFault("garbage", "its answer holds no choices");
  yield { ...whole, choices: whole.choices.map((choice) => ({ ...choice, delta: choice?.message })) };
}

function readJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    if (HTML.test(text)) throw new EndpointFault("garbage", "it sent a web page");
  }
  throw new EndpointFault("garbage", text === "" ? "its answer is empty" : "its answer is not JSON");
}

function readChunk(event: unknown): Chunk {
  const { success, data, error } = chunkSchema.safeParse(event);
  if (success) return data;
  const where = error.issues[0]?.path.join(".") || "the whole";
  throw new EndpointFault("garbage", `a part of its answer has the wrong shape (${where})`);
}

/** What the client throws, told apart. */
function toFault(thrown: unknown, { APIConnectionError, APIError }: Library): unknown {
  if (thrown instanceof EndpointFault) return thrown;
  if (thrown instanceof APIConnectionError) return new EndpointFault("connection", "no answer");
  if (thrown instanceof APIError) {
    const { status, headers } = thrown;
    const words = thrown.message.replace(/^\d{3} /, "");
    const message = HTML.test(words) ? "it sent a web page" : words;
    // An error in the middle of a stream has no status of its own.
    if (status === undefined) return new EndpointFault("status", message, codeOf(thrown.code) ?? 500);
    return new EndpointFault(
      "status",
      message,
      status,
      parseRetryAfter(headers?.get("retry-after") ?? null, Date.now()),
    );
  }
  if (thrown instanceof SyntaxError) return new EndpointFault("garbage", "a part of its answer is not JSON");
  // What fetch throws when a body breaks off.
  if (thrown instanceof TypeError) return new EndpointFault("cut", "the answer broke off");
  return thrown;
}

function codeOf(code: unknown): number | null {
  const status = Number(code);
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : null;
}
