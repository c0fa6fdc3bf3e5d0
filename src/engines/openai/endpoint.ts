import type { LabError } from "../../core/errors";
import type { EndpointModel } from "../../ports/endpoint";
import { type Answer, type Chunk, DONE, readAnswer } from "./answer";
import { type ConnectionOptions, connect, type EndpointConnection } from "./connection";
import { type Dialect, mindsSystem } from "./dialect";
import { describeFault, EndpointFault, isContextFault, isOverload, isTransient, isWaitedFor } from "./fault";
import { RequestGate } from "./gate";
import type { ChatBody } from "./request";

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
  /** Most milliseconds without a sign of life from an answer under way. */
  readonly silenceMs: number;
  readonly clock?: RetryClock | undefined;
  /** Told what is being waited for, in a few words, again and again; null when it goes on. */
  readonly onWait?: ((words: string | null) => void) | undefined;
}

/** Refusals of a field after which a request is given up: more than there are fields. */
const MAX_REFUSALS = 16;

/** The list only helps: nothing waits for it long. */
const LIST_PATIENCE_MS = 10_000;

/** How many times the longest silence a request waits for its first token, on a server that answers otherwise. */
const QUEUE_PATIENCE = 15;

/**
 * An endpoint with all the patience it takes: bounded concurrency, retries, a dialect that is learned, errors in words.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #connection: EndpointConnection;
  readonly #dialect: Dialect;
  readonly #gate: RequestGate;
  #hasAnswered = false;
  /** When anything came from the server last; as `performance.now`. */
  #lastLife = Number.NEGATIVE_INFINITY;

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
  async ask(bodyIn: (dialect: Dialect) => ChatBody, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#gate.run(() => this.#askInDialect(bodyIn, signal), signal);
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown instanceof EndpointFault ? await this.#describe(thrown, signal) : thrown;
    }
  }

  /**
   * Says the same in other words for as long as the server minds words it can do without. What is learned on the way is kept when it has
   * helped: a request may be refused for what it says.
   */
  async #askInDialect(bodyIn: (dialect: Dialect) => ChatBody, signal: AbortSignal): Promise<Answer> {
    const trial = this.#dialect.fork();
    for (let refusals = 0; ; refusals++) {
      const body = bodyIn(trial);
      try {
        const answer = await this.#askWithRetries(body, signal);
        this.#dialect.adopt(trial);
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof EndpointFault) || refusals === MAX_REFUSALS) throw thrown;
        if (!this.#isRefusal(thrown, body)) throw thrown;
        trial.learn(thrown, body);
        if (JSON.stringify(bodyIn(trial)) === JSON.stringify(body)) throw thrown;
      }
    }
  }

  /** Whether the server minds how it was asked. llama.cpp calls that a failure of its own (500), but names what it minds. */
  #isRefusal(fault: EndpointFault, body: ChatBody): boolean {
    const { kind, status } = fault;
    if (kind !== "status" || isContextFault(fault)) return false;
    if (status === 400 || status === 422) return true;
    return status === 500 && (this.#dialect.named(fault, body).length > 0 || mindsSystem(fault, body));
  }

  async #askWithRetries(body: ChatBody, signal: AbortSignal): Promise<Answer> {
    const { clock = REAL_CLOCK, onWait = () => {} } = this.#options;
    // A browser does not tell a server that is not there from one that refuses this page: neither comes to its senses
    // soon.
    const mayRetry = (fault: EndpointFault) =>
      !isContextFault(fault) && !this.#isRefusal(fault, body) && (fault.kind !== "connection" || this.#hasAnswered);
    const beforeWait = (fault: EndpointFault) => {
      if (isOverload(fault)) this.#gate.slowDown();
      onWait(waitingWords(fault));
    };
    const answer = await withRetries(() => this.#attempt(body, signal), { mayRetry, beforeWait, clock, signal });
    this.#hasAnswered = true;
    this.#gate.speedUp();
    onWait(null);
    return answer;
  }

  async #attempt(body: ChatBody, signal: AbortSignal): Promise<Answer> {
    const silence = new SilenceWatch(this.#options.silenceMs, (ms) => this.#isThere(ms, signal));
    try {
      const either = AbortSignal.any([signal, silence.signal]);
      const chunks = this.#connection.chat(body, () => this.#noteLife(silence), either);
      return await readAnswer(silence.over(chunks));
    } catch (thrown) {
      signal.throwIfAborted();
      throw silence.signal.aborted ? silence.signal.reason : thrown;
    } finally {
      silence.end();
    }
  }

  #noteLife(silence: SilenceWatch): void {
    this.#lastLife = performance.now();
    silence.noteLife();
  }

  /** Whether the server answers at all: another request within the last `ms`, or when it is asked for its list. */
  async #isThere(ms: number, signal: AbortSignal): Promise<boolean> {
    if (performance.now() - this.#lastLife < ms) return true;
    this.#options.onWait?.("Waiting in the server's queue");
    const late = AbortSignal.timeout(LIST_PATIENCE_MS);
    return this.#connection.models(AbortSignal.any([signal, late])).then(
      () => true,
      (thrown) => thrown instanceof EndpointFault && thrown.kind !== "connection",
    );
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

