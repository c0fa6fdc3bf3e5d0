import type { Language } from "../core/problem";
import { type CheckedReferences, checkReferences } from "../datasets/references";
import type { Preparation } from "../ports/experiment-runner";
import type { StoredProblem } from "../ports/problem-store";
import { type JudgedCases, judgeCases } from "../sandbox/cases";
import type { RealmHost } from "../sandbox/frame/realm-host";
import { createRunners, type LanguageRunners } from "../sandbox/runners";

/** Programs and their tests, as the rows of a cases file; `judgeCases` checks them. */
export interface JudgeRequest {
  /** JavaScript if nothing is said. */
  readonly language?: Language;
  readonly rows: readonly unknown[];
}

/** Problems whose references are to be run on the problems' own tests. */
export interface CheckRequest {
  readonly problems: readonly StoredProblem[];
}

/** Where programs run, and who is told how it goes. */
export interface JudgingPlace {
  readonly sandbox: RealmHost;
  /** Absolute address of the app's folder, with a slash at its end. */
  readonly baseUrl: string;
  readonly onPreparation: (preparation: Preparation) => void;
  readonly say: (line: string) => void;
}

/** How often progress is told, in problems. */
const TELL_EVERY = 25;

async function within<T>(
  { sandbox, baseUrl }: JudgingPlace,
  use: (runners: LanguageRunners) => Promise<T>,
): Promise<T> {
  const runners = createRunners(sandbox, { baseUrl });
  try {
    return await use(runners);
  } finally {
    runners.close();
  }
}

/** Judges the rows of a cases file. @throws LabError `sandbox/*`. */
export function judge(place: JudgingPlace, { language = "javascript", rows }: JudgeRequest): Promise<JudgedCases> {
  return within(place, async (runners) => {
    await runners.warm(language, place.onPreparation);
    return judgeCases(runners, rows, { language });
  });
}

/** Checks the references of problems. @throws LabError `sandbox/*`. */
export function check(place: JudgingPlace, { problems }: CheckRequest): Promise<CheckedReferences> {
  return within(place, async (runners) => {
    const language = problems[0]?.problem.language;
    if (language) await runners.warm(language, place.onPreparation);
    return checkReferences(problems, runners, {
      onProgress: ({ done, total, failed }) => {
        if (done % TELL_EVERY === 0 || done === total) place.say(`${done} of ${total} checked, ${failed} failed`);
      },
    });
  });
}
