import type { ExperimentSpec } from "../../experiment/spec/spec";
import { encodeSpec } from "../../share/encode";

/** Specifications are never changed, only replaced; packing one of the user's own problems anew for every frame would cost. */
const hashes = new WeakMap<ExperimentSpec, string>();

/** The hash of a link to the experiment. */
export function experimentHash(spec: ExperimentSpec): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const hash = encodeSpec(spec);
  hashes.set(spec, hash);
  return hash;
}

/** Whether two specifications ask for the same run. */
export function isSameExperiment(a: ExperimentSpec, b: ExperimentSpec): boolean {
  return a === b || experimentHash(a) === experimentHash(b);
}