/**
 * Watches over one answer. Once it has begun, it may not be silent for long. Before that, silence is mostly the server's queue, or a model
 * that is being loaded: it goes on for as long as the server answers otherwise, up to a bound.
 */
class SilenceWatch {
  readonly #silence = new AbortController();
  readonly #limitMs: number;
  readonly #isThere: (ms: number) => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasBegun = false;
  #hasEnded = false;
  #looks = 0;

  constructor(limitMs: number, isThere: (ms: number) => Promise<boolean>) {
    this.#limitMs = limitMs;
    this.#isThere = isThere;
    this.#start();
  }

  /** Fires, with a fault, when it has been silent for too long. */
  get signal(): AbortSignal {
    return this.#silence.signal;
  }

  /** Something came, be it only a sign of life. */
  noteLife(): void {
    clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#start();
  }

  /** The chunks of the answer: with the first of them it has begun. */
  async *over(chunks: AsyncIterable<Chunk | typeof DONE>): AsyncGenerator<Chunk | typeof DONE> {
    for await (const chunk of chunks) {
      this.#hasBegun ||= chunk !== DONE && chunk.choices.length > 0;
      yield chunk;
    }
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#timer = setTimeout(() => void this.#look(), this.#limitMs);
  }

  async #look(): Promise<void> {
    this.#looks++;
    const mayWait = !this.#hasBegun && this.#looks < QUEUE_PATIENCE && (await this.#isThere(this.#limitMs));
    if (this.#hasEnded) return;
    if (mayWait) this.#start();
    else this.#silence.abort(new EndpointFault("silence", `nothing came for ${seconds(this.#looks * this.#limitMs)}`));
  }
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} seconds`;

/** What is being waited for after a fault that may pass. */
function waitingWords(fault: EndpointFault): string {
  if (fault.kind === "connection") return "The server does not answer: waiting for it to come back";
  if (fault.status === 429) return "The server gets too many requests: waiting";
  return isWaitedFor(fault) ? "The server is not ready yet: waiting" : "The server failed: asking again";
}

const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** How long a server that loads its model, restarts or is overloaded is waited for, all waits together. */
const WAIT_PATIENCE_MS = 10 * 60_000;

interface RetryRules {
  /** Has the last word on a fault that may pass. */
  readonly mayRetry: (fault: EndpointFault) => boolean;
  readonly beforeWait: (fault: EndpointFault) => void;
  readonly clock: RetryClock;
  readonly signal: AbortSignal;
}

/**
 * Does `work` until it succeeds. Only faults that may pass are tried again: at most five times, or for minutes where the server is known to
 * be busy with something that ends.
 * @throws EndpointFault the last one; the signal's reason; whatever else `work` throws.
 */
async function withRetries<T>(work: () => Promise<T>, rules: RetryRules): Promise<T> {
  const { mayRetry, beforeWait, clock, signal } = rules;
  let waited = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof EndpointFault) || !isTransient(thrown) || !mayRetry(thrown)) throw thrown;
      const wait = waitMs(attempt, thrown, clock.random());
      const isPatient = isWaitedFor(thrown) ? waited + wait <= WAIT_PATIENCE_MS : attempt < MAX_ATTEMPTS;
      if (!isPatient) throw thrown;
      beforeWait(thrown);
      await clock.sleep(wait, signal);
      waited += wait;
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
