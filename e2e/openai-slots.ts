/** A place on a server for one request, and how much of its prompt was there already. */
export interface Place {
  /** Tokens of the prompt that need not be computed again. */
  readonly cached: number;
  /** Makes room for others; `said` are the tokens that came after the prompt. */
  leave(said: readonly string[]): void;
}

/** Tokens at the beginning of `prompt` that `other` begins with, too. */
function shared(prompt: readonly string[], other: readonly string[]): number {
  const end = prompt.findIndex((token, i) => token !== other[i]);
  return end < 0 ? prompt.length : end;
}

/** The last token of a prompt is computed in any case: the next one's probabilities come from it. */
const reusable = (prompt: readonly string[], length: number) => Math.min(length, Math.max(0, prompt.length - 1));

/** Part of a prompt that a slot must have to be chosen for it. */
const LEAST_SIMILARITY = 0.1;

interface Slot {
  tokens: readonly string[];
  isBusy: boolean;
  lastUsed: number;
}

/**
 * The slots of llama.cpp's server: each keeps the tokens of its last request; a request gets the idle one that shares the
 * longest beginning with its prompt, else the one that has been idle longest, else it waits in the order it came. A request
 * for several completions takes a slot for each, and leaves something in the first only.
 */
export class Slots {
  readonly #slots: readonly Slot[];
  readonly #waiting: (() => void)[] = [];
  #uses = 0;

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, () => ({ tokens: [], isBusy: false, lastUsed: 0 }));
  }

  /** Waits for `count` idle slots, at most as many as there are. */
  async take(prompt: readonly string[], count: number): Promise<Place> {
    while (this.#idle().length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const [first, ...others] = this.#ranked(prompt).slice(0, count);
    if (!first) throw new RangeError("A server without slots");
    const taken = [first, ...others];
    for (const slot of taken) slot.isBusy = true;
    const cached = reusable(prompt, shared(prompt, first.tokens));
    return {
      cached,
      leave: (said) => {
        for (const slot of taken) Object.assign(slot, { isBusy: false, tokens: [], lastUsed: ++this.#uses });
        first.tokens = [...prompt, ...said];
        for (const wake of this.#waiting.splice(0)) wake();
      },
    };
  }

  #idle(): readonly Slot[] {
    return this.#slots.filter(({ isBusy }) => !isBusy);
  }

  #ranked(prompt: readonly string[]): readonly Slot[] {
    const similar = ({ tokens }: Slot) => {
      const length = shared(prompt, tokens);
      return length > LEAST_SIMILARITY * prompt.length ? length : 0;
    };
    return [...this.#idle()].sort((a, b) => similar(b) - similar(a) || a.lastUsed - b.lastUsed);
  }
}

/** A cache that keeps every prompt, on a server that takes any number of requests at once. */
export class EndlessCache {
  readonly #earlier: (readonly string[])[] = [];

  async take(prompt: readonly string[]): Promise<Place> {
    const cached = reusable(prompt, Math.max(0, ...this.#earlier.map((other) => shared(prompt, other))));
    this.#earlier.push(prompt);
    return { cached, leave: () => {} };
  }
}
