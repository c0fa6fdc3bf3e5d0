import { Dexie } from "dexie";
import { LabError } from "../core/errors";
import type { Problem } from "../core/problem";
import type { Collection, ProblemStore, StoredProblem } from "../ports/problem-store";
import type { ReferenceSummary } from "../ports/reference-check";
import { type AnswerRow, guarded, type LabDatabase, type ProblemRow } from "./database";

/** The imported problems in IndexedDB: the same from the window and from every worker. */
export class IndexedProblemStore implements ProblemStore {
  constructor(private readonly database: LabDatabase) {}

  collections(): Promise<readonly Collection[]> {
    return guarded(async () => {
      const found = await this.database.collections.toArray();
      return found.toSorted((a, b) => a.title.localeCompare(b.title));
    });
  }

  problems(collection: string): Promise<readonly Problem[]> {
    return guarded(async () => {
      const rows = await this.database.problems
        .where(KEY)
        .between(...range(collection))
        .toArray();
      return rows.map(({ problem }) => problem);
    });
  }

  stored(collection: string, limit = Number.POSITIVE_INFINITY): Promise<readonly StoredProblem[]> {
    return guarded(async () => {
      const { collections, problems, answers } = this.database;
      return this.database.transaction("r", [collections, problems, answers], async () => {
        if ((await collections.get(collection)) === undefined) throw unknownCollection(collection);
        const rows = await problems
          .where(KEY)
          .between(...range(collection, limit))
          .toArray();
        const solved = await answers
          .where(KEY)
          .between(...range(collection, limit))
          .toArray();
        return rows.map((row, i) => joined(row, solved[i]));
      });
    });
  }

  find(collection: string, id: string): Promise<StoredProblem> {
    return guarded(async () => {
      const { collections, problems, answers } = this.database;
      return this.database.transaction("r", [collections, problems, answers], async () => {
        const row = await problems.get({ collection, id });
        if (row) return joined(row, await answers.get([collection, row.position]));
        const held = await collections.get(collection);
        if (!held) throw unknownCollection(collection);
        throw new LabError(
          "input/unknown-problem",
          `There is no problem ${id} in ${held.title}.`,
          "Choose one of its list.",
        );
      });
    });
  }

  put(
    given: Omit<Collection, "size" | "references" | "importedAt" | "checked">,
    problems: readonly StoredProblem[],
  ): Promise<Collection> {
    const collection = {
      ...given,
      size: problems.length,
      references: problems.filter(({ references }) => references.length > 0).length,
      importedAt: new Date().toISOString(),
    };
    const rows = problems.map(({ problem }, position) => ({ collection: given.id, position, id: problem.id, problem }));
    const answers = problems.map(({ hiddenTests, references }, position) => {
      return { collection: given.id, position, hiddenTests, references };
    });
    return guarded(async () => {
      const { database } = this;
      await database.transaction("rw", [database.collections, database.problems, database.answers], async () => {
        await this.drop(given.id);
        await database.problems.bulkAdd(rows);
        await database.answers.bulkAdd(answers);
        await database.collections.put(collection);
      });
      return collection;
    });
  }

  keepCheck(id: string, checked: ReferenceSummary, timeLimitsMs: Readonly<Record<string, number>>): Promise<void> {
    return guarded(async () => {
      const { collections, problems } = this.database;
      await this.database.transaction("rw", [collections, problems], async () => {
        const collection = await collections.get(id);
        if (collection === undefined) throw unknownCollection(id);
        await collections.put({ ...collection, checked });
        for (const [problemId, timeLimitMs] of Object.entries(timeLimitsMs)) {
          const row = await problems.get({ collection: id, id: problemId });
          if (row === undefined || (row.problem.timeLimitMs ?? 0) >= timeLimitMs) continue;
          await problems.put({ ...row, problem: { ...row.problem, timeLimitMs } });
        }
      });
    });
  }

  remove(collection: string): Promise<void> {
    return guarded(async () => {
      const { database } = this;
      await database.transaction("rw", [database.collections, database.problems, database.answers], () =>
        this.drop(collection),
      );
    });
  }

  private async drop(collection: string): Promise<void> {
    const { collections, problems, answers } = this.database;
    await problems
      .where(KEY)
      .between(...range(collection))
      .delete();
    await answers
      .where(KEY)
      .between(...range(collection))
      .delete();
    await collections.delete(collection);
  }
}

const KEY = "[collection+position]";

/** The keys of a collection's first `limit` rows. */
function range(collection: string, limit = Number.POSITIVE_INFINITY): [unknown, unknown, boolean, boolean] {
  const end = Number.isFinite(limit) ? limit : Dexie.maxKey;
  return [[collection, 0], [collection, end], true, false];
}

function joined({ problem }: ProblemRow, answer: AnswerRow | undefined): StoredProblem {
  return { problem, hiddenTests: answer?.hiddenTests ?? [], references: answer?.references ?? [] };
}

function unknownCollection(collection: string): LabError {
  return new LabError(
    "input/unknown-collection",
    `The problems of ${collection} are not in this browser.`,
    `Import ${collection} first: drop its file, or give its address.`,
  );
}
