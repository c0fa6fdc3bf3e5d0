import { type FromBroker, REALM_KIND, type ToBroker } from "../../python/wire";
import { Realm, type RealmParts } from "./broker-realm";

type Check = Extract<ToBroker, { type: "check" }>;

/**
 * The trusted interpreter: a realm that never runs a candidate. It answers one check at a time, and is replaced when
 * one hangs.
 */
export class Checker {
  readonly #parts: RealmParts;
  readonly #tell: (message: FromBroker) => void;
  #realm: Realm;
  #queue: Check[] = [];
  #current: Check | null = null;

  constructor(parts: RealmParts, tell: (message: FromBroker) => void) {
    this.#parts = parts;
    this.#tell = tell;
    this.#realm = new Realm(parts, "checker");
  }

  /** Rejects when it does not start. */
  get ready(): Promise<void> {
    return this.#realm.booted;
  }

  async check(check: Check): Promise<void> {
    this.#queue.push(check);
    await this.#next();
  }

  /** Ends a check by force, or forgets it if it has not begun. */
  stop(id: number): void {
    this.#queue = this.#queue.filter(({ check }) => check !== id);
    if (this.#current?.check === id) this.#renew();
    this.#tell({ type: "check-stopped", check: id });
  }

  async #next(): Promise<void> {
    const realm = this.#realm;
    try {
      await realm.booted;
    } catch (thrown) {
      for (const { check } of this.#queue.splice(0))
        this.#tell({ type: "check-failed", check, message: String(thrown) });
      return;
    }
    // It may have been replaced while it started.
    if (realm !== this.#realm || this.#current) return;
    const current = this.#queue.shift();
    if (!current) return;
    this.#current = current;
    const { check, name, argument } = current;
    this.#tell({ type: "check-begin", check });
    realm.onMessage = (kind, text) => this.#answer(check, kind, text);
    realm.tell({ do: "check", request: JSON.stringify([name, argument]) });
  }

  #answer(check: number, kind: string, text: string): void {
    if (kind === REALM_KIND.report) {
      this.#tell({ type: "checked", check, text });
      this.#current = null;
      void this.#next();
    } else {
      this.#tell({ type: "check-failed", check, message: "The checker's interpreter broke." });
      this.#renew();
    }
  }

  #renew(): void {
    this.#realm.terminate();
    this.#current = null;
    this.#realm = new Realm(this.#parts, "checker");
    void this.#next();
  }
}
