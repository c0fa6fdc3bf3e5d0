import type { RunEvent } from "../core/run/events";
import { newIdentity, type RunFile, runFile } from "../runs/run-file";

/** A step of another system: no likelihood, no settings, kinds of its own. */
function node(id: number, parent: number | null, kind: string | null, text = ""): RunEvent {
  const step = kind === null ? null : { kind, text };
  return {
    ...{ type: "nodeAdded", id, parent, step, tokens: 0, logProb: null },
    origin: parent === null ? "root" : "expansion",
  };
}

const EVENTS: readonly RunEvent[] = [
  {
    ...{ type: "started", config: null, seed: 0, mode: "inference", model: null },
    problem: {
      ...{ id: "theirs", title: "Theirs", statement: "Double it.", language: "python", entryPoint: "double" },
      visibleTests: [],
    },
  },
  node(0, null, null),
  node(1, 0, "thought", "Add it to itself."),
  node(2, 0, "thought", "Shift it."),
  node(3, 1, "code", "def double(x): return x + x"),
  { type: "evaluated", id: 3, reward: { reward: 17.5 }, verdicts: [] },
  { type: "backedUp", simulation: 0, path: [0, 1, 3], value: 17.5 },
  { type: "backedUp", simulation: 1, path: [0, 2], value: -3 },
  { type: "ended", reason: "budget", answer: { nodeId: 3, code: "def double(x): return x + x" } },
];

/** A small run that no search here made: what can be missing of a run is missing. */
export const FOREIGN_RUN: RunFile & { readonly spec: null } = runFile(
  newIdentity(),
  null,
  EVENTS.map((event, i) => ({ at: i, event })),
);
