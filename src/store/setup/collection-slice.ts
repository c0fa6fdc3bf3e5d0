import { type ErrorData, toErrorData } from "../../core/errors";
import type { Problem } from "../../core/problem";
import type {
  ImportFormat,
  ImportInput,
  ImportOptions,
  ImportProgress,
  ImportReport,
  ProblemImporter,
} from "../../ports/problem-importer";
import type { Collection, ProblemStore } from "../../ports/problem-store";
import type { ReferenceCheck, ReferenceProgress } from "../../ports/reference-check";
import type { SetPart, SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import { type ExperimentSlice, FIRST_PROBLEM } from "./experiment-slice";

/** How far adding problems is. It goes on while its dialog is closed. */
type ImportStage =
  | { readonly stage: "idle" }
  | { readonly stage: "reading"; readonly name: string; readonly progress: ImportProgress }
  | { readonly stage: "done"; readonly name: string; readonly report: ImportReport }
  | { readonly stage: "failed"; readonly name: string; readonly error: ErrorData };

/** Problems that were brought in from outside. */
export interface CollectionSlice {
  /** Null until they have been looked up. */
  readonly collections: readonly Collection[] | null;
  /** The problems of the collection that was opened last, in the order of their source. */
  readonly shelf: { readonly collection: string; readonly problems: readonly Problem[] } | null;
  readonly formats: readonly ImportFormat[];
  readonly importing: ImportStage;
  /** The check of reference solutions under way, which goes on while its dialog is closed. */
  readonly checking: { readonly collection: string; readonly progress: ReferenceProgress | null } | null;
  loadCollections(): Promise<void>;
  loadFormats(): Promise<void>;
  openCollection(collection: string): Promise<void>;
  /** Sets the experiment up for the first problem of a collection, unless another problem is chosen before it is here. Closes the dialog. */
  chooseCollection(collection: string): Promise<void>;
  /** Reads problems in; an import under way is cancelled. */
  importProblems(input: ImportInput, options: ImportOptions): Promise<void>;
  /** Gives up the import under way; nothing of it is kept. */
  cancelImport(): void;
  /** Puts the report of the last import away. */
  dismissImport(): void;
  /** Runs a collection's reference solutions; a check under way is given up. */
  checkCollection(collection: string): Promise<void>;
  cancelCheck(): void;
  removeCollection(collection: string): Promise<void>;
}

/** What collections need of the world. */
export interface CollectionWorld {
  readonly problemStore: Pick<ProblemStore, "collections" | "problems" | "remove">;
  readonly importer: ProblemImporter;
  readonly referenceCheck: ReferenceCheck;
}

type Seen = CollectionSlice &
  Pick<ExperimentSlice, "spec" | "problem" | "awaited" | "commit" | "setUp" | "setDrafting"> &
  Pick<ViewSlice, "notify" | "showDialog">;
type Set = SetPart<Seen>;
type Get = () => Seen;

export const createCollectionSlice: SliceCreator<CollectionSlice, Seen, CollectionWorld> = (
  set,
  get,
  { problemStore, importer, referenceCheck },
) => ({
  collections: null,
  shelf: null,
  formats: [],
  importing: { stage: "idle" },
  checking: null,

  loadCollections: () =>
    told(get, async () => {
      set({ collections: await problemStore.collections() });
    }),

  loadFormats: () =>
    told(get, async () => {
      set({ formats: await importer.formats() });
    }),

  openCollection: (collection) =>
    told(get, async () => {
      if (get().shelf?.collection === collection) return;
      set({ shelf: { collection, problems: await problemStore.problems(collection) } });
    }),

  chooseCollection: async (collection) => {
    const { spec: asked, showDialog, openCollection } = get();
    showDialog(null);
    await openCollection(collection);
    const { shelf, spec, commit, setDrafting } = get();
    const first = shelf?.collection === collection ? shelf.problems[0] : undefined;
    if (first === undefined || spec.problem !== asked.problem) return;
    setDrafting(false);
    commit({ ...spec, problem: { source: "imported", collection, id: first.id } });
  },

  ...importActions(set, get, importer),
  ...checkActions(set, get, referenceCheck),

  removeCollection: (collection) =>
    told(get, async () => {
      await problemStore.remove(collection);
      if (get().shelf?.collection === collection) set({ shelf: null });
      await get().loadCollections();
      const { spec, commit } = get();
      if (spec.problem.source === "imported" && spec.problem.collection === collection) {
        commit({ ...spec, problem: FIRST_PROBLEM });
      }
    }),
});

function importActions(set: Set, get: Get, importer: ProblemImporter) {
  let current: AbortController | null = null;

  const cancelImport = () => {
    current?.abort();
    current = null;
    if (get().importing.stage === "reading") set({ importing: { stage: "idle" } });
  };

  return {
    importProblems: async (input: ImportInput, options: ImportOptions) => {
      cancelImport();
      const mine = new AbortController();
      current = mine;
      const name = nameOf(input);
      const tell = (importing: ImportStage) => {
        if (current === mine) set({ importing });
      };
      const reading = (progress: ImportProgress) => tell({ stage: "reading", name, progress });
      reading({ rows: 0, fraction: null });
      try {
        const report = await importer.import(input, options, reading, mine.signal);
        tell({ stage: "done", name, report });
        if (report.collection !== null) await taken(set, get, report.collection);
      } catch (error) {
        tell({ stage: "failed", name, error: toErrorData(error) });
      }
    },
    cancelImport,
    dismissImport: () => set({ importing: { stage: "idle" } }),
  };
}

function checkActions(set: Set, get: Get, referenceCheck: ReferenceCheck) {
  let current: AbortController | null = null;

  const cancelCheck = () => {
    current?.abort();
    current = null;
    set({ checking: null });
  };

  return {
    checkCollection: async (collection: string) => {
      cancelCheck();
      const mine = new AbortController();
      current = mine;
      set({ checking: { collection, progress: null } });
      const tell = (progress: ReferenceProgress) => {
        if (current === mine) set({ checking: { collection, progress } });
      };
      try {
        await referenceCheck.check(collection, tell, mine.signal);
      } catch (error) {
        if (current === mine) get().notify({ tone: "error", ...toErrorData(error) });
      }
      if (current !== mine) return;
      cancelCheck();
      // Its problems may have got other time limits.
      if (get().shelf?.collection === collection) set({ shelf: null });
      await get().loadCollections();
    },
    cancelCheck,
  };
}

/** A collection has come: what was read of an earlier one of its name is out of date, and a link may have waited for it. */
async function taken(set: Set, get: Get, { id }: Collection): Promise<void> {
  if (get().shelf?.collection === id) set({ shelf: null });
  await get().loadCollections();
  const { awaited, spec, commit, setUp } = get();
  if (spec.problem.source === "imported" && spec.problem.collection === id) {
    set({ problem: null });
    setUp(spec);
  }
  if (awaited?.collection !== id) return;
  set({ awaited: null });
  commit({ ...spec, problem: { source: "imported", ...awaited } });
}

/** Does something; what goes wrong is told, and nothing else happens. */
async function told(get: Get, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    get().notify({ tone: "error", ...toErrorData(error) });
  }
}

function nameOf(input: ImportInput): string {
  if (input.kind === "file") return input.name;
  return input.kind === "url" ? input.url : "Pasted text";
}
