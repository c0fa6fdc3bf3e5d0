import type { TimedEvent } from "../../core/events";
import type { BenchOutcome } from "../../experiment/bench/cells";
import type { BenchSpec } from "../../experiment/bench/spec";
import type { BenchArchive, BenchRecord } from "../../ports/bench-archive";

interface Entry {
  readonly outcome: BenchOutcome;
  readonly log: readonly TimedEvent[];
}

/** Comparisons that last as long as the page: for a browser that keeps nothing, or has no room left. */
export class MemoryArchive implements BenchArchive<BenchSpec, BenchOutcome> {
  readonly #records: BenchRecord<BenchSpec>[] = [];
  /** By comparison, then by cell and problem. */
  readonly #entries = new Map<string, Map<string, Entry>>();

  async list(): Promise<readonly BenchRecord<BenchSpec>[]> {
    return this.#records.toReversed();
  }

  async create(title: string, spec: BenchSpec): Promise<BenchRecord<BenchSpec>> {
    const record = { id: crypto.randomUUID(), title, spec, startedAt: new Date().toISOString() };
    this.#records.push(record);
    return record;
  }

  async remove(bench: string): Promise<void> {
    this.#entries.delete(bench);
    const at = this.#records.findIndex(({ id }) => id === bench);
    if (at >= 0) this.#records.splice(at, 1);
  }

  async outcomes(bench: string): Promise<readonly BenchOutcome[]> {
    return [...(this.#entries.get(bench)?.values() ?? [])].map(({ outcome }) => outcome);
  }

  async add(bench: string, outcome: BenchOutcome, log: readonly TimedEvent[]): Promise<void> {
    const entries = this.#entries.get(bench) ?? new Map<string, Entry>();
    this.#entries.set(bench, entries.set(keyOf(outcome.cell, outcome.id), { outcome, log }));
  }

  async log(bench: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    return this.#entries.get(bench)?.get(keyOf(cell, problem))?.log ?? null;
  }
}

function keyOf(cell: string, problem: string): string {
  return JSON.stringify([cell, problem]);
}
