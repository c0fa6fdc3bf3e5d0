import type {
  ImportFormat,
  ImportInput,
  ImportOptions,
  ImportProgress,
  ImportReport,
  ProblemImporter,
  RowNote,
} from "../ports/problem-importer";
import type { Collection, ProblemStore, StoredProblem } from "../ports/problem-store";
import { FORMATS, formatNamed } from "./formats/registry";
import type { ReadOptions, ReadProgress, RowReport } from "./import";
import { importDataset } from "./import";

/** Least milliseconds between two reports of progress: nobody reads faster, and each one draws the screen anew. */
const PROGRESS_PAUSE_MS = 80;

/** Reads datasets into a problem store. */
export class DatasetImporter implements ProblemImporter {
  constructor(private readonly store: Pick<ProblemStore, "put" | "collections" | "problems">) {}

  async formats(): Promise<readonly ImportFormat[]> {
    return FORMATS.map(({ name, title, visibleCount, visibility }) => ({
      name,
      title,
      visibility: visibility(visibleCount),
    }));
  }

  async import(
    input: ImportInput,
    options: ImportOptions,
    onProgress: (progress: ImportProgress) => void = () => {},
    signal?: AbortSignal,
  ): Promise<ImportReport> {
    const read = await importDataset(input, { ...readOptions(options, signal), onProgress: seldom(onProgress) });
    signal?.throwIfAborted();
    const { collection, problems, rows, interruption } = read;
    return {
      collection: problems.length === 0 ? null : await this.keep(collection, problems),
      refused: rows.filter(({ taken }) => !taken).map(noteOf),
      remarks: rows.filter(({ taken, remarks }) => taken && remarks.length > 0).map(noteOf),
      brokenOff: interruption,
    };
  }

  /** Beside what is there, unless all of an earlier collection comes again: then in its place, so that no problem is lost. */
  private async keep(given: Given, problems: readonly StoredProblem[]): Promise<Collection> {
    const here = new Set((await this.store.collections()).map(({ id }) => id));
    const coming = new Set(problems.map(({ problem }) => problem.id));
    for (let number = 1; ; number++) {
      const suffix = number === 1 ? null : number;
      const id = suffix === null ? given.id : `${given.id}-${suffix}`;
      const held = here.has(id) ? await this.store.problems(id) : [];
      if (!held.every((problem) => coming.has(problem.id))) continue;
      return this.store.put(
        { ...given, id, title: suffix === null ? given.title : `${given.title} ${suffix}` },
        problems,
      );
    }
  }
}

type Given = Parameters<ProblemStore["put"]>[0];

function readOptions({ format, visibleCount }: ImportOptions, signal: AbortSignal | undefined): ReadOptions {
  return {
    ...(format === null ? {} : { format: formatNamed(format).name }),
    ...(visibleCount === null ? {} : { visibleCount }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function noteOf({ row, id, remarks }: RowReport): RowNote {
  return { row, id, reason: remarks.join(" ") };
}

function seldom(tell: (progress: ImportProgress) => void): (progress: ReadProgress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ rows, bytes, totalBytes, totalRows }) => {
    const now = performance.now();
    if (now - last < PROGRESS_PAUSE_MS) return;
    last = now;
    const fraction = totalRows ? rows / totalRows : totalBytes ? bytes / totalBytes : null;
    tell({ rows, fraction: fraction === null ? null : Math.min(1, fraction) });
  };
}
