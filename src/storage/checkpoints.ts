import {
  type CheckpointRecord,
  type CheckpointStore,
  type KeptCheckpoint,
  noSuchCheckpoint,
} from "../ports/checkpoint-store";
import { guarded, type LabDatabase } from "./database";

/** Checkpoints in IndexedDB: the same from the window and from every worker. */
export class IndexedCheckpointStore implements CheckpointStore {
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly KeptCheckpoint[]> {
    return guarded(async () => {
      const rows = await this.database.checkpoints.toArray();
      return rows.toSorted((a, b) => b.keptAt.localeCompare(a.keptAt)).map(({ id: _, ...kept }) => kept);
    });
  }

  file(id: string): Promise<Uint8Array<ArrayBuffer>> {
    return guarded(async () => {
      const row = await this.database.weights.get(id);
      if (!row) throw noSuchCheckpoint(id);
      return row.file;
    });
  }

  put(record: CheckpointRecord, file: Uint8Array<ArrayBuffer>): Promise<KeptCheckpoint> {
    const { checkpoints, weights } = this.database;
    const kept = { record, keptAt: new Date().toISOString(), bytes: file.byteLength };
    return guarded(() =>
      this.database.transaction("rw", [checkpoints, weights], async () => {
        const known = await checkpoints.get(record.id);
        if (known) return { record: known.record, keptAt: known.keptAt, bytes: known.bytes };
        await checkpoints.add({ id: record.id, ...kept });
        await weights.add({ id: record.id, file });
        return kept;
      }),
    );
  }

  remove(id: string): Promise<void> {
    const { checkpoints, weights } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [checkpoints, weights], async () => {
        await checkpoints.delete(id);
        await weights.delete(id);
      }),
    );
  }
}
