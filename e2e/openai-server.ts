import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { GREETING } from "../src/engines/openai/request";
import { type ChatCall, planCompletions, promptTextOf, type Script, tokensOf } from "./openai-completion";
import { EndlessCache, Slots } from "./openai-slots";
import { refusalOf, STYLES } from "./openai-style";

/** Something that goes wrong instead of one answer. */
export type Failure =
  | { readonly status: number; readonly body?: string; readonly headers?: OutgoingHttpHeaders }
  /** The connection breaks after half of the answer. */
  | "cut"
  /** The answer stops coming after its first token. */
  | "silence"
  /** Events that are no JSON; a web page; nothing. */
  | "garbage"
  | "html"
  | "empty";

/** What kind of server, and what its model says. */
export interface OpenAiServerOptions {
  readonly script: Script;
  /** Default: vllm. */
  readonly style?: keyof typeof STYLES;
  /** The models it serves. Default: `scripted`. */
  readonly models?: readonly string[];
  /** The key it asks for; without it, none. */
  readonly apiKey?: string;
  /** Whether web pages may call it. Default: yes. */
  readonly allowsPages?: boolean;
  readonly msPerToken?: number;
}

/** A server that speaks the protocol of OpenAI's chat completions, on a free local port. */
export interface OpenAiServer {
  /** Ends with `/v1`. */
  readonly baseUrl: string;
  /** Every call but greetings, also those that failed. */
  readonly calls: readonly ChatCall[];
  /** Most calls that were under way at once. */
  readonly mostUnderWay: number;
  /** Calls whose client went away before the end. */
  readonly cancelled: number;
  /** What the calls in {@link calls} came to by the server's own account, in tokens: sent to it, computed, sampled by it. */
  readonly tokens: { readonly prompt: number; readonly prefilled: number; readonly sampled: number };
  /** While it loads its model, it answers everything with 503. */
  isLoading: boolean;
  /** Lets the next calls, greetings included, go wrong, one each. */
  failNext(...failures: readonly Failure[]): void;
  /** Is gone, and comes back with `open`. */
  close(): Promise<void>;
  /** At the same address. */
  open(): Promise<void>;
}

/** What the model gets told first gets no answer from the script: scripts are about problems. */
function isGreeting({ body }: ChatCall): boolean {
  return JSON.stringify(body.messages) === JSON.stringify(GREETING.prompt);
}

const SENT_MS = 20;

class ScriptedServer {
  readonly calls: ChatCall[] = [];
  readonly failures: Failure[] = [];
  readonly tokens = { prompt: 0, prefilled: 0, sampled: 0 };
  mostUnderWay = 0;
  cancelled = 0;
  isLoading = false;
  #underWay = 0;
  readonly #places: Slots | EndlessCache;
  readonly #options: Required<Omit<OpenAiServerOptions, "apiKey">> & { readonly apiKey: string | undefined };

