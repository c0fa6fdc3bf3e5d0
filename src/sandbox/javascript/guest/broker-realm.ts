import { REALM_KIND, type RealmLoad, type RealmStart } from "../wire";

/** The text of the realm's bundled script; the page's build fills it in. */
declare const REALM_SOURCE: string;

const realmUrl = URL.createObjectURL(new Blob([REALM_SOURCE], { type: "text/javascript" }));

/** One worker and the broker's end of its port. It boots at once and then waits to be used, once. */
export class Realm {
  readonly #worker = new Worker(realmUrl);
  readonly #port: MessagePort;
  readonly #nonce = crypto.getRandomValues(new Uint32Array(4)).join("-");
  #booted = false;
  #broken = false;
  #onBoot: () => void = () => {};
  #onMessage: (kind: string, text: string) => void = () => {};
  #onCrash: () => void = () => {};

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#receive(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      if (!this.#booted) this.#crash();
    };
    this.#worker.postMessage({ nonce: this.#nonce } satisfies RealmStart, [port2]);
  }

  /** True when it did not start. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Gives the realm to a program: `onBoot` is called when it can load, at once if it is warm. */
  use(onBoot: () => void, onMessage: (kind: string, text: string) => void, onCrash: () => void): void {
    this.#onBoot = onBoot;
    this.#onMessage = onMessage;
    this.#onCrash = onCrash;
    if (this.#broken) onCrash();
    else if (this.#booted) onBoot();
  }

  load(program: RealmLoad): void {
    this.#port.postMessage(program);
  }

  call(argumentsText: string): void {
    this.#port.postMessage(argumentsText);
  }

  terminate(): void {
    this.#port.close();
    this.#worker.terminate();
  }

  #receive(data: unknown): void {
    const text = typeof data === "string" && data.startsWith(this.#nonce) ? data.slice(this.#nonce.length) : "";
    const kind = text.charAt(0);
    if (this.#booted) this.#onMessage(kind, text.slice(1));
    else if (kind === REALM_KIND.booted) {
      this.#booted = true;
      this.#onBoot();
    } else this.#crash();
  }

  #crash(): void {
    this.#broken = true;
    this.#onCrash();
  }
}
