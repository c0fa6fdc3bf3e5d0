import type { TimedEvent } from "../core/run/events";
import type { ArchivedOutcome, ComparisonArchive, ComparisonRecord } from "../ports/comparison-archive";
import type { LabDatabase } from "./database";
import { guarded } from "./storage-error";

/** Comparisons in IndexedDB. Whoever asks knows what a specification and an outcome look like; the archive only keeps them. */
export class IndexedComparisonArchive<Spec, Outcome extends ArchivedOutcome>
  implements ComparisonArchive<Spec, Outcome>
{
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly ComparisonRecord<Spec>[]> {
    return guarded(async () => {
      const records = (await this.database.benches.toArray()) as readonly ComparisonRecord<Spec>[];
      return records.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
    });
  }

  create(title: string, spec: Spec): Promise<ComparisonRecord<Spec>> {
    const record = { id: crypto.randomUUID(), title, spec, startedAt: new Date().toISOString() };
    return guarded(async () => {
      await this.database.benches.add(record);
      return record;
    });
  }

  remove(comparison: string): Promise<void> {
    const { benches: comparisons, outcomes, logs } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [comparisons, outcomes, logs], async () => {
        await outcomes.where({ bench: comparison }).delete();
        await logs.where({ bench: comparison }).delete();
        await comparisons.delete(comparison);
      }),
    );
  }

  outcomes(comparison: string): Promise<readonly Outcome[]> {
    return guarded(async () => {
      const rows = await this.database.outcomes.where({ bench: comparison }).toArray();
      return rows.map(({ outcome }) => outcome as Outcome);
    });
  }

  add(comparison: string, outcome: Outcome, log: readonly TimedEvent[]): Promise<void> {
    const { cell, id } = outcome;
    const { outcomes, logs } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [outcomes, logs], async () => {
        await outcomes.put({ bench: comparison, cell, id, outcome });
        await logs.put({ bench: comparison, cell, id, log });
      }),
    );
  }

  log(comparison: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    return guarded(async () => (await this.database.logs.get([comparison, cell, problem]))?.log ?? null);
  }
}
