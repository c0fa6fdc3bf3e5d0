import { LabError, toErrorData } from "../core/errors";
import type { Problem } from "../core/problem";
import { DEFAULT_PRESET, specFromPreset } from "../experiment/presets";
import type { CustomProblem, ExperimentSpec, ProblemRef } from "../experiment/spec";
import type { ProblemSource } from "../ports/problem-source";
import type { CheckedDraft } from "./check-draft";
import { type CustomDraft, formatTests, SAMPLE_DRAFT } from "./custom-draft";
import type { SliceCreator } from "./lab-state";

/** The puzzle of a first visit. */
const FIRST_PROBLEM: ProblemRef = { source: "named", id: "even-steven" };

/** The experiment as it is set up: what the address bar holds and the next run will do. */
export interface ExperimentSlice {
  readonly spec: ExperimentSpec;
  /** What `spec.problem` refers to; null while it loads. Has no hidden tests. */
  readonly problem: Problem | null;
  /** All named puzzles; null while they load. */
  readonly named: readonly Problem[] | null;
  /** The form of a problem of one's own; it keeps its texts when it is closed. */
  readonly draft: CustomDraft;
  readonly isDrafting: boolean;
  /** Changes the experiment and fetches its problem; if there is no such problem, says so and keeps the one before. An older notice goes. */
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

export const createExperimentSlice: SliceCreator<ExperimentSlice> = (set, get, { problems }) => ({
  spec: specFromPreset(DEFAULT_PRESET, FIRST_PROBLEM),
  problem: null,
  named: null,
  draft: SAMPLE_DRAFT,
  isDrafting: false,

  commit: (spec) => {
    get().dismissNotice();
    get().setUp(spec);
  },

  setUp: (spec) => {
    const before = get();
    const sameProblem = before.problem !== null && JSON.stringify(before.spec.problem) === JSON.stringify(spec.problem);
    set({ spec });
    if (sameProblem) return;
    set({ problem: null });
    resolve(spec.problem, problems).then(
      (problem) => {
        if (get().spec.problem === spec.problem) set({ problem });
      },
      (error: unknown) => {
        get().notify({ tone: "error", ...toErrorData(error) });
        const present = get().spec;
        const fallback = before.problem === null ? FIRST_PROBLEM : before.spec.problem;
        if (present.problem === spec.problem && spec.problem !== FIRST_PROBLEM)
          get().setUp({ ...present, problem: fallback });
      },
    );
  },

  loadNamed: async () => {
    try {
      set({ named: await problems.named() });
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
    const checked = checkDraft(get().draft);
    if (checked.ok) get().commit({ ...get().spec, problem: checked.problem });
    return checked;
  },
});

async function resolve(ref: ProblemRef, problems: ProblemSource): Promise<Problem> {
  if (ref.source === "generated") return problems.generated(ref);
  if (ref.source === "custom") return problemOf(ref);
  const named = await problems.named();
  const problem = named.find(({ id }) => id === ref.id);
  if (problem !== undefined) return problem;
  throw new LabError("input/unknown-problem", `There is no puzzle called "${ref.id}".`, "Choose another one.");
}

function problemOf({ title, statement, entryPoint, language, visibleTests }: CustomProblem): Problem {
  return { id: "custom", title, statement, entryPoint, language, visibleTests };
}

function draftOf({ title, statement, entryPoint, visibleTests, hiddenTests }: CustomProblem): CustomDraft {
  const tests = { visibleTests: formatTests(visibleTests), hiddenTests: formatTests(hiddenTests) };
  return { title, statement, entryPoint, ...tests };
}
