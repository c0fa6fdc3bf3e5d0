import type { DatasetCounts, DatasetLine, DatasetStore, KeptDataset } from "../ports/dataset-store";
import { newIdentity } from "../runs/run-file";
import { guarded, type LabDatabase } from "./database";
import { claim } from "./exclusively";

const EMPTY: DatasetCounts = { lines: 0, problems: 0, solved: 0, nodes: 0, paths: 0, tokens: 0 };

/** Data sets in IndexedDB. */
export class IndexedDatasetStore implements DatasetStore {
  constructor(private readonly database: LabDatabase) {}

  list(): Promise<readonly KeptDataset[]> {
    return guarded(async () => {
      const rows = await this.database.datasets.toArray();
      return rows.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
    });
  }

  create(about: Pick<KeptDataset, "title" | "kind" | "recipe">): Promise<KeptDataset> {
    const [id, startedAt] = [newIdentity().id, new Date().toISOString()];
    const dataset: KeptDataset = { ...about, id, startedAt, counts: EMPTY, content: null, isPaused: false };
    return guarded(async () => {
      await this.database.datasets.add(dataset);
      return dataset;
    });
  }

  add(id: string, lines: readonly DatasetLine[]): Promise<KeptDataset | null> {
    const { datasets, datasetLines } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [datasets, datasetLines], async () => {
        const dataset = await datasets.get(id);
        if (!dataset) return null;
        const first = dataset.counts.lines;
        await datasetLines.bulkAdd(lines.map(({ text }, i) => ({ dataset: id, position: first + i, text })));
        const grown = { ...dataset, counts: lines.reduce(sum, dataset.counts) };
        await datasets.put(grown);
        return grown;
      }),
    );
  }

  note(id: string, notes: Partial<Pick<KeptDataset, "content" | "isPaused">>): Promise<void> {
    return guarded(async () => {
      await this.database.datasets.update(id, notes);
    });
  }

  lines(id: string, from = 0, to = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
    return guarded(async () => {
      const places = this.database.datasetLines.where("[dataset+position]").between([id, from], [id, to]);
      return (await places.sortBy("position")).map(({ text }) => text);
    });
  }

  remove(id: string): Promise<void> {
    const { datasets, datasetLines } = this.database;
    return guarded(() =>
      this.database.transaction("rw", [datasets, datasetLines], async () => {
        await datasetLines.where({ dataset: id }).delete();
        await datasets.delete(id);
      }),
    );
  }

  claim(id: string): Promise<(() => void) | null> {
    return claim(`data set ${id}`);
  }
}

function sum(counts: DatasetCounts, line: DatasetLine): DatasetCounts {
  return {
    lines: counts.lines + 1,
    problems: counts.problems + line.problems,
    solved: counts.solved + line.solved,
    nodes: counts.nodes + line.nodes,
    paths: counts.paths + line.paths,
    tokens: counts.tokens + line.tokens,
  };
}
