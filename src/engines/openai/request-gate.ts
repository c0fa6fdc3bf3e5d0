/** Lets a bounded number of pieces of work run at once; the others wait in the order they came. */
export class RequestGate {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param limit at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws the signal's reason, at once, when it fires before the work begins. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#underWay < this.#limit) this.#underWay++;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      // Whoever waits takes over this place, so that nobody can slip in between.
      const [next] = this.#waiting;
      if (next) next();
      else this.#underWay--;
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
