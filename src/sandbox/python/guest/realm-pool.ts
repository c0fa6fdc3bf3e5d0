import { REALM_KIND } from "../../python/wire";
import { Realm, type RealmParts } from "./broker-realm";

/** Realms that start anew in a row without success before the pool gives up. */
const MAX_FAILURES = 3;

/**
 * Keeps realms that are as good as new, a fixed number more than are in use, so that a program seldom waits for one
 * to start.
 */
export class RealmPool {
  readonly #parts: RealmParts;
  readonly #size: number;
  readonly #free: Realm[] = [];
  readonly #waiting: ((realm: Realm | null) => void)[] = [];
  #all = 0;
  #failures = 0;

  /** @param size how many there are in all. */
  constructor(parts: RealmParts, size: number) {
    this.#parts = parts;
    this.#size = size;
  }

  /** A realm as soon as one is free; null when none can be started. */
  take(): Promise<Realm | null> {
    const free = this.#free.shift();
    if (free) return Promise.resolve(free);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.fill();
    });
  }

  /** Makes a realm that a program has ended in as good as new. */
  giveBack(realm: Realm): void {
    realm.onMessage = (kind) => {
      if (kind === REALM_KIND.rewound) this.#offer(realm);
      else this.drop(realm);
    };
    realm.tell({ do: "rewind" });
  }

  /** Ends a realm; another one takes its place. */
  drop(realm: Realm): void {
    realm.terminate();
    this.#all--;
    this.fill();
  }

  /** Starts what is missing. One at a time: several would slow down the one that is waited for. */
  fill(): void {
    if (this.#starting || this.#all >= this.#size) return;
    void this.#start();
  }

  #starting = false;

  async #start(): Promise<void> {
    this.#starting = true;
    this.#all++;
    const realm = new Realm(this.#parts, "candidate");
    try {
      await realm.booted;
      this.#failures = 0;
      this.#starting = false;
      this.#offer(realm);
      this.fill();
    } catch {
      realm.terminate();
      this.#all--;
      this.#starting = false;
      this.#failures++;
      if (this.#failures < MAX_FAILURES) this.fill();
      else for (const give of this.#waiting.splice(0)) give(null);
    }
  }

  #offer(realm: Realm): void {
    realm.onMessage = () => {};
    const next = this.#waiting.shift();
    if (next) next(realm);
    else this.#free.push(realm);
  }
}
