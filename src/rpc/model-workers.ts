import type { LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import type { ModelWorkerOptions } from "./model";
import { createModelClient, type ModelClient } from "./model-client";
import { createSearchClient, type SearchClient } from "./search-client";

/** The workers behind a runner. */
export interface RunnerWorkers {
  readonly model: ModelClient;
  readonly search: SearchClient;
}

/** What both workers are started with. */
export interface RunnerWorkersOptions extends ModelWorkerOptions {
  /** A port through which a worker opens sandboxes: only a window can have frames. */
  readonly openSandbox: () => MessagePort;
}

/**
 * Both workers, tied together: when one is gone, so is the other, because the ports between them stay silent for ever.
 */
export async function startWorkers(
  { openSandbox, ...options }: RunnerWorkersOptions,
  onPreparation: (preparation: Preparation) => void,
  signal: AbortSignal,
): Promise<RunnerWorkers> {
  const model = await createModelClient(options, onPreparation, signal);
  try {
    const gone = new AbortController();
    void model.closed.then((reason: LabError) => gone.abort(reason));
    const init = { baseUrl: options.baseUrl, model: await model.openPort(), sandbox: openSandbox() };
    const search = await createSearchClient(init, AbortSignal.any([signal, gone.signal]));
    void model.closed.then((reason: LabError) => search.dispose(reason));
    void search.closed.then(() => model.dispose());
    signal.throwIfAborted();
    return { model, search };
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}
