import { deferred } from "../core/deferred";
import { type ErrorData, fromErrorData, LabError, toErrorData } from "../core/errors";

/** Named methods; arguments and results must survive structured clone. */
export type Service = Record<string, (...args: never[]) => unknown>;

/** Either side of a worker, or a port into it. */
export interface Endpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** Of a port: messages come only after it. */
  start?(): void;
}

/** What crosses for a call. An answer belongs to the call of the same id. */
type CallMessage =
  | {
      readonly rpc: "call";
      readonly id: number;
      readonly method: string;
      /** Structured-cloneable; an abort signal has been taken out. */
      readonly args: readonly unknown[];
      /** Where among the arguments the abort signal stood, or null if there was none. */
      readonly signalAt: number | null;
    }
  /** The caller has lost interest in call `id`. */
  | { readonly rpc: "cancel"; readonly id: number };

/** How a call ended. Errors are data: structured clone loses their class and code. */
type AnswerMessage =
  | { readonly rpc: "answer"; readonly id: number; readonly value: unknown }
  | { readonly rpc: "refusal"; readonly id: number; readonly error: ErrorData };

/** How one call may go. */
export interface CallOptions {
  /** Wall milliseconds until the call rejects with `rpc/timeout`; without it, a call may take as long as the other side lives. */
  readonly timeoutMs?: number;
  /** Objects among the arguments that move instead of being copied. */
  readonly transfer?: readonly Transferable[];
}

/** A call that waits for its answer. */
interface PendingCall {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/**
 * Calls the methods of a {@link Service} that {@link serve} answers at the other side of an endpoint. Every call
 * resolves, rejects or times out, as long as whoever owns the other side closes the connection when that side dies:
 * `spawn` does for its worker. A port into a terminated worker stays silent for ever (Chrome fires no `close` there), so
 * give a port only to a worker that the same owner disposes.
 */
export class Connection<S extends Service> {
  /** Resolves, once, with the reason why no call can succeed any more. */
  readonly closed: Promise<LabError>;
  readonly #name: string;
  readonly #endpoint: Endpoint;
  readonly #pending = new Map<number, PendingCall>();
  readonly #resolveClosed: (error: LabError) => void;
  #end: LabError | null = null;
  #nextId = 0;

  /** @param name for people, such as `The model worker`. */
  constructor(endpoint: Endpoint, name: string) {
    this.#name = name;
    this.#endpoint = endpoint;
    const { promise, resolve } = deferred<LabError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    endpoint.addEventListener("message", this.#onMessage);
    endpoint.start?.();
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
    { timeoutMs, transfer = [] }: CallOptions = {},
  ): Promise<Awaited<ReturnType<S[K]>>> {
    if (this.#end) throw this.#end;
    const given: readonly unknown[] = args;
    const at = given.findIndex((arg) => arg instanceof AbortSignal);
    const signal = at < 0 ? null : (given[at] as AbortSignal);
    signal?.throwIfAborted();
    const id = this.#nextId++;
    const { promise, resolve, reject } = deferred<unknown>();
    const giveUp = (reason: unknown) => {
      reject(reason);
      post(this.#endpoint, { rpc: "cancel", id });
    };
    const onAbort = () => giveUp(signal?.reason);
    const late = () =>
      giveUp(
        new LabError("rpc/timeout", `${this.#name} did not answer ${method} within ${timeoutMs} ms.`, "Run it again."),
      );
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    signal?.addEventListener("abort", onAbort);
    this.#pending.set(id, { resolve, reject });
    try {
      const cloneable = at < 0 ? given : given.toSpliced(at, 1);
      post(this.#endpoint, { rpc: "call", id, method, args: cloneable, signalAt: at < 0 ? null : at }, transfer);
      return (await promise) as Awaited<ReturnType<S[K]>>;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(id);
    }
  }

  /** Rejects every pending and future call with `reason`. The first reason stays. */
  close(reason: LabError): void {
    if (this.#end) return;
    this.#end = reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#endpoint.removeEventListener("message", this.#onMessage);
    if (this.#endpoint instanceof MessagePort) this.#endpoint.close();
    this.#resolveClosed(reason);
  }

  readonly #onMessage = ({ data }: MessageEvent<AnswerMessage>) => {
    if (data?.rpc === "answer") this.#pending.get(data.id)?.resolve(data.value);
    if (data?.rpc === "refusal") this.#pending.get(data.id)?.reject(fromErrorData(data.error));
  };
}

/** Lets the other side of `endpoint` call the methods of `service`. Whatever they throw crosses as data. */
export function serve(service: Service, endpoint: Endpoint): void {
  const running = new Map<number, AbortController>();
  const answer = async ({ id, method: name, args, signalAt }: CallMessage & { readonly rpc: "call" }) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const method = Object.hasOwn(service, name) ? service[name] : undefined;
      if (!method) throw new LabError("rpc/no-method", `There is no method ${name}.`);
      const given = signalAt === null ? args : args.toSpliced(signalAt, 0, controller.signal);
      post(endpoint, { rpc: "answer", id, value: await method(...(given as never[])) });
    } catch (thrown) {
      post(endpoint, { rpc: "refusal", id, error: toErrorData(thrown) });
    } finally {
      running.delete(id);
    }
  };
  endpoint.addEventListener("message", ({ data }: MessageEvent<CallMessage>) => {
    if (data?.rpc === "call") void answer(data);
    if (data?.rpc === "cancel") running.get(data.id)?.abort();
  });
  endpoint.start?.();
}

/** @throws LabError `rpc/failed` when something in the message cannot cross. */
function post(endpoint: Endpoint, message: CallMessage | AnswerMessage, transfer: readonly Transferable[] = []): void {
  try {
    endpoint.postMessage(message, [...transfer]);
  } catch (cause) {
    throw new LabError("rpc/failed", "Something of a call or of its answer cannot be sent to a worker.", "", { cause });
  }
}