  constructor({
    style = "vllm",
    models = ["scripted"],
    allowsPages = true,
    msPerToken = 0,
    apiKey,
    script,
  }: OpenAiServerOptions) {
    this.#options = { style, models, allowsPages, msPerToken, apiKey, script };
    const { several } = STYLES[style];
    this.#places = typeof several === "number" ? new Slots(several) : new EndlessCache();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { allowsPages, apiKey, models } = this.#options;
    if (allowsPages) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Expose-Headers", "Retry-After");
      response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "");
    }
    if (request.method === "OPTIONS") response.writeHead(allowsPages ? 204 : 405).end();
    else if (apiKey && request.headers.authorization !== `Bearer ${apiKey}`) {
      sendError(response, 401, `Incorrect API key provided: ${request.headers.authorization ?? "none"}`);
    } else if (this.isLoading) {
      sendJson(response, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503);
    } else if (request.url === "/v1/models") {
      sendJson(response, { data: models.map((id) => ({ id, ...this.#contextLength() })) });
    } else if (request.url === "/v1/chat/completions") {
      const body = JSON.parse(await textOf(request)) as ChatCall["body"];
      await this.#chat({ body, headers: request.headers }, response);
    } else sendError(response, 404, "Not Found");
  }

  async #chat(call: ChatCall, response: ServerResponse): Promise<void> {
    if (!isGreeting(call)) this.calls.push(call);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    response.on("close", () => {
      this.#underWay--;
      if (!response.writableFinished) this.cancelled++;
    });
    const failure = this.failures.shift();
    const style = STYLES[this.#options.style];
    const refusal = refusalOf(style, call.body);
    if (failure && typeof failure === "object") {
      response.writeHead(failure.status, { "Content-Type": "application/json", ...failure.headers });
      response.end(failure.body ?? JSON.stringify({ error: { message: "Out of order" } }));
    } else if (failure === "html") response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Hi");
    else if (refusal) sendError(response, style.refusalStatus, refusal);
    else if (!this.#options.models.includes(call.body.model)) {
      sendError(response, 404, `The model \`${call.body.model}\` does not exist.`);
    } else await this.#stream(call, response, failure);
  }

  #contextLength(): object {
    const { contextField } = STYLES[this.#options.style];
    if (contextField === "meta") return { meta: { n_ctx: 4096, n_ctx_train: 32768 } };
    return contextField === null ? {} : { [contextField]: 4096 };
  }

  async #stream(call: ChatCall, response: ServerResponse, failure?: Failure): Promise<void> {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if (failure === "empty") return void response.end();
    if (failure === "garbage") return void response.end("data: {not json\n\n");
    const style = STYLES[this.#options.style];
    const prompt = tokensOf(promptTextOf(call));
    const place = await this.#places.take(prompt, call.body.n ?? 1);
    try {
      const script: Script = isGreeting(call) ? () => "Yes" : this.#options.script;
      const { events, sampled, said } = planCompletions(call, script, style, place.cached);
      const isWhole = await this.#send(events, response, failure);
      if (isWhole && !isGreeting(call)) {
        this.tokens.prompt += prompt.length;
        this.tokens.prefilled += prompt.length - place.cached;
        this.tokens.sampled += sampled;
      }
      place.leave(tokensOf(said));
    } catch (thrown) {
      place.leave([]);
      throw thrown;
    }
  }

  /** @returns whether all of it went out. */
  async #send(events: readonly unknown[], response: ServerResponse, failure?: Failure): Promise<boolean> {
    for (const [i, event] of events.entries()) {
      if (response.closed) return false;
      if (failure === "cut" && i >= events.length / 2) {
        // What was written has to leave first.
        await pause(SENT_MS);
        response.destroy();
        return false;
      }
      if (failure === "silence" && i > 0) {
        await new Promise((resolve) => response.on("close", resolve));
        return false;
      }
      response.write(`data: ${JSON.stringify(event)}\n\n`);
      if (this.#options.msPerToken > 0) await pause(this.#options.msPerToken);
    }
    response.end("data: [DONE]\n\n");
    return true;
  }
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

function sendError(response: ServerResponse, status: number, message: string): void {
  sendJson(response, { error: { message } }, status);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Starts a server whose model says what a script tells it. */
export async function startOpenAiServer(options: OpenAiServerOptions): Promise<OpenAiServer> {
  const scripted = new ScriptedServer(options);
  const server = createServer((request, response) => {
    scripted.handle(request, response).catch((thrown: unknown) => sendError(response, 500, String(thrown)));
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, "localhost", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://localhost:${port}/v1`,
    calls: scripted.calls,
    tokens: scripted.tokens,
    get mostUnderWay() {
      return scripted.mostUnderWay;
    },
    get cancelled() {
      return scripted.cancelled;
    },
    get isLoading() {
      return scripted.isLoading;
    },
    set isLoading(value) {
      scripted.isLoading = value;
    },
    failNext: (...failures) => void scripted.failures.push(...failures),
    open: () => listen(port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
