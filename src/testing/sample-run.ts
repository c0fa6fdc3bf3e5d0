import type { Problem } from "../core/problem";
import type { RunEvent, TimedEvent } from "../core/run/events";
import { specFromPreset } from "../experiment/spec/presets";
import type { ExperimentSpec } from "../experiment/spec/spec";

/** A problem for tests. */
export const SAMPLE_PROBLEM: Problem = {
  id: "sample",
  title: "Sample",
  statement: "Keep the even ones.",
  language: "javascript",
  entryPoint: "solve",
  visibleTests: [{ input: [[1, 2]], expected: [2] }],
};

/** A specification for tests. */
export const SAMPLE_SPEC: ExperimentSpec = specFromPreset("mcts-tiny", { source: "named", id: "sample" });

/**
 * A log for tests, without randomness: each simulation hangs define, refine or code below a node chosen by a fixed rule,
 * judges code, and backs a value up. Four to five events a simulation, ten milliseconds apart.
 */
export function sampleRun(simulations: number): TimedEvent[] {
  const events: RunEvent[] = [
    {
      type: "started",
      problem: SAMPLE_PROBLEM,
      config: SAMPLE_SPEC.config,
      seed: 1,
      mode: "inference",
      model: SAMPLE_MODEL,
    },
    { type: "nodeAdded", id: 0, parent: null, step: null, tokens: 0, logProb: 0, origin: "root" },
  ];
  const parents: (number | null)[] = [null];
  const open = [0];
  const pathTo = (id: number): number[] => {
    const parent = parents[id];
    return parent === null || parent === undefined ? [id] : [...pathTo(parent), id];
  };
  for (let simulation = 0; simulation < simulations; simulation++) {
    const parent = open[(simulation * 7) % open.length] ?? 0;
    const depth = pathTo(parent).length;
    const id = parents.length;
    parents.push(parent);
    const kind = depth === 1 ? "define" : depth < 4 ? "refine" : "code";
    if (kind !== "code") open.push(id);
    events.push({ type: "selected", simulation, path: pathTo(parent) });
    events.push({
      type: "nodeAdded",
      id,
      parent,
      step: {
        kind,
        text: kind === "code" ? `function solve(xs) { return xs; } // ${id}` : `${depth}. keep the even ones (${id})`,
      },
      tokens: 10,
      logProb: -4 - (id % 5),
      origin: "expansion",
    });
    const value = (id % 4) / 3;
    if (kind === "code") events.push(judged(id, value));
    if (simulation % 5 === 4) events.push({ type: "nodeMerged", id, tokens: 10 });
    events.push({ type: "backedUp", simulation, path: pathTo(id), value });
  }
  const answer = parents.findIndex((_, id) => pathTo(id).length === 5);
  events.push({
    type: "ended",
    reason: "budget",
    answer: answer < 0 ? null : { nodeId: answer, code: "function solve(xs) { return xs; }" },
  });
  events.push({ type: "hiddenJudged", solved: false, tests: [], verdicts: [] });
  return events.map((event, index) => ({ at: index * 10, event }));
}

const SAMPLE_MODEL = { id: "scripted", backend: "scripted", contextLength: 512 } as const;

function judged(id: number, value: number): RunEvent {
  return {
    type: "evaluated",
    id,
    reward: { reward: value, compile: 1, pass: value },
    verdicts: [
      {
        kind: "visible",
        index: 0,
        verdict: value === 1 ? "passed" : "failed",
        expected: [2],
        got: value === 1 ? [2] : [1, 2],
        ms: 1,
      },
    ],
  };
}
