import type { TimedEvent } from "../../core/run/events";
import type { ComparisonOutcome } from "../../experiment/compare/cells";
import type { ComparisonArchive, ComparisonRecord } from "../../experiment/compare/compare";
import type { ComparisonSpec } from "../../experiment/compare/spec";
import { newIdentity } from "../../runs/run-file";

/**
 * An archive that goes on in memory where the browser keeps nothing: comparisons are lost with the page then, but not
 * before. `onFault` is told why, at each refusal.
 */
export class FallbackArchive implements ComparisonArchive {
  readonly #memory = new MemoryArchive();
  /** Comparisons that the browser refused to begin with. */
  readonly #unkept = new Set<string>();

  constructor(
    private readonly kept: ComparisonArchive,
    private readonly onFault: (thrown: unknown) => void,
  ) {}

  async list(): Promise<readonly ComparisonRecord[]> {
    const inMemory = await this.#memory.list();
    return [...inMemory, ...((await this.#attempt(() => this.kept.list())) ?? [])];
  }

  async create(title: string, spec: ComparisonSpec): Promise<ComparisonRecord> {
    const kept = await this.#attempt(() => this.kept.create(title, spec));
    if (kept !== undefined) return kept;
    const record = await this.#memory.create(title, spec);
    this.#unkept.add(record.id);
    return record;
  }

  async remove(comparison: string): Promise<void> {
    await this.#memory.remove(comparison);
    if (!this.#unkept.delete(comparison)) await this.kept.remove(comparison);
  }

  async outcomes(comparison: string): Promise<readonly ComparisonOutcome[]> {
    const inMemory = await this.#memory.outcomes(comparison);
    if (this.#unkept.has(comparison)) return inMemory;
    return [...(await this.kept.outcomes(comparison)), ...inMemory];
  }

  async add(comparison: string, outcome: ComparisonOutcome, log: readonly TimedEvent[]): Promise<void> {
    if (!this.#unkept.has(comparison)) {
      const isKept = await this.#attempt(() => this.kept.add(comparison, outcome, log).then(() => true));
      if (isKept) return;
    }
    await this.#memory.add(comparison, outcome, log);
  }

  async log(comparison: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    const inMemory = await this.#memory.log(comparison, cell, problem);
    return inMemory ?? (this.#unkept.has(comparison) ? null : this.kept.log(comparison, cell, problem));
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
    const record = { id: newIdentity().id, title, spec, startedAt: new Date().toISOString() };
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
