/** Holds a run back between two rounds while it is closed. */
export class PauseGate {
  private opening: Promise<void> | null = null;
  private release: () => void = () => undefined;

  get paused(): boolean {
    return this.opening !== null;
  }

  /** Closes the gate; closing a closed one does nothing. */
  pause(): void {
    this.opening ??= new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** Opens the gate and lets everyone through who waits at it. */
  resume(): void {
    this.opening = null;
    this.release();
  }

  /** Resolves when the gate is open, or at once when `signal` fires. */
  async passed(signal: AbortSignal): Promise<void> {
    while (this.opening !== null && !signal.aborted) {
      const opening = this.opening;
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        void opening.then(resolve);
      });
    }
  }
}
