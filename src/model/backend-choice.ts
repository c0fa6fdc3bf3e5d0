import { z } from "zod";
import type { BrowserMemory } from "../ports/browser-memory";
import { BACKEND_NAMES, type BackendName, type BackendSurvey } from "./backend";

/** What is remembered of a choice. */
const choiceSchema = z.object({ backend: z.enum(BACKEND_NAMES), stamp: z.string() });

/** What has been chosen by a measurement. */
export interface MeasuredChoice<T> {
  readonly backend: BackendName;
  readonly value: T;
}

/**
 * What is gained on the backend that was chosen here before for this purpose; where nothing was, or what it went by has changed, or it
 * does not run any more, by a new measurement, which is then remembered.
 * @param use gives what is wanted on a backend, without a choice.
 * @throws what `measure` throws.
 */
export async function onChosenBackend<T>(
  purpose: string,
  memory: BrowserMemory,
  survey: BackendSurvey,
  use: (backend: BackendName) => Promise<T>,
  measure: (names: readonly BackendName[]) => Promise<MeasuredChoice<T>>,
): Promise<T> {
  const known = choiceSchema.safeParse(await memory.recall(purpose));
  if (known.success && known.data.stamp === survey.stamp && survey.names.includes(known.data.backend)) {
    try {
      return await use(known.data.backend);
    } catch {
      // It ran here before; now it is measured anew, which says what is wrong if nothing runs.
    }
  }
  const { backend, value } = await measure(survey.names);
  // What was only left over because nothing else ran may be another one next time.
  if (survey.names.includes(backend)) await memory.remember(purpose, { backend, stamp: survey.stamp });
  return value;
}
