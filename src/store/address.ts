import type { ExperimentSpec } from "../experiment/spec/spec";
import { encodeSpec } from "../share/link";
import type { RunView, RunViewState } from "./run/run-view";
import type { View } from "./view-slice";

/** The address of the comparisons, which are this browser's own. */
export const COMPARISON_HASH = "#bench";

/** The address of the Train view, likewise. */
export const TRAIN_HASH = "#train";

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

/** What of a run a link holds. */
type Linked = Pick<RunViewState, "runSpec" | "selected" | "selectionIsChosen" | "position" | "length">;

/** The hash of what is set up, with the node and the position that are shown if the shown run is one of it. */
export function explorerHash(spec: ExperimentSpec, run: Linked): string {
  const { runSpec, selected, selectionIsChosen, position, length } = run;
  if (runSpec === null || !isSameExperiment(spec, runSpec)) return experimentHash(spec);
  const node = selectionIsChosen ? selected : null;
  const event = position < length ? position : null;
  return node === null && event === null ? experimentHash(spec) : encodeSpec(spec, { node, event });
}

/** What decides the hash of the screen. */
interface Screen {
  readonly view: View;
  readonly spec: ExperimentSpec;
  readonly run: RunView;
}

/** The hash of what is on the screen. */
export function hashOf({ view, spec, run }: Screen): string {
  if (view === "train") return TRAIN_HASH;
  return view === "comparison" ? COMPARISON_HASH : explorerHash(spec, run.getState());
}
