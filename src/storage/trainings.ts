import { LabError } from "../core/errors";
import type { TrainingData, TrainingJob, TrainingProgress } from "../ports/trainer";
import type { KeptTraining, TrainingArchive, TrainingNotes, TrainingWatch } from "../ports/training-archive";
import { newIdentity } from "../runs/run-file";
import { guarded, type LabDatabase } from "./database";
import { claim } from "./exclusively";

/** Trainings in IndexedDB. */
export class IndexedTrainingArchive implements TrainingArchive {
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly KeptTraining[]> {
    return guarded(async () => {
      const rows = await this.database.trainings.toArray();
      return rows.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
    });
  }

  create(title: string, job: TrainingJob, data: TrainingData, watch?: TrainingWatch): Promise<KeptTraining> {
    const { trainings, trainingData } = this.database;
    const id = newIdentity().id;
    const training: KeptTraining = {
      ...{ id, title, job, startedAt: new Date().toISOString(), progress: null, checkpoint: null },
      ...(watch ? { watch } : {}),
    };
    return guarded(() =>
      this.database.transaction("rw", [trainings, trainingData], async () => {
        await trainings.add(training);
        await trainingData.add({ id, data });
        return training;
      }),
    );
  }

  data(id: string): Promise<TrainingData> {
    return guarded(async () => {
      const row = await this.database.trainingData.get(id);
      if (!row) throw new LabError("storage/no-training", "This training is no longer kept.", "Start it anew.");
      return row.data;
    });
  }

  part(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return guarded(async () => (await this.database.trainingParts.get(id))?.file ?? null);
  }

  keep(id: string, part: Uint8Array<ArrayBuffer>, progress: TrainingProgress | null): Promise<void> {
    const { trainings, trainingParts } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [trainings, trainingParts], async () => {
        // One that was removed meanwhile stays so.
        if ((await trainings.get(id)) === undefined) return;
        await trainingParts.put({ id, file: part });
        if (progress !== null) await trainings.update(id, { progress });
      }),
    );
  }

  note(id: string, notes: TrainingNotes): Promise<void> {
    return guarded(async () => {
      await this.database.trainings.update(id, notes);
    });
  }

  finish(id: string, checkpoint: string): Promise<void> {
    const { trainings, trainingParts } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [trainings, trainingParts], async () => {
        await trainings.update(id, { checkpoint });
        await trainingParts.delete(id);
      }),
    );
  }

  remove(id: string): Promise<void> {
    const { trainings, trainingData, trainingParts } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [trainings, trainingData, trainingParts], async () => {
        for (const table of [trainings, trainingData, trainingParts]) await table.delete(id);
      }),
    );
  }

  claim(id: string): Promise<(() => void) | null> {
    return claim(`training ${id}`);
  }
}
