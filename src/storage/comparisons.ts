import type { TimedEvent } from "../core/run/events";
import { type ComparisonOutcome, migrateOutcome } from "../experiment/compare/cells";
import type { ComparisonArchive, ComparisonRecord } from "../experiment/compare/compare";
import { type ComparisonSpec, migrateComparisonSpec } from "../experiment/compare/spec";
import { newIdentity } from "../runs/run-file";
import { guarded, type LabDatabase } from "./database";

/** Comparisons in IndexedDB. What older versions of the app have kept is read as the newest would have kept it. */
export class IndexedComparisonArchive implements ComparisonArchive {
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly ComparisonRecord[]> {
    return guarded(async () => {
      const kept = await this.database.benches.toArray();
      const records = kept.map((record) => ({ ...record, spec: migrateComparisonSpec(record.spec) }));
      return records.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
    });
  }

  create(title: string, spec: ComparisonSpec): Promise<ComparisonRecord> {
    const record = { id: newIdentity().id, title, spec, startedAt: new Date().toISOString() };
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

  outcomes(comparison: string): Promise<readonly ComparisonOutcome[]> {
    return guarded(async () => {
      const rows = await this.database.outcomes.where({ bench: comparison }).toArray();
      return rows.map(({ outcome }) => migrateOutcome(outcome));
    });
  }

  add(comparison: string, outcome: ComparisonOutcome, log: readonly TimedEvent[]): Promise<void> {
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
