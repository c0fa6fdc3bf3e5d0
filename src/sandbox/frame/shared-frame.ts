import { deferred } from "../../core/deferred";
import type { Language } from "../../core/problem";
import type { RealmHost } from "./realm-host";

/** The app's end of a frame. */
export interface Session {
  close(): void;
}

/** The right to run one program in a frame, until it is given back. */
export interface Lease<S> {
  readonly session: S;
  /** @param renew whether the frame is to be replaced, because a realm in it was stopped by force or the frame is dead. */
  release(renew: boolean): void;
}

interface Ticket {
  readonly alone: boolean;
  readonly grant: () => void;
}

/**
 * One live frame of a language, and who may run in it: a few programs at a time, first come, first served, or one
 * program alone. A frame is replaced after a realm was stopped by force: Chrome lets a stopped worker run for two more
 * seconds before it breaks the script off, with all its appetite for processor and memory; removing the last frame ends the
 * process at once. Nothing new starts until the programs under way have ended, so none of them is disturbed.
 */
export class SharedFrame<S extends Session> {
  readonly #host: RealmHost;
  readonly #language: Language;
  readonly #concurrency: number;
  readonly #connect: (port: MessagePort) => Promise<S>;
  readonly #queue: Ticket[] = [];
  #session: Promise<S> | null = null;
  #active = 0;
  #alone = false;
  #stale = false;

  /** @param connect makes the session of a frame that was just opened; rejects with LabError `sandbox/*`. */
  constructor(host: RealmHost, language: Language, concurrency: number, connect: (port: MessagePort) => Promise<S>) {
    this.#host = host;
    this.#language = language;
    this.#concurrency = concurrency;
    this.#connect = connect;
  }

  /**
   * Waits for a place in the frame.
   * @param alone wait until nothing else runs, ahead of all that waits, and keep everything else waiting.
   * @throws LabError `sandbox/*` when no frame can be had; the reason of `signal` when it fires first.
   */
  async acquire(alone: boolean, signal?: AbortSignal): Promise<Lease<S>> {
    await this.#place(alone, signal);
    try {
      const session = await this.#live();
      signal?.throwIfAborted();
      return { session, release: (renew) => this.#release(renew) };
    } catch (thrown) {
      this.#release(false);
      throw thrown;
    }
  }

  /** Opens the frame before it is needed. The session is for whoever needs no place. */
  warm(): Promise<S> {
    return this.#live();
  }

  /** Replaces the frame of this session at once, because it is dead; does nothing when it was replaced before. */
  async retire(dead: S): Promise<void> {
    const live = await this.#session?.catch(() => null);
    if (live === dead) this.#replace();
  }

  /** Removes the frame. Programs under way end as silent. */
  close(): void {
    const session = this.#session;
    this.#session = null;
    this.#host.closeRealm(this.#language);
    session?.then(
      (live) => live.close(),
      () => {},
    );
  }

  #place(alone: boolean, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = deferred<void>();
    const ticket: Ticket = { alone, grant: resolve };
    const onAbort = () => {
      const at = this.#queue.indexOf(ticket);
      if (at < 0) return;
      this.#queue.splice(at, 1);
      reject(signal?.reason);
      this.#pump();
    };
    signal?.addEventListener("abort", onAbort);
    if (alone) this.#queue.unshift(ticket);
    else this.#queue.push(ticket);
    if (signal?.aborted) onAbort();
    else this.#pump();
    return promise.finally(() => signal?.removeEventListener("abort", onAbort));
  }

  #pump(): void {
    for (let next = this.#queue[0]; next && this.#mayStart(next); next = this.#queue[0]) {
      this.#queue.shift();
      this.#active++;
      this.#alone = next.alone;
      next.grant();
    }
  }

  #mayStart({ alone }: Ticket): boolean {
    if (this.#active === 0) return true;
    return !alone && !this.#alone && !this.#stale && this.#active < this.#concurrency;
  }

  #release(renew: boolean): void {
    this.#active--;
    this.#stale ||= renew;
    if (this.#active === 0) {
      this.#alone = false;
      if (this.#stale) this.#replace();
    }
    this.#pump();
  }

  #replace(): void {
    this.#stale = false;
    this.close();
    this.#live().catch(() => {});
  }

  #live(): Promise<S> {
    this.#session ??= this.#open();
    return this.#session;
  }

  #open(): Promise<S> {
    const opening = this.#host.openRealmPort(this.#language).then(this.#connect);
    opening.catch(() => {
      // By now another frame may have taken the place of the one that failed.
      if (this.#session === opening) this.#session = null;
    });
    return opening;
  }
}
