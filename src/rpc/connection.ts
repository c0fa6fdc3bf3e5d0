import { type Endpoint, expose, type Remote, releaseProxy, transfer, transferHandlers, wrap } from "comlink";
import { deferred } from "../core/deferred";
import { type ErrorData, fromErrorData, LabError, toErrorData } from "../core/errors";

/** Named methods; arguments and results must survive structured clone, but for abort signals among the arguments. */
export type Service = Record<string, (...args: never[]) => unknown>;

/** The methods of a service as they are called from afar: {@link Connection.call} knows the types. */
type RemoteMethods<S extends Service> = Record<keyof S & string, (...args: unknown[]) => Promise<unknown>>;

/** How one call may go. */
export interface CallOptions {
  /** Wall milliseconds until the call rejects with `rpc/timeout`; without it, a call may take as long as the other side lives. */
  readonly timeoutMs?: number;
  /** Arguments that move instead of being copied. */
  readonly transfer?: readonly Transferable[];
}

/**
 * Calls the methods of a {@link Service} that {@link serve} answers at the other side of an endpoint. Comlink carries the
 * calls; what it leaves open is settled here: errors keep their code, and every call resolves, rejects or times out, as
 * long as whoever owns the other side closes the connection when that side dies: `spawn` does for its worker. A port into
 * a terminated worker stays silent for ever (Chrome fires no `close` there), so give a port only to a worker that the same
 * owner disposes.
 */
export class Connection<S extends Service> {
  /** Resolves, once, with the reason why no call can succeed any more. */
  readonly closed: Promise<LabError>;
  readonly #name: string;
  readonly #endpoint: Endpoint;
  readonly #remote: Remote<RemoteMethods<S>>;
  /** Rejects each call that waits for its answer. No race with `closed`: that promise would keep every answer as long as it lives. */
  readonly #pending = new Set<(reason: unknown) => void>();
  readonly #resolveClosed: (error: LabError) => void;
  #end: LabError | null = null;

  /** @param name for people, such as `The model worker`. */
  constructor(endpoint: Endpoint, name: string) {
    this.#name = name;
    this.#endpoint = endpoint;
    this.#remote = wrap<RemoteMethods<S>>(endpoint);
    const { promise, resolve } = deferred<LabError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  /**
   * Calls `method`. An abort signal among `args` works across the boundary: the call rejects at once with the signal's
   * reason, and the other side's own signal fires.
   * @throws LabError with the code the other side threw; `rpc/failed` when arguments or result cannot cross;
   * `rpc/timeout`; `rpc/died` or `rpc/disposed`; the signal's reason.
   */
  async call<K extends keyof S & string>(
    method: K,
    args: Parameters<S[K]>,
    { timeoutMs, transfer: moved = [] }: CallOptions = {},
  ): Promise<Awaited<ReturnType<S[K]>>> {
    if (this.#end) throw this.#end;
    const given: readonly unknown[] = args;
    const signal = given.find((arg) => arg instanceof AbortSignal);
    signal?.throwIfAborted();
    const { promise, resolve, reject } = deferred<unknown>();
    // Crosses in place of the caller's signal, which may outlive the call: when this one fires, its port goes.
    const life = new AbortController();
    const giveUp = (reason: unknown) => {
      reject(reason);
      life.abort(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const late = () =>
      giveUp(
        new LabError("rpc/timeout", `${this.#name} did not answer ${method} within ${timeoutMs} ms.`, "Run it again."),
      );
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    this.#pending.add(reject);
    try {
      const crossing = given.map((arg) => {
        if (signal && arg === signal) return life.signal;
        const moves = moved.find((each) => each === arg);
        return moves ? transfer(moves, [moves]) : arg;
      });
      this.#remote[method](...crossing).then(resolve, (thrown: unknown) => reject(toLabError(thrown)));
      return (await promise) as Awaited<ReturnType<S[K]>>;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(reject);
      life.abort(OVER);
    }
  }

  /** Rejects every pending and future call with `reason`. The first reason stays. */
  close(reason: LabError): void {
    if (this.#end) return;
    this.#end = reason;
    for (const reject of this.#pending) reject(reason);
    this.#remote[releaseProxy]();
    if (this.#endpoint instanceof MessagePort) this.#endpoint.close();
    this.#resolveClosed(reason);
  }
}

/** What a call's rejection means. {@link serve} throws plain data; an `Error` is Comlink's own, or structured clone's. */
function toLabError(thrown: unknown): LabError {
  if (!(thrown instanceof Error)) return fromErrorData(thrown as ErrorData);
  const message = "Something of a call or of its answer cannot be sent to a worker.";
  return new LabError("rpc/failed", message, "", { cause: thrown });
}

/** Lets the other side of `endpoint` call the methods of `service`. Whatever they throw crosses as {@link ErrorData}. */
export function serve(service: Service, endpoint: Endpoint): void {
  const methodOf = (name: string) => {
    const method = Object.hasOwn(service, name) ? service[name] : undefined;
    return async (...args: never[]) => {
      try {
        if (!method) throw new LabError("rpc/no-method", `There is no method ${name}.`);
        return await method(...args);
      } catch (thrown) {
        // Not as an Error: of those, Comlink passes neither class nor code. Anything else it passes as it is.
        throw toErrorData(thrown);
      }
    };
  };
  expose(new Proxy(service, { get: (_, name) => methodOf(String(name)) }), endpoint);
}

/** Why the signal of a call fires when the call has ended by itself: nobody on the other side needs to hear of it. */
const OVER = Symbol("over");

/**
 * An abort signal crosses as a port, through which it fires once. Who hears of it closes the port: closed by who tells, what was
 * told last can be lost on the way.
 */
transferHandlers.set("abort-signal", {
  canHandle: (value): value is AbortSignal => value instanceof AbortSignal,
  serialize: (signal: AbortSignal) => {
    const { port1, port2 } = new MessageChannel();
    const fire = () => {
      if (signal.reason === OVER) port1.close();
      else port1.postMessage("abort");
    };
    signal.addEventListener("abort", fire, { once: true });
    return [port2, [port2]];
  },
  deserialize: (port: MessagePort) => {
    const controller = new AbortController();
    port.onmessage = () => {
      controller.abort();
      port.close();
    };
    return controller.signal;
  },
});
