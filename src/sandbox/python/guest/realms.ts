import { REALM_KIND, type RealmStart, type ToRealm } from "../wire";

/*
 * The workers that hold interpreters: one of them, and a pool of them.
 */

/** What a realm is made of, once the supervisor has compiled it. */
export interface RealmParts {
  readonly url: string;
  readonly wasm: WebAssembly.Module;
  readonly stdlib: ArrayBuffer;
  /** Null once it proved to be of no use. */
  snapshot: ArrayBuffer | null;
}

/** One worker with an interpreter, and the supervisor's end of its port. */
export class Realm {
  /** Resolves when it has started; rejects with its own words when it has not. */
  readonly booted: Promise<void>;
  /** Called with every message after that, as long as the nonce is right; a wrong one reads as `crashed`. */
  onMessage: (kind: string, text: string) => void = () => {};
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");

  constructor(parts: RealmParts, role: RealmStart["role"]) {
    this.#worker = new Worker(parts.url);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.booted = new Promise((resolve, reject) => {
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      port1.onmessage = ({ data }) => {
        const [kind, text] = this.#read(data);
        if (kind === REALM_KIND.bootedPlain) parts.snapshot = null;
        if (kind !== REALM_KIND.booted && kind !== REALM_KIND.bootedPlain) return reject(new Error(text));
        port1.onmessage = (event) => this.onMessage(...this.#read(event.data));
        resolve();
      };
    });
    const { wasm, stdlib, snapshot } = parts;
    const start: RealmStart = { nonce: this.#nonce, wasm, stdlib, snapshot, role };
    this.#worker.postMessage(start, [port2]);
  }

  tell(order: ToRealm): void {
    this.#port.postMessage(order);
  }

  terminate(): void {
    this.onMessage = () => {};
    this.#port.close();
    this.#worker.terminate();
  }

  #read(data: unknown): [kind: string, text: string] {
    if (typeof data !== "string" || !data.startsWith(this.#nonce)) return [REALM_KIND.crashed, ""];
    return [data.charAt(this.#nonce.length), data.slice(this.#nonce.length + 1)];
  }
}

/** Realms that start anew in a row without success before the pool gives up. */
const MAX_FAILURES = 3;

/**
 * Keeps realms that are as good as new, a fixed number more than are in use, so that a program seldom waits for one
 * to start.
 */
export class RealmPool {
  readonly #parts: RealmParts;
  readonly #role: RealmStart["role"];
  readonly #size: number;
  readonly #free: Realm[] = [];
  readonly #waiting: ((realm: Realm | null) => void)[] = [];
  #all = 0;
  #failures = 0;
  #starting = false;

  /** @param size how many there are in all. */
  constructor(parts: RealmParts, role: RealmStart["role"], size: number) {
    this.#parts = parts;
    this.#role = role;
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

  async #start(): Promise<void> {
    this.#starting = true;
    this.#all++;
    const realm = new Realm(this.#parts, this.#role);
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
