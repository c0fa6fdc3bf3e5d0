import { fromErrorData, LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import { Connection } from "./connection";
import type { InitMessage, Service, StartMessage } from "./protocol";

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
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { signal } = options;
  const cancel = () => reject(signal?.reason);
  signal?.addEventListener("abort", cancel);
  const limit = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const late = () =>
    reject(new LabError("rpc/timeout", `${options.name} did not start within ${limit} ms.`, "Reload the page."));
  let timer = setTimeout(late, limit);
  const onMessage = ({ data }: MessageEvent<StartMessage>) => {
    if (data.rpc === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(late, limit);
    const init: InitMessage = { rpc: "init", options: options.init };
    if (data.rpc === "listening") worker.postMessage(init, [...(options.transfer ?? [])]);
    else if (data.rpc === "preparing") options.onPreparation?.(data.preparation);
    else if (data.rpc === "ready") resolve();
    else reject(fromErrorData(data.error));
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
