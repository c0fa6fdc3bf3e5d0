import type { LabError } from "../../core/errors";
import type { EndpointModel } from "../../ports/endpoint";
import { type Answer, readAnswer } from "./answer";
import { type ConnectionOptions, connect, type EndpointConnection } from "./connection";
import { describeFault, EndpointFault, isContextFault, isTransient } from "./fault";
import type { ChatBody, Dialect } from "./request";

/** Time, as far as retries need it. */
export interface RetryClock {
  /** Resolves after `ms`; rejects with the signal's reason when it fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

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

  /** Sends nothing yet. @throws LabError `model/unauthorized` for a key that cannot be sent. */
  constructor(options: EndpointOptions, dialect: Dialect) {
    this.#options = options;
    this.#connection = connect(options);
    this.#dialect = dialect;
    this.#gate = new RequestGate(options.parallelRequests);
  }

  /** The models it lists; none when it does not say, or not in time. @throws the signal's reason */
  async models(signal: AbortSignal): Promise<readonly EndpointModel[]> {
    const late = AbortSignal.timeout(LIST_PATIENCE_MS);
    const listed = await this.#connection.models(AbortSignal.any([signal, late])).catch(() => []);
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

const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** A server that wants a longer rest than this gets no more requests from this run. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Does `work` until it succeeds, at most five times; only faults that may pass are tried again.
 * @param mayRetry has the last word on a fault that may pass.
 * @throws EndpointFault the last one; the signal's reason; whatever else `work` throws.
 */
async function withRetries<T>(
  work: () => Promise<T>,
  mayRetry: (fault: EndpointFault) => boolean,
  clock: RetryClock,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof EndpointFault) || !isTransient(thrown) || !mayRetry(thrown)) throw thrown;
      const wait = waitMs(attempt, thrown, clock.random());
      if (attempt === MAX_ATTEMPTS || wait > LONGEST_RETRY_AFTER_MS) throw thrown;
      await clock.sleep(wait, signal);
    }
  }
}

/**
 * Milliseconds before attempt number `attempt` + 1: exponential, with jitter over its upper half so that requests that
 * failed together do not come back together; never less than the server asks for.
 * @param attempt counts from 1.
 */
function waitMs(attempt: number, { retryAfterMs }: EndpointFault, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterMs ?? 0, full * (0.5 + random / 2));
}

/** The real time. */
const REAL_CLOCK: RetryClock = {
  random: Math.random,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const cancel = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", cancel);
        resolve();
      }, ms);
      signal.addEventListener("abort", cancel, { once: true });
    }),
};

/** Lets a bounded number of pieces of work run at once; the others wait in the order they came. */
class RequestGate {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param limit at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws the signal's reason, at once, when it fires before the work begins. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#underWay < this.#limit) this.#underWay++;
    else await this.#place(signal);
    try {
      return await work();
    } finally {
      // Whoever waits takes over this place, so that nobody can slip in between.
      const [next] = this.#waiting;
      if (next) next();
      else this.#underWay--;
    }
  }

  #place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
