import { LabError, toErrorData } from "../core/errors";
import { replay } from "../core/run/fold";
import type { ProblemRef } from "../experiment/spec/problem-ref";
import type { ExperimentSpec } from "../experiment/spec/spec";
import { migrateRun, type RunFile } from "../runs/run-file";
import type { Shared } from "../share/link";
import { COMPARISON_HASH, explorerHash, hashOf, isSameExperiment, TRAIN_HASH } from "./address";
import type { LabStore } from "./lab-store";

/** The address bar. */
export interface Address {
  read(): string;
  /** Replaces the hash without a new entry in the history; waits for a moment of rest. */
  write(hash: string): void;
  /** Calls back when a person goes to another hash. */
  onChange(callback: () => void): void;
}

/** What the address bar needs of the browser's window. */
export interface AddressWindow {
  readonly location: { readonly hash: string };
  readonly history: { readonly state: unknown; replaceState(state: unknown, unused: string, url: string): void };
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number | undefined): void;
  addEventListener(type: "hashchange", listener: () => void): void;
}

/** Browsers refuse to have the address changed for every pixel of a drag. */
const ADDRESS_REST_MS = 150;

/**
 * The browser's address bar. The hash changes before the page hears of it: what waits to be written by then is about where the
 * person was, and must not take the place of where they have gone.
 */
export function browserAddress(browser: AddressWindow): Address {
  let waiting: number | undefined;
  /** The hash that the app knows of. */
  let known = browser.location.hash;
  return {
    read: () => browser.location.hash,
    write: (hash) => {
      browser.clearTimeout(waiting);
      waiting = browser.setTimeout(() => {
        if (browser.location.hash !== known) return;
        browser.history.replaceState(browser.history.state, "", hash);
        known = browser.location.hash;
      }, ADDRESS_REST_MS);
    },
    onChange: (callback) =>
      browser.addEventListener("hashchange", () => {
        known = browser.location.hash;
        callback();
      }),
  };
}

/** What the app opens with. */
interface Opening {
  readonly address: Address;
  /** A recorded run to explore on a first visit; null where there is none. */
  readonly recorded: Promise<RunFile | null>;
}

/**
 * Sets the app up from its link, or with the recorded run if there is none; keeps the address bar at what is set up and shown,
 * and takes up the links that a person follows, from the beginning. Of several links the last one counts.
 */
export async function openLab(store: LabStore, { address, recorded }: Opening): Promise<void> {
  const bar = keepAddress(store, address);
  let visits = 0;
  const visit = async () => {
    const mine = ++visits;
    const hash = address.read();
    const show = screenOf(store, hash);
    if (show !== null) return show();
    const { showExplorer, spec, run } = store.getState();
    showExplorer();
    if (hash === explorerHash(spec, run.getState())) return;
    const shared = await readLink(store, hash);
    if (mine !== visits) return;
    if (shared !== null) await openLink(store, shared, recorded, bar);
  };
  address.onChange(() => void visit());

  const hash = address.read();
  const first = store.getState().spec;
  const show = screenOf(store, hash);
  void show?.();
  const shared = show !== null ? null : await readLink(store, hash);
  if (shared !== null && visits === 0) return openLink(store, shared, recorded, bar);
  // A link that was refused stays where it can be mended, until something else is set up.
  await openRecorded(store, first, recorded, bar);
}

/** Shows the screen that an address is of, which is this browser's own; null for links to experiments. */
function screenOf(store: LabStore, hash: string): (() => Promise<void>) | null {
  const { showComparison, showTrain } = store.getState();
  // Something of a sentence may have come along.
  const word = hash.replace(/\W+$/, "");
  if (word === COMPARISON_HASH) return showComparison;
  return word === TRAIN_HASH ? showTrain : null;
}

/** Writes the address bar. */
interface AddressBar {
  /** Changes the app without the address being written: it says already what to show, or need not say it. */
  quietly(change: () => void): void;
}

/**
 * Keeps the address bar at what is set up and shown. A replay or a running search changes the snapshot all the time, so those
 * are written when they come to rest; so is everything else, once per change.
 */
function keepAddress(store: LabStore, address: Address): AddressBar {
  let written = hashOf(store.getState());
  let isQuiet = false;
  const follow = () => {
    const { isPlaying, status } = store.getState().run.getState();
    if (isQuiet || isPlaying || status === "preparing" || status === "running") return;
    const hash = hashOf(store.getState());
    if (hash === written) return;
    written = hash;
    address.write(hash);
  };
  store.subscribe(follow);
  store.getState().run.subscribe(follow);
  const quietly = (change: () => void) => {
    isQuiet = true;
    change();
    isQuiet = false;
    written = hashOf(store.getState());
  };
  return { quietly };
}

/** Goes where a link leads: in the shown run if it is the same, in the recorded one if it is that, else to a fresh start. */
async function openLink(
  store: LabStore,
  { spec, view }: Shared,
  recorded: Opening["recorded"],
  { quietly }: AddressBar,
): Promise<void> {
  const { run, commit, clear } = store.getState();
  const { runSpec, length, status, seek, select } = run.getState();
  const isShown = runSpec !== null && isSameExperiment(spec, runSpec);
  quietly(() => commit(spec));
  // Run may be pressed while the page still loads.
  if (isShown && status === "preparing") return;
  if (isShown && length > 0) {
    if (view.event !== null) seek(view.event);
    if (view.node !== null) select(view.node);
    return;
  }
  quietly(() => clear(view));
  const file = await recorded;
  if (file?.spec && isSameExperiment(file.spec, spec) && isUntouched(store, spec)) {
    quietly(() => run.getState().show(file, "recorded", view));
  }
}

/** Shows the recorded run, unless a person was faster than it came. */
async function openRecorded(
  store: LabStore,
  first: ExperimentSpec,
  recorded: Opening["recorded"],
  { quietly }: AddressBar,
): Promise<void> {
  const { run, setUp } = store.getState();
  if (store.getState().spec === first) quietly(() => setUp(first));
  const file = await recorded;
  if (file === null || !isUntouched(store, first)) return;
  quietly(() => {
    if (file.spec !== null) setUp(file.spec);
    run.getState().show(file, "recorded");
  });
}

/** Whether an experiment is still the one that is set up, and nothing was run. */
function isUntouched(store: LabStore, spec: ExperimentSpec): boolean {
  return store.getState().spec === spec && store.getState().run.getState().status === "idle";
}

/** Reads a link; a bad one gives null and a notice that says what is wrong. */
async function readLink(store: LabStore, hash: string): Promise<Shared | null> {
  if (hash.length <= 1) return null;
  try {
    const { decodeHash } = await import("../share/decode");
    const shared = decodeHash(hash);
    if (shared !== null) await expectPuzzle(store, shared.spec.problem);
    return shared;
  } catch (error) {
    const { message, hint } = toErrorData(error);
    const known = error instanceof LabError;
    const mending = `${hint} It still stands in the address bar, where it can be mended.`.trim();
    store.getState().notify({ tone: "error", message: known ? message : "The link cannot be read.", hint: mending });
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

/** Fetches a recorded run; null where it is missing, or not what this version writes: the app is as good as ever without. */
export async function fetchRun(url: string): Promise<RunFile | null> {
  try {
    const response = await fetch(url);
    if (!response.ok) return null;
    // The app ships it, so it is not read as a stranger's file would be.
    const run = migrateRun(await response.json()) as RunFile | null;
    replay(run?.events ?? []);
    return run;
  } catch {
    return null;
  }
}
