import { replay } from "../core/run/fold";
import { migrateRun } from "../runs/migration";
import type { RunFile } from "../runs/run-file";
import type { Shared } from "../share/encode";
import { type Address, COMPARISON_HASH, followAddress, hashOf, readLink } from "./address";
import type { LabStore } from "./lab-store";
import { isSameExperiment } from "./setup/same-experiment";

/** What the app opens with. */
export interface Opening {
  readonly address: Address;
  /** A recorded run to explore on a first visit. */
  readonly recordedRunUrl: string;
}

/** Sets the app up from its link, or with the recorded run if there is none, and keeps the address bar in step from then on. */
export async function openLab(store: LabStore, { address, recordedRunUrl }: Opening): Promise<void> {
  const isComparison = address.read() === COMPARISON_HASH;
  if (isComparison) void store.getState().showComparison();
  const shared = isComparison ? null : await readLink(store, address.read());
  const opened = shared?.spec ?? store.getState().spec;
  store.getState().setUp(opened);
  const recorded = await fetchRun(recordedRunUrl);
  const open = (link: Shared) => openLink(store, link, recorded);
  if (shared !== null) open(shared);
  else if (recorded !== null && store.getState().status === "idle" && store.getState().spec === opened) {
    store.getState().setUp(recorded.spec);
    store.getState().show(recorded, "recorded");
  }
  // A refused link must not stay in the address bar: it would be copied on.
  if (shared === null && address.read().length > 1) address.write(hashOf(store.getState()));
  followAddress(store, address, open);
}

/** Goes where a link leads: in the shown run if it is the same, in the recorded one if it is that, else to a fresh start. */
function openLink(store: LabStore, { spec, view }: Shared, recorded: RunFile | null): void {
  const { runSpec, commit, show, clear, length, status } = store.getState();
  const isSame = runSpec !== null && isSameExperiment(spec, runSpec);
  commit(spec);
  // Run may be pressed while the page still loads.
  if (isSame && status === "preparing") return;
  if (isSame && length > 0) {
    if (view.event !== null) store.getState().seek(view.event);
    if (view.node !== null) store.getState().select(view.node);
  } else if (recorded !== null && isSameExperiment(spec, recorded.spec)) show(recorded, "recorded", view);
  else clear(view);
}

async function fetchRun(url: string): Promise<RunFile | null> {
  try {
    const response = await fetch(url);
    if (!response.ok) return null;
    const run = migrateRun((await response.json()) as RunFile) as RunFile;
    replay(run.events);
    return run;
  } catch {
    // Missing, or not what this version writes: the app is as good as ever, and starts with an empty tree.
    return null;
  }
}
