import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { SearchConfig } from "../src/core/config";
import type { Completion, SampleRequest } from "../src/core/protocol/protocol";
import { tinyProtocol } from "../src/core/protocol/tiny";
import { createRandom, deriveSeed } from "../src/core/rng";
import type { RunEvent, TimedEvent } from "../src/core/run/events";
import { applyEvent, initialState, replay } from "../src/core/run/fold";
import { completionOf, PROBLEM } from "../src/core/search/golden-fixture";
import { createSearch } from "../src/core/search/search";
import { STRATEGIES } from "../src/core/search/strategies/registry";
import type { Work, WorkResult } from "../src/core/search/work";
import { PRESETS } from "../src/experiment/spec/presets";
import { RunLog } from "../src/runs/log";
import type { Measure } from "./measure";

/** Trees to measure, and how often: small ones are over too soon for one measurement. */
const SIZES = [
  { nodes: 1_000, times: 20 },
  { nodes: 10_000, times: 4 },
  { nodes: 100_000, times: 1 },
] as const;
const JUMPS = 200;
/** Trees grown before any is measured, until the engine has compiled what it will. */
const WARM_UPS = 5;

/** More simulations than any of the trees takes. */
const ENDLESS = { numSimulations: 1_000_000, maxTokens: null, maxSeconds: null, stopAtPass: false };

/** The paper's settings, but deeper: three samples a node and five steps make a tree of 363 nodes at most. */
const PAPER = PRESETS.paper;
const SETTINGS: Readonly<Record<string, SearchConfig>> = {
  "mcts-tiny": { ...PRESETS["mcts-tiny"], budget: ENDLESS },
  "paper, deeper": { ...PAPER, budget: ENDLESS, tree: { ...PAPER.tree, maxDepth: 24 } },
  "best-of-n": { ...PRESETS["best-of-n-tiny"], budget: ENDLESS },
};

/**
 * What a tree costs as it grows: the search by itself (a scripted model answers, its time is not counted), the fold of its log, jumps in
 * the log, memory. Processor time per simulation, node on its path, event and jump, and how much more the dearest size costs than the
 * cheapest. Paths grow with the tree where the settings let them, and a simulation takes as many choices as its path is long.
 */
export const measure: Measure = async (log) => {
  const figures: Record<string, unknown> = {};
  for (const [name, config] of Object.entries(SETTINGS)) {
    for (let round = 0; round < WARM_UPS; round++) measureTree(grow(config, SIZES[1].nodes));
    const sizes = SIZES.map(({ nodes, times }) => {
      const size = averageOf(Array.from({ length: times }, () => measureTree(grow(config, nodes))));
      log(`${name}, ${nodes} nodes: ${JSON.stringify(size)}`);
      return { nodes, ...size };
    });
    const ratio = (
      key: "usPerSimulation" | "usPerLateSimulation" | "usPerPathNode" | "usPerEvent" | "usPerSingleEvent",
    ) => {
      const values = sizes.map((size) => size[key]);
      return Math.max(...values) / Math.min(...values);
    };
    figures[name] = {
      sizes,
      ratioPerSimulation: ratio("usPerSimulation"),
      ratioPerLateSimulation: ratio("usPerLateSimulation"),
      ratioPerPathNode: ratio("usPerPathNode"),
      ratioPerEvent: ratio("usPerEvent"),
      ratioPerSingleEvent: ratio("usPerSingleEvent"),
    };
  }
  // Last, because collecting garbage by force throws compiled code away as well.
  for (const [name, config] of Object.entries(SETTINGS)) {
    figures[`${name}, bytes per event`] = SIZES.map(({ nodes }) => bytesPerEvent(grow(config, nodes)));
  }
  return figures;
};

/** What a log takes in memory with its states, besides the events themselves. */
function bytesPerEvent({ events }: Grown): number {
  const timed: readonly TimedEvent[] = events.map((event, index) => ({ at: index, event }));
  const before = heapBytes();
  const log = new RunLog(timed);
  return (heapBytes() - before) / log.length;
}

/** A log and what the search took to write it. */
interface Grown {
  readonly events: readonly RunEvent[];
  /** Microseconds of the search itself, by simulation; rounds with several are shared out. */
  readonly usBySimulation: readonly number[];
  /** Nodes on the path of each, the root included. */
  readonly pathLengths: readonly number[];
}

