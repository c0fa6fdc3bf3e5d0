import { REALM_KIND, type RealmStart, type ToRealm } from "../../python/wire";

/** What a realm is made of, once the broker has compiled it. */
export interface RealmParts {
  readonly url: string;
  readonly wasm: WebAssembly.Module;
  readonly stdlib: ArrayBuffer;
  /** Null once it proved to be of no use. */
  snapshot: ArrayBuffer | null;
}

/** One worker with an interpreter, and the broker's end of its port. */
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
