import type { LabError } from "../../core/errors";
import type { EndpointModel } from "../../ports/endpoint";
import { type Answer, readAnswer } from "./answer";
import type { ChatBody } from "./chat-request";
import { type ConnectionOptions, connect, type EndpointConnection } from "./connection";
import { describeFault, isContextFault } from "./describe-fault";
import type { Dialect } from "./dialect";
import { EndpointFault } from "./endpoint-fault";
import { listModels } from "./model-list";
import { RequestGate } from "./request-gate";
import { REAL_CLOCK, type RetryClock, withRetries } from "./retry";

/** How an endpoint is called. */
export interface EndpointOptions extends ConnectionOptions {
  readonly model: string;
  /** Requests that may be under way at once, at least 1. */
  readonly parallelRequests: number;
  readonly clock?: RetryClock | undefined;
}

/** Refusals of a field after which a request is given up: more than there are fields. */
const MAX_REFUSALS = 12;

/** The list only helps: nothing waits for it long. */
const LIST_PATIENCE_MS = 10_000;

/**
 * An endpoint with all the patience it takes: bounded concurrency, retries, a dialect that is learned, errors in words.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #connection: EndpointConnection;
  readonly #dialect: Dialect;
  readonly #gate: RequestGate;
  #hasAnswered = false;

  private constructor(options: EndpointOptions, connection: EndpointConnection, dialect: Dialect) {
    this.#options = options;
    this.#connection = connection;
    this.#dialect = dialect;
    this.#gate = new RequestGate(options.parallelRequests);
  }

  static async open(options: EndpointOptions, dialect: Dialect): Promise<Endpoint> {
    return new Endpoint(options, await connect(options), dialect);
  }

  /** The models it lists; none when it does not say, or not in time. @throws the signal's reason */
  async models(signal: AbortSignal): Promise<readonly EndpointModel[]> {
    const late = AbortSignal.timeout(LIST_PATIENCE_MS);
    const listed = await listModels(this.#connection, AbortSignal.any([signal, late])).catch(() => []);
    signal.throwIfAborted();
    return listed;
  }

  /** @throws LabError `model/*`; the signal's reason, at once. */
  async ask(bodyIn: (dialect: Dialect) => ChatBody, silenceMs: number, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#gate.run(() => this.#askInDialect(bodyIn, silenceMs, signal), signal);
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown instanceof EndpointFault ? await this.#describe(thrown, signal) : thrown;
    }
  }

  /** Says the same in other words for as long as the server minds words it can do without. */
  async #askInDialect(bodyIn: (dialect: Dialect) => ChatBody, silenceMs: number, signal: AbortSignal): Promise<Answer> {
    for (let refusals = 0; ; refusals++) {
      const body = bodyIn(this.#dialect);
      try {
        return await this.#askWithRetries(body, silenceMs, signal);
      } catch (thrown) {
        if (!(thrown instanceof EndpointFault) || refusals === MAX_REFUSALS) throw thrown;
        if (!this.#isRefusal(thrown, body)) throw thrown;
        this.#dialect.learn(thrown.message, body);
        if (JSON.stringify(bodyIn(this.#dialect)) === JSON.stringify(body)) throw thrown;
      }
    }
  }

  /** Whether the server minds how it was asked. llama.cpp calls that a failure of its own (500), but names the field. */
  #isRefusal(fault: EndpointFault, body: ChatBody): boolean {
    const { kind, status, message } = fault;
    if (kind !== "status" || isContextFault(fault)) return false;
    return status === 400 || status === 422 || (status === 500 && this.#dialect.named(message, body).length > 0);
  }

  #askWithRetries(body: ChatBody, silenceMs: number, signal: AbortSignal): Promise<Answer> {
    const attempt = async () => {
      const answer = await readAnswer(this.#connection.chat(body, silenceMs, signal));
      this.#hasAnswered = true;
      return answer;
    };
    // A browser does not tell a server that is not there from one that refuses this page: neither comes to its senses
    // soon.
    const mayRetry = (fault: EndpointFault) =>
      !isContextFault(fault) && !this.#isRefusal(fault, body) && (fault.kind !== "connection" || this.#hasAnswered);
    return withRetries(attempt, mayRetry, this.#options.clock ?? REAL_CLOCK, signal);
  }

  async #describe(fault: EndpointFault, signal: AbortSignal): Promise<LabError> {
    const { baseUrl, apiKey, model } = this.#options;
    const pageProtocol = globalThis.location?.protocol ?? "";
    const place = { baseUrl, apiKey, model, pageProtocol, hasAnswered: this.#hasAnswered };
    if (fault.kind !== "status" || fault.status !== 404) return describeFault(fault, place);
    const listed = await this.models(signal);
    return describeFault(fault, { ...place, listedModels: listed.map(({ id }) => id) });
  }
}
