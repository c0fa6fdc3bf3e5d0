import { createParser } from "eventsource-parser";
import { z } from "zod";
import { LabError } from "../../core/errors";
import type { EndpointModel } from "../../ports/endpoint";
import { type Chunk, chunkSchema } from "./answer";
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
   * The events of a streamed answer.
   * @param silenceMs most milliseconds between two of them.
   * @throws EndpointFault; the signal's reason
   */
  chat(body: ChatBody, silenceMs: number, signal: AbortSignal): AsyncGenerator<Chunk>;
}

/** What a header can carry. Said before anything is sent: who refuses a header later repeats it. */
const SENDABLE = /^[ -~]*$/;

const HTML = /^\s*</;

/** The last event of a stream. */
const DONE = "[DONE]";

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
    throw refusal(response.status, await textOf(response), response.headers.get("retry-after"));
  };
  return {
    models: (signal) => models(send, signal),
    chat: (body, silenceMs, signal) => chat(send, body, silenceMs, signal),
  };
}

/** One HTTP request, a POST where it has a body. @throws EndpointFault for every answer but a good one. */
type Send = (path: string, init: { readonly body?: string; readonly signal: AbortSignal }) => Promise<Response>;

async function* chat(send: Send, body: ChatBody, silenceMs: number, signal: AbortSignal): AsyncGenerator<Chunk> {
  const silence = new AbortController();
  const watch = () => setTimeout(() => silence.abort(), silenceMs);
  let timer = watch();
  try {
    const either = AbortSignal.any([signal, silence.signal]);
    const response = await send("chat/completions", { body: JSON.stringify(body), signal: either });
    for await (const event of eventsOf(response)) {
      clearTimeout(timer);
      yield readChunk(event);
      timer = watch();
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (silence.signal.aborted) {
      throw new EndpointFault("silence", `nothing came for ${Math.round(silenceMs / 1000)} seconds`);
    }
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

/** The events of a stream; an answer in one piece, which some proxies make of it, as a single one. */
async function* eventsOf(response: Response): AsyncGenerator<unknown> {
  if (!response.headers.get("content-type")?.includes("text/event-stream")) {
    yield wholeAnswer(readJson(await textOf(response)));
    return;
  }
  for await (const data of serverSentEvents(response)) {
    const event = parseJson(data);
    if (event === undefined) throw new EndpointFault("garbage", "a part of its answer is not JSON");
    const error = errorIn(event);
    if (error) throw new EndpointFault("status", error.message, error.status ?? 500);
    yield event;
  }
}

/** What the events of a stream carry, up to the one that says it is done; what comes after that is read and dropped. */
async function* serverSentEvents({ body }: Response): AsyncGenerator<string> {
  let ready: string[] = [];
  let isDone = false;
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data }) => {
      isDone ||= data.startsWith(DONE);
      if (!isDone) ready.push(data);
    },
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") throw new EndpointFault("garbage", "a part of its answer has no end");
    },
  });
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      parser.feed(decoder.decode(part.value, { stream: true }));
      yield* ready;
      ready = [];
    }
  } catch (thrown) {
    throw brokenOff(thrown);
  } finally {
    void reader?.cancel().catch(() => {});
  }
}

/** A whole answer as the only event of a stream. @throws EndpointFault when it is none. */
function wholeAnswer(answer: object): unknown {
  const error = errorIn(answer);
  if (error) throw new EndpointFault("status", error.message, error.status ?? 500);
  const { choices } = answer as { choices?: unknown };
  if (!Array.isArray(choices)) throw new EndpointFault("garbage", "its answer holds no choices");
  return { ...answer, choices: choices.map((choice) => ({ ...choice, delta: choice?.message })) };
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
      }),
    )
    .nullable(),
});

async function models(send: Send, signal: AbortSignal): Promise<readonly EndpointModel[]> {
  try {
    const { success, data } = listSchema.safeParse(readJson(await textOf(await send("models", { signal }))));
    if (!success) throw new EndpointFault("garbage", "its list of models has another shape");
    return (data.data ?? []).map(({ id, max_model_len, context_length }) => ({
      id,
      contextLength: max_model_len ?? context_length ?? null,
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
function refusal(status: number, text: string, retryAfter: string | null): EndpointFault {
  const words = errorIn(parseJson(text))?.message ?? (text.trim() || "it says nothing more");
  const message = HTML.test(words) ? "it sent a web page" : words;
  return new EndpointFault("status", message, status, parseRetryAfter(retryAfter, Date.now()));
}

/** The `error` of an answer, which is an object with a message in most servers and a text in others; null without one. */
function errorIn(answer: unknown): { readonly message: string; readonly status: number | null } | null {
  const { error } = (answer ?? {}) as { error?: unknown };
  if (!error) return null;
  if (typeof error !== "object") return { message: String(error), status: null };
  const { message, code } = error as { message?: unknown; code?: unknown };
  const words = typeof message === "string" && message !== "" ? message : JSON.stringify(message || error);
  const status = Number(code);
  return { message: words, status: Number.isInteger(status) && status >= 400 && status < 600 ? status : null };
}
