import type { TimedEvent } from "../core/events";
import type { ArchivedOutcome, BenchArchive, BenchRecord } from "../ports/bench-archive";
import type { LabDatabase } from "./database";
import { guarded } from "./storage-error";

/** Comparisons in IndexedDB. Whoever asks knows what a specification and an outcome look like; the archive only keeps them. */
export class IndexedBenchArchive<Spec, Outcome extends ArchivedOutcome> implements BenchArchive<Spec, Outcome> {
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly BenchRecord<Spec>[]> {
    return guarded(async () => {
      const records = (await this.database.benches.toArray()) as readonly BenchRecord<Spec>[];
      return records.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
    });
  }

  create(title: string, spec: Spec): Promise<BenchRecord<Spec>> {
    const record = { id: crypto.randomUUID(), title, spec, startedAt: new Date().toISOString() };
    return guarded(async () => {
      await this.database.benches.add(record);
      return record;
    });
  }

  remove(bench: string): Promise<void> {
    const { benches, outcomes, logs } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [benches, outcomes, logs], async () => {
        await outcomes.where({ bench }).delete();
        await logs.where({ bench }).delete();
        await benches.delete(bench);
      }),
    );
  }

  outcomes(bench: string): Promise<readonly Outcome[]> {
    return guarded(async () => {
      const rows = await this.database.outcomes.where({ bench }).toArray();
      return rows.map(({ outcome }) => outcome as Outcome);
    });
  }

  add(bench: string, outcome: Outcome, log: readonly TimedEvent[]): Promise<void> {
    const { cell, id } = outcome;
    const { outcomes, logs } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [outcomes, logs], async () => {
        await outcomes.put({ bench, cell, id, outcome });
        await logs.put({ bench, cell, id, log });
      }),
    );
  }

  log(bench: string, cell: string, problem: string): Promise<readonly TimedEvent[] | null> {
    return guarded(async () => (await this.database.logs.get([bench, cell, problem]))?.log ?? null);
  }
}
