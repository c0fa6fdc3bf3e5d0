import { LabError, toErrorData } from "../../core/errors";
import { parseModelRef } from "../../core/model";
import type { Problem } from "../../core/problem";
import { DEFAULT_PRESET, specFromPreset } from "../../experiment/spec/presets";
import type { CustomProblem, ProblemRef } from "../../experiment/spec/problem-ref";
import { type ProblemShelves, resolveProblem } from "../../experiment/spec/problem-shelves";
import type { ExperimentSpec } from "../../experiment/spec/spec";
import type { ProblemSource } from "../../ports/problem-source";
import type { ProblemStore } from "../../ports/problem-store";
import type { SliceCreator } from "../slice";
import type { ViewSlice } from "../view-slice";
import type { CheckedDraft } from "./check-draft";
import { type CustomDraft, formatTests, SAMPLE_DRAFT } from "./custom-draft";

/** The puzzle of a first visit. */
export const FIRST_PROBLEM: ProblemRef = { source: "named", id: "even-steven" };

/** The experiment as it is set up: what the address bar holds and the next run will do. */
export interface ExperimentSlice {
  readonly spec: ExperimentSpec;
  /** What `spec.problem` refers to; null while it loads. Has no hidden tests. */
  readonly problem: Problem | null;
  /** The imported problem that a link asked for and that is not here: it is taken up when its collection comes. Nothing is run until then. */
  readonly awaited: { readonly collection: string; readonly id: string } | null;
  /** All named puzzles; null while they load. */
  readonly named: readonly Problem[] | null;
  /** The form of a problem of one's own; it keeps its texts when it is closed. */
  readonly draft: CustomDraft;
  readonly isDrafting: boolean;
  /**
   * Changes the experiment and fetches its problem; if there is no such problem, says so and keeps the one before. An older
   * notice goes. Another problem ends the wait for one that is not here.
   */
  commit(spec: ExperimentSpec): void;
  /** As `commit`, on the app's own account: what a person was told stays. */
  setUp(spec: ExperimentSpec): void;
  loadNamed(): Promise<void>;
  /** Opens or closes the form; opening starts from the experiment's own problem if it has one. */
  setDrafting(isDrafting: boolean): void;
  edit(change: Partial<CustomDraft>): void;
  /** Takes the draft over into the experiment if it is sound. */
  commitDraft(): Promise<CheckedDraft>;
}

/** What the experiment needs of the world. */
export interface ExperimentWorld {
  readonly problems: ProblemSource;
  /** Problems that were imported; it is asked for no hidden tests. */
  readonly problemStore: Pick<ProblemStore, "collections" | "problems">;
}

type Seen = ExperimentSlice & Pick<ViewSlice, "notify" | "dismissNotice">;

export const createExperimentSlice: SliceCreator<ExperimentSlice, Seen, ExperimentWorld> = (set, get, world) => ({
  spec: specFromPreset(DEFAULT_PRESET, FIRST_PROBLEM),
  problem: null,
  awaited: null,
  named: null,
  draft: SAMPLE_DRAFT,
  isDrafting: false,

  commit: (spec) => {
    get().dismissNotice();
    if (spec.problem !== get().spec.problem) set({ awaited: null });
    get().setUp(spec);
  },

  setUp: (spec) => {
    const before = get();
    const sameProblem = before.problem !== null && JSON.stringify(before.spec.problem) === JSON.stringify(spec.problem);
    set({ spec });
    if (sameProblem) return;
    set({ problem: null });
    resolveProblem(spec.problem, shelvesOf(world)).then(
      (problem) => {
        if (get().spec.problem === spec.problem) set({ problem });
      },
      (error: unknown) => {
        const present = get().spec;
        const awaited = present.problem === spec.problem && spec.problem.source === "imported" ? spec.problem : null;
        get().notify({ tone: "error", ...toErrorData(error), ...(awaited === null ? {} : { opens: "problems" }) });
        if (awaited !== null) set({ awaited });
        const fallback = before.problem === null ? FIRST_PROBLEM : before.spec.problem;
        if (present.problem === spec.problem && spec.problem !== FIRST_PROBLEM)
          get().setUp({ ...present, problem: fallback });
      },
    );
  },

  loadNamed: async () => {
    try {
      set({ named: await world.problems.named() });
    } catch (error) {
      get().notify({ tone: "error", ...toErrorData(error) });
    }
  },

  setDrafting: (isDrafting) => {
    const { problem } = get().spec;
    set({ isDrafting });
    if (isDrafting && problem.source === "custom") set({ draft: draftOf(problem) });
  },

  edit: (change) => set(({ draft }) => ({ draft: { ...draft, ...change } })),

  commitDraft: async () => {
    const { checkDraft } = await import("./check-draft");
    const checked = checkDraft(get().draft, parseModelRef(get().spec.model).engine);
    if (checked.ok) get().commit({ ...get().spec, problem: checked.problem });
    return checked;
  },
});

/** Where the window finds problems, without their hidden tests. */
function shelvesOf({ problems, problemStore }: ExperimentWorld): ProblemShelves<Problem> {
  return {
    named: async (wanted) => (await problems.named()).find(({ id }) => id === wanted),
    generated: (puzzle) => problems.generated(puzzle),
    imported: (collection, id) => imported(collection, id, problemStore),
    own: ({ problem }) => problem,
  };
}

async function imported(collection: string, wanted: string, store: ExperimentWorld["problemStore"]): Promise<Problem> {
  const collections = await store.collections();
  if (!collections.some(({ id }) => id === collection)) {
    throw new LabError(
      "input/unknown-collection",
      `The problem ${wanted} is one of "${collection}", which is not in this browser.`,
      `Add the problems of ${collection}, and it opens; everything else is set up.`,
    );
  }
  const problem = (await store.problems(collection)).find(({ id }) => id === wanted);
  if (problem !== undefined) return problem;
  const words = `There is no problem ${wanted} among the problems of "${collection}" here.`;
  throw new LabError("input/unknown-problem", words, "Choose another one, or add the collection again.");
}

function draftOf({ title, statement, language, entryPoint, visibleTests, hiddenTests }: CustomProblem): CustomDraft {
  const tests = { visibleTests: formatTests(visibleTests), hiddenTests: formatTests(hiddenTests) };
  return { title, statement, language, entryPoint, ...tests };
}
