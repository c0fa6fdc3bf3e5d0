import { deferred } from "../core/deferred";
import { type ErrorData, fromErrorData, LabError, toErrorData } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import { Connection, type Service, serve } from "./connection";

/** The first message to a worker: build your service from these options. */
export interface InitMessage {
  readonly rpc: "init";
  readonly options: unknown;
}

/** What a worker says about its own start. `listening` comes first, so that nothing is sent to a script that never loaded. */
export type StartMessage =
  | { readonly rpc: "listening" }
  | { readonly rpc: "preparing"; readonly preparation: Preparation }
  | { readonly rpc: "ready" }
  | { readonly rpc: "failed"; readonly error: ErrorData };

/** How a worker is started. */
export interface SpawnOptions {
  /** For people, such as `The model worker`. */
  readonly name: string;
  /** What its service is built from. */
  readonly init?: unknown;
  /** Objects in `init` that move instead of being copied. */
  readonly transfer?: readonly Transferable[];
  /** Wall milliseconds without a sign of life until the start fails with `rpc/timeout`. */
  readonly readyTimeoutMs?: number;
  readonly onPreparation?: ((preparation: Preparation) => void) | undefined;
  /** Ends the worker if it fires before the start is over. */
  readonly signal?: AbortSignal | undefined;
}

/** A worker that answers calls. */
export interface SpawnedWorker<S extends Service> {
  readonly connection: Connection<S>;
  /** Ends the worker at once; pending calls reject with `reason`, by default `rpc/disposed`. */
  dispose(reason?: LabError): void;
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a worker whose body is `startWorker` and waits until its service is built. When the worker dies later (an
 * uncaught error, a message that cannot be read) every pending call rejects with `rpc/died`.
 * @throws LabError what the worker's builder threw; `rpc/died` when its script does not load; `rpc/timeout`; the
 * signal's reason.
 */
export async function spawn<S extends Service>(
  createWorker: () => Worker,
  options: SpawnOptions,
): Promise<SpawnedWorker<S>> {
  options.signal?.throwIfAborted();
  const worker = createWorker();
  const connection = new Connection<S>(worker, options.name);
  const end = (reason: LabError) => {
    worker.terminate();
    connection.close(reason);
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    end(
      new LabError(
        "rpc/died",
        `${options.name} stopped: ${event.message || "its script did not load"}.`,
        "Reload the page.",
      ),
    );
  });
  worker.addEventListener("messageerror", () =>
    end(new LabError("rpc/died", `${options.name} sent something that could not be read.`, "Reload the page.")),
  );
  const failed = connection.closed.then((reason) => {
    throw reason;
  });
  try {
    await Promise.race([ready(worker, options), failed]);
  } catch (thrown) {
    end(thrown instanceof LabError ? thrown : new LabError("rpc/died", `${options.name} did not start.`));
    throw thrown;
  }
  failed.catch(() => {});
  return {
    connection,
    dispose: (reason = new LabError("rpc/disposed", `${options.name} was closed.`)) => end(reason),
  };
}

function ready(worker: Worker, options: SpawnOptions): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  const { signal } = options;
  const cancel = () => reject(signal?.reason);
  signal?.addEventListener("abort", cancel);
  const limit = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const late = () =>
    reject(new LabError("rpc/timeout", `${options.name} did not start within ${limit} ms.`, "Reload the page."));
  let timer = setTimeout(late, limit);
  const onMessage = ({ data }: MessageEvent<StartMessage>) => {
    clearTimeout(timer);
    timer = setTimeout(late, limit);
    const init: InitMessage = { rpc: "init", options: options.init };
    if (data.rpc === "listening") worker.postMessage(init, [...(options.transfer ?? [])]);
    else if (data.rpc === "preparing") options.onPreparation?.(data.preparation);
    else if (data.rpc === "ready") resolve();
    else if (data.rpc === "failed") reject(fromErrorData(data.error));
  };
  worker.addEventListener("message", onMessage);
  const settle = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    worker.removeEventListener("message", onMessage);
  };
  promise.then(settle, settle);
  return promise;
}

/** Builds a worker's service from the options that its client sent; `report` tells the client how the building goes. */
export type BuildService<Options> = (
  options: Options,
  report: (preparation: Preparation) => void,
) => Service | Promise<Service>;

/** The whole body of a worker: waits for its client's options, builds the service, exposes it, says so. */
export function startWorker<Options>(build: BuildService<Options>): void {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  const say = (message: StartMessage) => scope.postMessage(message);
  const onInit = async ({ data }: MessageEvent<InitMessage>) => {
    if (data.rpc !== "init") return;
    scope.removeEventListener("message", onInit);
    try {
      const service = await build(data.options as Options, (preparation) => say({ rpc: "preparing", preparation }));
      serve(service, scope);
      say({ rpc: "ready" });
    } catch (thrown) {
      say({ rpc: "failed", error: toErrorData(thrown) });
    }
  };
  scope.addEventListener("message", onInit);
  say({ rpc: "listening" });
}
