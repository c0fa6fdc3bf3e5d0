import type { ExperimentSpec } from "../experiment/spec";
import { encodeSpec } from "../share/encode";

/** Whether two specifications ask for the same run. */
export function isSameExperiment(a: ExperimentSpec, b: ExperimentSpec): boolean {
  return a === b || encodeSpec(a) === encodeSpec(b);
}
