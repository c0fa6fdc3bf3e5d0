import { LabError } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";
import { type RunnerWorkers, type RunnerWorkersOptions, startWorkers } from "./model-workers";

/** The workers of one model: started once, waited for by any number of runs, given up when nobody waits any more. */
export class HeldWorkers {
  /** Settles when the workers are gone, or were never there. */
  readonly ended: Promise<void>;
  readonly #workers: Promise<RunnerWorkers>;
  readonly #abandon = new AbortController();
  readonly #listeners = new Set<(preparation: Preparation) => void>();
  #isReady = false;

  constructor(options: RunnerWorkersOptions) {
    const tell = (preparation: Preparation) => {
      for (const listener of this.#listeners) listener(preparation);
    };
    this.#workers = startWorkers(options, tell, this.#abandon.signal);
    this.ended = this.#workers.then(
      async ({ search }) => {
        this.#isReady = true;
        await search.closed;
      },
      () => {},
    );
  }

  /**
   * Waits until the workers have started. When `signal` fires first, this rejects with its reason, and with nobody else
   * waiting the start is given up: a download goes on for no one.
   */
  async ready(onPreparation: (preparation: Preparation) => void, signal?: AbortSignal): Promise<RunnerWorkers> {
    const listener = (preparation: Preparation) => onPreparation(preparation);
    const cancelled = Promise.withResolvers<never>();
    const cancel = () => {
      this.#listeners.delete(listener);
      if (!this.#isReady && this.#listeners.size === 0) this.dispose();
      cancelled.reject(signal?.reason);
    };
    this.#listeners.add(listener);
    signal?.addEventListener("abort", cancel);
    try {
      return await Promise.race([this.#workers, cancelled.promise]);
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Ends the workers, or their start; whoever waits for them or has a run there gets `rpc/disposed`. */
  dispose(): void {
    this.#abandon.abort(new LabError("rpc/disposed", "The model worker was closed."));
    void this.#workers.then(({ search }) => search.dispose()).catch(() => {});
  }
}
