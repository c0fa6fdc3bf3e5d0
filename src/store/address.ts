import { LabError, toErrorData } from "../core/errors";
import type { ProblemRef } from "../experiment/spec/spec";
import { encodeSpec, type Shared } from "../share/encode";
import type { LabState } from "./lab-state";
import type { LabStore } from "./lab-store";
import { experimentHash, isSameExperiment } from "./setup/same-experiment";

/** The address bar. */
export interface Address {
  read(): string;
  /** Replaces the hash without a new entry in the history; may wait for a moment of rest. */
  write(hash: string): void;
  /** Calls back when a person goes to another hash. */
  onChange(callback: () => void): void;
}

/** What a link holds: an experiment and the moment of its run. */
type Linked = Pick<LabState, "spec" | "runSpec" | "selected" | "selectionIsChosen" | "position" | "length">;

/** The address of the comparisons, which are this browser's own. */
export const COMPARISON_HASH = "#bench";

/** The hash of what is on the screen. */
export function hashOf(state: Linked & Pick<LabState, "view">): string {
  return state.view === "comparison" ? COMPARISON_HASH : explorerHash(state);
}

/** The hash of what is set up, with the moment that is shown if it belongs to it. */
export function explorerHash(state: Linked): string {
  const { spec, runSpec, selected, selectionIsChosen, position, length } = state;
  if (runSpec === null || !isSameExperiment(spec, runSpec)) return experimentHash(spec);
  const node = selectionIsChosen ? selected : null;
  const event = position < length ? position : null;
  return node === null && event === null ? experimentHash(spec) : encodeSpec(spec, { node, event });
}

/** Reads a link; a bad one gives null and a notice that says what is wrong. */
export async function readLink(store: LabStore, hash: string): Promise<Shared | null> {
  if (hash.length <= 1) return null;
  try {
    const { decodeHash } = await import("../share/decode");
    const shared = decodeHash(hash);
    if (shared !== null) await expectPuzzle(store, shared.spec.problem);
    return shared;
  } catch (error) {
    const { message, hint } = toErrorData(error);
    const known = error instanceof LabError;
    store.getState().notify({ tone: "error", message: known ? message : "The link cannot be read.", hint });
    return null;
  }
}

/** @throws LabError when a link names a puzzle that is not among the named ones. */
async function expectPuzzle(store: LabStore, problem: ProblemRef): Promise<void> {
  if (problem.source !== "named") return;
  await store.getState().loadNamed();
  const { named } = store.getState();
  if (named === null || named.some(({ id }) => id === problem.id)) return;
  throw new LabError("link/unknown-problem", `There is no puzzle called "${problem.id}".`, "Choose one from the list.");
}

/**
 * Keeps the address bar at what is set up and shown. A replay or a running search changes the moment all the time, so those
 * are written when they come to rest; so is everything else, once per change. Takes links up when the person follows one.
 */
export function followAddress(store: LabStore, address: Address, open: (shared: Shared) => void): void {
  let written = hashOf(store.getState());
  const correct = () => {
    written = hashOf(store.getState());
    address.write(written);
  };
  store.subscribe((state) => {
    if (state.isPlaying || state.status === "preparing" || state.status === "running") return;
    const hash = hashOf(state);
    if (hash === written) return;
    written = hash;
    address.write(hash);
  });
  address.onChange(() => {
    if (address.read() === COMPARISON_HASH) return void store.getState().showComparison();
    store.getState().showExplorer();
    if (address.read() === explorerHash(store.getState())) return;
    void readLink(store, address.read()).then((shared) => {
      if (shared !== null) open(shared);
      else if (address.read().length > 1) correct();
    });
  });
}