function grow(config: SearchConfig, size: number): Grown {
  const model = { id: "scripted", backend: "scripted", contextLength: 2048 };
  const started: RunEvent = { type: "started", problem: PROBLEM, config, seed: 1, mode: "inference", model };
  const search = createSearch(applyEvent(initialState(), started), tinyProtocol, STRATEGIES[config.strategy]);
  const events: RunEvent[] = [started];
  const usBySimulation: number[] = [];
  const pathLengths: number[] = [];
  let nodes = 0;
  let spent = 0;
  const timed = <Result>(action: () => Result): Result => {
    const before = process.cpuUsage();
    const result = action();
    spent += microsecondsSince(before);
    return result;
  };
  const take = (written: readonly RunEvent[]): void => {
    for (const event of written) {
      events.push(event);
      if (event.type === "nodeAdded") nodes += 1;
      if (event.type !== "backedUp") continue;
      usBySimulation.push(spent);
      pathLengths.push(event.path.length);
      spent = 0;
    }
  };
  while (nodes < size && !search.ended) {
    const asked = timed(() => search.ask());
    take(asked.events);
    const results = asked.work.map((work) => [work.id, perform(work)] as const);
    for (const [id, result] of results) take(timed(() => search.tell(id, result)));
  }
  return { events, usBySimulation, pathLengths };
}

/** Half of all steps are among twenty, so that siblings merge; the others are hardly ever drawn twice. */
function writeStep(random: ReturnType<typeof createRandom>): string {
  return random.chance(0.5) ? `step ${random.int(1, 20)}` : `step ${random.int(21, 1_000_000)}`;
}

function write({ prompt, seed, stop, maxTokens }: SampleRequest): Completion {
  const random = createRandom(seed);
  const text: string[] = [];
  if (String(prompt).endsWith("<think>")) text.push(`<define>${writeStep(random)}<end>`);
  while (random.chance(0.6)) text.push(`<refine>${writeStep(random)}<end>`);
  text.push(`<code>${writeStep(random)}<end><eos>`);
  return completionOf(text.join(""), stop, maxTokens);
}

/** A program passes, by its text, no test, one or both; most pass none. */
function perform(work: Work): WorkResult {
  if (work.kind === "score") return { kind: "score", value: 0.5 };
  if (work.kind === "judge") {
    const passes = Math.max(0, (deriveSeed(work.code) >>> 0) % 8) - 5;
    const verdicts = PROBLEM.visibleTests.map(({ expected }, index) => {
      const verdict = index < passes ? ("passed" as const) : ("failed" as const);
      return { kind: "visible" as const, index, verdict, expected, ms: 1 };
    });
    return { kind: "judge", verdicts };
  }
  const draws = work.requests.flatMap((request) =>
    Array.from({ length: request.count }, (_, i) => write({ ...request, seed: deriveSeed(request.seed, i) })),
  );
  return { kind: "sample", completions: draws };
}

type Size = ReturnType<typeof measureTree>;

function measureTree({ events, usBySimulation, pathLengths }: Grown) {
  const timed: readonly TimedEvent[] = events.map((event, index) => ({ at: index, event }));
  const usPerEvent = microseconds(() => replay(events)) / events.length;
  const usPerSingleEvent = microseconds(() => events.reduce(applyEvent, initialState())) / events.length;
  const log = new RunLog(timed);
  const random = createRandom(1);
  const jumps = Array.from({ length: JUMPS }, () => {
    const position = random.int(0, log.length);
    return microseconds(() => log.stateAt(position)) / 1000;
  });
  const pathLength = mean(pathLengths);
  return {
    simulations: usBySimulation.length,
    events: events.length,
    pathLength,
    usPerSimulation: mean(usBySimulation),
    usPerPathNode: mean(usBySimulation) / pathLength,
    /** Of the last tenth of them: what one costs when the tree is as large as it gets. */
    usPerLateSimulation: mean(usBySimulation.slice(-Math.ceil(usBySimulation.length / 10))),
    usPerEvent,
    usPerSingleEvent,
    msPerJump: mean(jumps),
    msPerJumpMax: Math.max(...jumps),
  };
}

function averageOf(sizes: readonly Size[]): Size {
  const [first] = sizes;
  if (!first) throw new RangeError("There is nothing to average.");
  const averaged = (key: keyof Size) => mean(sizes.map((size) => size[key]));
  return {
    simulations: averaged("simulations"),
    events: averaged("events"),
    pathLength: averaged("pathLength"),
    usPerSimulation: averaged("usPerSimulation"),
    usPerPathNode: averaged("usPerPathNode"),
    usPerLateSimulation: averaged("usPerLateSimulation"),
    usPerEvent: averaged("usPerEvent"),
    usPerSingleEvent: averaged("usPerSingleEvent"),
    msPerJump: averaged("msPerJump"),
    msPerJumpMax: Math.max(...sizes.map(({ msPerJumpMax }) => msPerJumpMax)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of processor time, all threads together: what else the machine does is not counted. */
function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function microseconds(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  return microsecondsSince(before);
}

/** Bytes in use once the garbage is gone; what nothing refers to any more is not counted. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
