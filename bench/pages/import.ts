import { importDataset } from "../../src/datasets/import";
import { LabDatabase } from "../../src/storage/database";
import { IndexedProblemStore } from "../../src/storage/problems";

/*
 * The page's half of import.bench.ts.
 */

const REPETITIONS = 7;

/** @param text the dataset, as JSON lines. */
export async function measureImport(text: string): Promise<Readonly<Record<string, unknown>>> {
  const data = new Blob([text]);
  const rounds: Round[] = [];
  for (let i = 0; i < REPETITIONS; i++) rounds.push(await importOnce(data));
  const median = (pick: (round: Round) => number) =>
    rounds.map(pick).toSorted((a, b) => a - b)[Math.floor(REPETITIONS / 2)];
  return {
    problems: rounds[0]?.problems,
    firstImportMs: rounds[0]?.importMs,
    importMs: median((round) => round.importMs),
    ofThatReadingMs: median((round) => round.readMs),
    ofThatKeepingMs: median((round) => round.importMs - round.readMs),
    listingMs: median((round) => round.listMs),
    repetitions: REPETITIONS,
  };
}

interface Round {
  readonly problems: number;
  readonly readMs: number;
  /** Reading and keeping. */
  readonly importMs: number;
  readonly listMs: number;
}

async function importOnce(data: Blob): Promise<Round> {
  const database = new LabDatabase("o1-coder-lab-bench");
  const store = new IndexedProblemStore(database);
  await store.collections();
  const start = performance.now();
  const { collection, problems } = await importDataset({ kind: "file", name: "mbpp.jsonl", data });
  const read = performance.now();
  const kept = await store.put(collection, problems);
  const end = performance.now();
  const listed = await store.problems(collection.id);
  const listMs = performance.now() - end;
  await database.delete();
  if (listed.length !== kept.size) throw new Error("The import lost problems.");
  return { problems: kept.size, readMs: read - start, importMs: end - start, listMs };
}
