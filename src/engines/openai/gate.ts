/** Pieces of work that must succeed, one after another, before one more of them may run at once again. */
const STEADY = 20;

/**
 * Lets a bounded number of pieces of work run at once; the others wait in the order they came. The bound falls to what the server takes:
 * by half when it has too much to do, and back by one after a while without that (additive increase, multiplicative decrease, as in TCP).
 */
export class RequestGate {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #limit: number;
  #underWay = 0;
  #steady = 0;

  /** @param limit at least 1. */
  constructor(limit: number) {
    this.#most = limit;
    this.#limit = limit;
  }

  /** Pieces of work that may run at once now. */
  get limit(): number {
    return this.#limit;
  }

  /** The server has too much to do. Said by many at once, it counts for each of them. */
  slowDown(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#steady = 0;
  }

  /** A piece of work has succeeded. */
  speedUp(): void {
    if (this.#limit === this.#most || ++this.#steady < STEADY) return;
    this.#steady = 0;
    this.#limit++;
    this.#admit();
  }

  /** @throws the signal's reason, at once, when it fires before the work begins. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#underWay < this.#limit && this.#waiting.size === 0) this.#underWay++;
    else await this.#place(signal);
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#admit();
    }
  }

  /** Whoever waits gets its place at once, so that nobody can slip in between. */
  #admit(): void {
    for (const enter of this.#waiting) {
      if (this.#underWay >= this.#limit) return;
      this.#underWay++;
      enter();
    }
  }

  #place(signal: AbortSignal): Promise<void> {
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
