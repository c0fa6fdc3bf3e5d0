import type { TimedEvent } from "../../core/run/events";
import type { ComparisonOutcome } from "../../experiment/compare/cells";
import type { ComparisonArchive, ComparisonRecord } from "../../experiment/compare/compare";
import type { ComparisonSpec } from "../../experiment/compare/spec";

interface Entry {
  readonly outcome: ComparisonOutcome;
  readonly log: readonly TimedEvent[];
}

/** Comparisons that last as long as the page: for a browser that keeps nothing, or has no room left. */
export class MemoryArchive implements ComparisonArchive {
  readonly #records: ComparisonRecord[] = [];
  /** By comparison, then by cell and problem. */
  readonly #entries = new Map<string, Map<string, Entry>>();

  async list(): Promise<readonly ComparisonRecord[]> {
    return this.#records.toReversed();
  }

  async create(title: string, spec: ComparisonSpec): Promise<ComparisonRecord> {
    const record = { id: crypto.randomUUID(), title, spec, startedAt: new Date().toISOString() };
    this.#records.push(record);
    return record;
  }

  async remove(comparison: string): Promise<void> {
    this.#entries.delete(comparison);
    const at = this.#records.findIndex(({ id }) => id === comparison);
    if (at >= 0) this.#records.splice(at, 1);
  }

  async outcomes(comparison: string): Promise<readonly ComparisonOutcome[]> {
    return [...(this.#entries.get(comparison)?.values() ?? [])].map(({ outcome }) => outcome);
  }

  async add(comparison: string, outcome: ComparisonOutcome, log: readonly TimedEvent[]): Promise<void> {
    const entries = this.#entries.get(comparison) ?? new Map<string, Entry>();
    this.#entries.set(comparison, entries.set(keyOf(outcome.cell, outcome.id), { outcome, log }));
  }

  async log(comparison: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    return this.#entries.get(comparison)?.get(keyOf(cell, problem))?.log ?? null;
  }
}

function keyOf(cell: string, problem: string): string {
  return JSON.stringify([cell, problem]);
}
