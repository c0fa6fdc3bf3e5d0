import type { TimedEvent } from "../../core/events";
import type { BenchOutcome } from "../../experiment/bench/cells";
import type { BenchSpec } from "../../experiment/bench/spec";
import type { BenchArchive, BenchRecord } from "../../ports/bench-archive";
import { MemoryArchive } from "./memory-archive";

/**
 * An archive that goes on in memory where the browser keeps nothing: comparisons are lost with the page then, but not
 * before. `onFault` is told why, at each refusal.
 */
export class FallbackArchive implements BenchArchive<BenchSpec, BenchOutcome> {
  readonly #memory = new MemoryArchive();
  /** Comparisons that the browser refused to begin with. */
  readonly #unkept = new Set<string>();

  constructor(
    private readonly kept: BenchArchive<BenchSpec, BenchOutcome>,
    private readonly onFault: (thrown: unknown) => void,
  ) {}

  async list(): Promise<readonly BenchRecord<BenchSpec>[]> {
    const inMemory = await this.#memory.list();
    return [...inMemory, ...((await this.#attempt(() => this.kept.list())) ?? [])];
  }

  async create(title: string, spec: BenchSpec): Promise<BenchRecord<BenchSpec>> {
    const kept = await this.#attempt(() => this.kept.create(title, spec));
    if (kept !== undefined) return kept;
    const record = await this.#memory.create(title, spec);
    this.#unkept.add(record.id);
    return record;
  }

  async remove(bench: string): Promise<void> {
    await this.#memory.remove(bench);
    if (!this.#unkept.delete(bench)) await this.kept.remove(bench);
  }

  async outcomes(bench: string): Promise<readonly BenchOutcome[]> {
    const inMemory = await this.#memory.outcomes(bench);
    if (this.#unkept.has(bench)) return inMemory;
    return [...(await this.kept.outcomes(bench)), ...inMemory];
  }

  async add(bench: string, outcome: BenchOutcome, log: readonly TimedEvent[]): Promise<void> {
    if (!this.#unkept.has(bench)) {
      const isKept = await this.#attempt(() => this.kept.add(bench, outcome, log).then(() => true));
      if (isKept) return;
    }
    await this.#memory.add(bench, outcome, log);
  }

  async log(bench: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    const inMemory = await this.#memory.log(bench, cell, problem);
    return inMemory ?? (this.#unkept.has(bench) ? null : this.kept.log(bench, cell, problem));
  }

  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (thrown) {
      this.onFault(thrown);
      return undefined;
    }
  }
}
