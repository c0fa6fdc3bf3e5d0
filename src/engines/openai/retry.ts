import { EndpointFault, isTransient } from "./endpoint-fault";

/** Time, as far as retries need it. */
export interface RetryClock {
  /** Resolves after `ms`; rejects with the signal's reason when it fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

/** The real one. */
export const REAL_CLOCK: RetryClock = {
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

const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** A server that wants a longer rest than this gets no more requests from this run. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds before attempt number `attempt` + 1: exponential, with jitter over its upper half so that requests that
 * failed together do not come back together; never less than the server asks for.
 * @param attempt counts from 1.
 */
function waitMs(attempt: number, { retryAfterMs }: EndpointFault, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.max(retryAfterMs ?? 0, full * (0.5 + random / 2));
}

/**
 * Does `work` until it succeeds, at most five times; only faults that may pass are tried again.
 * @param mayRetry has the last word on a fault that may pass.
 * @throws EndpointFault the last one; the signal's reason; whatever else `work` throws.
 */
export async function withRetries<T>(
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
