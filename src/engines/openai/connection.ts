import { createParser } from "eventsource-parser";
import { z } from "zod";
import { LabError } from "../../core/errors";
import type { EndpointModel } from "../../ports/endpoint";
import { type Chunk, chunkSchema, DONE } from "./answer";
import { EndpointFault, parseRetryAfter } from "./fault";
import type { ChatBody } from "./request";

/** How an endpoint is reached. */
export interface ConnectionOptions {
  /** Such as `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** One endpoint, call by call: no retries, no bound on what is under way. */
export interface EndpointConnection {
  /** The models it lists. @throws EndpointFault when it does not answer, or not with a list; the signal's reason */
  models(signal: AbortSignal): Promise<readonly EndpointModel[]>;
  /**
   * The events of a streamed answer, and `DONE` when it says that it has ended.
   * @param onLife called whenever something comes, be it a comment that only says that the server is still there.
   * @throws EndpointFault; the signal's reason
   */
  chat(body: ChatBody, onLife: () => void, signal: AbortSignal): AsyncGenerator<Chunk | typeof DONE>;
}

/** What a header can carry. Said before anything is sent: who refuses a header later repeats it. */
const SENDABLE = /^[ -~]*$/;

const HTML = /^\s*</;

/** What the last event of a stream carries. */
const END = "[DONE]";

/** How long a stream that says it has ended may take to close; closed by us, its connection would be lost. */
const CLOSING_MS = 2000;

/** Characters of one event, of which the longest hold a few hundred alternatives to a token. */
const LONGEST_EVENT = 2 ** 24;

/**
 * The connection to an endpoint; nothing is sent yet. No header but those that the protocol asks for is ever sent: a
 * server has to allow every other one by name before a browser sends it (CORS).
 * @throws LabError `model/unauthorized` for a key that cannot be sent.
 */
export function connect({ baseUrl, apiKey: given, fetch = globalThis.fetch }: ConnectionOptions): EndpointConnection {
  const apiKey = given?.trim();
  if (apiKey && !SENDABLE.test(apiKey)) {
    throw new LabError(
      "model/unauthorized",
      "The key holds characters that no key has.",
      "Copy it again: quotes, line breaks or invisible characters may have come along.",
    );
  }
  const headers = { Accept: "application/json", ...(apiKey ? { Authorization: `Bearer ${apiKey}` } : {}) };
  const send: Send = async (path, { body, signal }) => {
    const withBody = { "Content-Type": "application/json", ...headers };
    const request = body === undefined ? { headers } : { method: "POST", headers: withBody, body };
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/${path}`, { ...request, signal }).catch(() => {
      throw new EndpointFault("connection", "no answer");
    });
    if (response.ok) return response;
    throw refusal(response, await textOf(response));
  };
  return {
    models: (signal) => models(send, signal),
    chat: (body, onLife, signal) => chat(send, body, onLife, signal),
  };
}

/** One HTTP request, a POST where it has a body. @throws EndpointFault for every answer but a good one. */
type Send = (path: string, init: { readonly body?: string; readonly signal: AbortSignal }) => Promise<Response>;

async function* chat(
  send: Send,
  body: ChatBody,
  onLife: () => void,
  signal: AbortSignal,
): AsyncGenerator<Chunk | typeof DONE> {
  try {
    const response = await send("chat/completions", { body: JSON.stringify(body), signal });
    onLife();
    for await (const event of eventsOf(piecesOf(response, onLife))) yield event === DONE ? DONE : readChunk(event);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

/** The text of a body as it comes. */
async function* piecesOf({ body }: Response, onLife: () => void): AsyncGenerator<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let isRead = false;
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      onLife();
      yield decoder.decode(part.value, { stream: true });
    }
    isRead = true;
  } catch (thrown) {
    throw brokenOff(thrown);
  } finally {
    if (reader && !isRead) void letClose(reader);
  }
}

/** Reads and drops what is left of a body, which is mostly nothing but its end. */
async function letClose(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), CLOSING_MS);
  try {
    while ((await reader.read()).value);
  } catch {
    // Whoever wanted it has all there is to want.
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The events of an answer. Told by how it begins, since servers and proxies call a stream by other names (`text/plain`), and put an
 * answer in one piece where a stream was asked for.
 */
async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<unknown> {
  let begun = "";
  const iterator = pieces[Symbol.asyncIterator]();
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    begun += next.value;
    if (begun.trim() !== "") break;
  }
  const all = async function* () {
    yield begun;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  if (/^\s*[[{<]/.test(begun) || begun.trim() === "") {
    let text = "";
    for await (const piece of all()) text += piece;
    yield wholeAnswer(readJson(text));
    yield DONE;
    return;
  }
  for await (const data of serverSentEvents(all())) {
    if (data.startsWith(END)) {
      yield DONE;
      return;
    }
    const event = parseJson(data);
    if (event === undefined) throw new EndpointFault("garbage", "a part of its answer is not JSON");
    const error = errorIn(event);
    if (error) throw new EndpointFault("status", error.message, { status: error.status ?? 500, field: error.field });
    yield event;
  }
}

/** Names of events that only say that the server is still there. */
const PING = /^(ping|keep-?alive|heartbeat)$/i;

/** What the events of a stream carry. */
async function* serverSentEvents(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let ready: string[] = [];
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data, event }) => {
      if (data.trim() !== "" && !PING.test(event ?? "")) ready.push(data);
    },
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") throw new EndpointFault("garbage", "a part of its answer has no end");
    },
  });
  for await (const piece of pieces) {
    parser.feed(piece);
    yield* ready;
    ready = [];
  }
  // Some leave out the blank line behind their last event.
  parser.feed("\n\n");
  yield* ready;
}

/** A whole answer as the only event of a stream. @throws EndpointFault when it is none. */
function wholeAnswer(answer: object): unknown {
  const error = errorIn(answer);
  if (error) throw new EndpointFault("status", error.message, { status: error.status ?? 500, field: error.field });
  if (!("choices" in answer) || !Array.isArray(answer.choices)) {
    throw new EndpointFault("garbage", "its answer holds no choices");
  }
  return answer;
}

function readChunk(event: unknown): Chunk {
  const { success, data, error } = chunkSchema.safeParse(event);
  if (success) return data;
  const where = error.issues[0]?.path.join(".") || "the whole";
  throw new EndpointFault("garbage", `a part of its answer has the wrong shape (${where})`);
}

const length = z.number().int().positive().nullish().catch(null);

const listSchema = z.object({
  data: z
    .array(
      z.object({
        id: z.string(),
        /** vLLM and SGLang. */
        max_model_len: length,
        /** Several hosted services. */
        context_length: length,
        /** LM Studio. */
        max_context_length: length,
        /** llama.cpp: of one slot. */
        meta: z.object({ n_ctx: length }).nullish().catch(null),
      }),
    )
    .nullable(),
});

async function models(send: Send, signal: AbortSignal): Promise<readonly EndpointModel[]> {
  try {
    const { success, data } = listSchema.safeParse(readJson(await textOf(await send("models", { signal }))));
    if (!success) throw new EndpointFault("garbage", "its list of models has another shape");
    return (data.data ?? []).map(({ id, meta, max_model_len, context_length, max_context_length }) => ({
      id,
      contextLength: max_model_len ?? context_length ?? meta?.n_ctx ?? max_context_length ?? null,
    }));
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  }
}

function textOf(response: Response): Promise<string> {
  return response.text().catch((thrown) => {
    throw brokenOff(thrown);
  });
}

/** What `fetch` throws when a body breaks off is a `TypeError`, as all it throws. */
function brokenOff(thrown: unknown): unknown {
  return thrown instanceof TypeError ? new EndpointFault("cut", "the answer broke off") : thrown;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readJson(text: string): object {
  const value = parseJson(text);
  if (typeof value === "object" && value !== null) return value;
  if (value === undefined && HTML.test(text)) throw new EndpointFault("garbage", "it sent a web page");
  throw new EndpointFault("garbage", text === "" ? "its answer is empty" : "its answer is not JSON");
}

/** An answer with an error status, in the server's own words as far as it has some. */
function refusal({ status, headers }: Response, text: string): EndpointFault {
  const error = errorIn(parseJson(text));
  const words = error?.message ?? (text.trim() || "it says nothing more");
  const message = HTML.test(words) ? "it sent a web page" : words;
  const retryAfterMs = parseRetryAfter(headers.get("retry-after"), Date.now());
  return new EndpointFault("status", message, { status, retryAfterMs, field: error?.field ?? null });
}

interface ServerError {
  readonly message: string;
  readonly status: number | null;
  /** The field of the request that it minds, where it says so. */
  readonly field: string | null;
}

/** The `error` of an answer, which is an object with a message in most servers and a text in others; null without one. */
function errorIn(answer: unknown): ServerError | null {
  const { error } = (answer ?? {}) as { error?: unknown };
  if (!error) return null;
  if (typeof error !== "object") return { message: String(error), status: null, field: null };
  const { message, code, param } = error as { message?: unknown; code?: unknown; param?: unknown };
  const words = typeof message === "string" && message !== "" ? message : JSON.stringify(message || error);
  const status = Number(code);
  return {
    message: words,
    status: Number.isInteger(status) && status >= 400 && status < 600 ? status : null,
    field: typeof param === "string" && param !== "" ? param : null,
  };
}
