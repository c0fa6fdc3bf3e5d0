import { type Endpoint, type Remote, releaseProxy, transfer, wrap } from "comlink";
import { fromErrorData, LabError } from "../core/errors";
import type { Service, Wire, WireCall } from "./protocol";

/** How one call may go. */
export interface CallOptions {
  /** Wall milliseconds until the call rejects with `rpc/timeout`; without it, a call may take as long as the other side lives. */
  readonly timeoutMs?: number;
  /** Objects among the arguments that move instead of being copied. */
  readonly transfer?: readonly Transferable[];
}

/**
 * Calls the methods of a {@link Service} on the other side of an endpoint. Every call resolves, rejects or times out, as
 * long as whoever owns the other side closes the connection when that side dies: `spawn` does for its worker. A port into
 * a terminated worker stays silent for ever (Chrome fires no `close` there), so give a port only to a worker that the
 * same owner disposes.
 */
export class Connection<S extends Service> {
  /** Resolves, once, with the reason why no call can succeed any more. */
  readonly closed: Promise<LabError>;
  readonly #name: string;
  readonly #wire: Remote<Wire>;
  readonly #pending = new Set<(error: LabError) => void>();
  readonly #resolveClosed: (error: LabError) => void;
  #end: LabError | null = null;
  #nextId = 0;

  /** @param name for people, such as `The model worker`. */
  constructor(endpoint: Endpoint, name: string) {
    this.#name = name;
    this.#wire = wrap<Wire>(endpoint);
    const { promise, resolve } = Promise.withResolvers<LabError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  /**
   * Calls `method`. An abort signal among `args` works across the boundary: the call rejects at once with the signal's
   * reason, and the other side's own signal fires.
   * @throws LabError with the code the other side threw; `rpc/timeout`; `rpc/died` or `rpc/disposed`; the signal's reason.
   */
  call<K extends keyof S & string>(
    method: K,
    args: Parameters<S[K]>,
    options: CallOptions = {},
  ): Promise<Awaited<ReturnType<S[K]>>> {
    const { signal, wireCall } = this.#prepare(method, args);
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<S[K]>>>();
    if (this.#end) reject(this.#end);
    else if (signal?.aborted) reject(signal.reason);
    else {
      const settle = this.#watch(wireCall.id, method, reject, signal, options.timeoutMs);
      this.#send(wireCall, options.transfer).then(
        (result) => {
          settle();
          if (result.ok) resolve(result.value as Awaited<ReturnType<S[K]>>);
          else reject(fromErrorData(result.error));
        },
        (thrown) => {
          settle();
          reject(
            new LabError("rpc/failed", `${this.#name} could not take or answer the call ${method}.`, "", {
              cause: thrown,
            }),
          );
        },
      );
    }
    return promise;
  }

  /** Rejects every pending and future call with `reason`. The first reason stays. */
  close(reason: LabError): void {
    if (this.#end) return;
    this.#end = reason;
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
    this.#wire[releaseProxy]();
    this.#resolveClosed(reason);
  }

  #prepare(method: string, args: readonly unknown[]): { signal: AbortSignal | null; wireCall: WireCall } {
    const at = args.findIndex((arg) => arg instanceof AbortSignal);
    const signal = at < 0 ? null : (args[at] as AbortSignal);
    const id = this.#nextId++;
    const cloneable = at < 0 ? args : args.toSpliced(at, 1);
    return { signal, wireCall: { id, method, args: cloneable, signalAt: at < 0 ? null : at } };
  }

  /** Rejects the call on abort, timeout or the connection's end; returns how to stop watching. */
  #watch(
    id: number,
    method: string,
    reject: (reason: unknown) => void,
    signal: AbortSignal | null,
    timeoutMs: number | undefined,
  ): () => void {
    const giveUp = (reason: unknown) => {
      settle();
      reject(reason);
      this.#wire.cancel(id).catch(() => {});
    };
    const onAbort = () => giveUp(signal?.reason);
    const onTimeout = () =>
      giveUp(
        new LabError("rpc/timeout", `${this.#name} did not answer ${method} within ${timeoutMs} ms.`, "Run it again."),
      );
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    this.#pending.add(reject);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(reject);
    };
    return settle;
  }

  #send(call: WireCall, moved: readonly Transferable[] = []) {
    return this.#wire.call(transfer(call, [...moved]));
  }
}
