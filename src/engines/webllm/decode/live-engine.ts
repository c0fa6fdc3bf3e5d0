import { deferred } from "../../../core/deferred";
import { LabError } from "../../../core/errors";
import { classifyFailure, lossError } from "../failures";
import type { DeviceLoss, EngineHandle, MLCEngineInterface } from "../package";

/** An engine and its life: one piece of work at a time, interrupted on request, ended when its device goes. */
export class LiveEngine {
  readonly engine: MLCEngineInterface;
  #last: Promise<unknown> = Promise.resolve();
  #loss: DeviceLoss | null = null;
  /** Why it can no longer be used. */
  #gone: LabError | null = null;
  /** Ends the work under way. */
  #giveUp: (reason: LabError) => void = () => {};

  constructor({ engine, deviceLoss }: EngineHandle) {
    this.engine = engine;
    void deviceLoss.then((loss) => {
      if (this.#gone) return;
      this.#loss = loss;
      this.#end(lossError(loss));
    });
  }

  /** Does `work` after all work that was given before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /**
   * Does `work`, which asks the engine once. When `signal` fires, the engine is interrupted and the work waited for, so
   * that the engine can be asked again at once.
   * @throws the signal's reason; LabError when the device goes away meanwhile; what `work` throws.
   */
  async during<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    if (this.#gone) throw this.#gone;
    const interrupt = () => this.engine.interruptGenerate();
    signal?.addEventListener("abort", interrupt, { once: true });
    const { promise: lost, reject } = deferred<never>();
    this.#giveUp = reject;
    try {
      const result = await Promise.race([work(), lost]);
      signal?.throwIfAborted();
      return result;
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      this.#giveUp = () => {};
    }
  }

  /** An error for people from what the engine threw. */
  async explain(thrown: unknown): Promise<LabError> {
    // The browser may tell of the loss of a device only after the work on it has failed.
    await new Promise((resolve) => setTimeout(resolve));
    return this.#gone ?? classifyFailure(thrown, this.#loss);
  }

  /** Frees the GPU; work under way rejects. */
  dispose(): void {
    this.#end(new LabError("model/disposed", "The model was unloaded.", "Load it again."));
    void this.engine.unload().catch(() => {});
  }

  #end(reason: LabError): void {
    this.#gone ??= reason;
    this.#giveUp(reason);
  }
}
