import type { SearchConfig } from "../../core/config";
import type { CallProblem, CallTest } from "../../core/problem";
import type { TimedEvent } from "../../core/run/events";
import { PRESETS } from "../spec/presets";
import type { RunPorts } from "./requirements";
import { runExperiment } from "./run";
import type { RunRequest } from "./run-in-progress";

export const PROBLEM: CallProblem = {
  id: "double",
  title: "Double",
  statement: "Double every number.",
  language: "javascript",
  entryPoint: "solve",
  visibleTests: [{ input: [[1, 2]], expected: [2, 4] }],
};

export const HIDDEN: readonly CallTest[] = [
  { input: [[3]], expected: [6] },
  { input: [[]], expected: [] },
];

export const SCRIPT = {
  "<think>": [
    "<define>one map<end><refine>1. double<end><code>twice<end><eos>",
    "<define>one map<end><refine>1. add 2<end><code>plus<end><eos>",
  ],
  "<define>one map<end>": ["<refine>1. double<end><code>twice<end><eos>", "<refine>1. add 2<end><code>plus<end><eos>"],
  "<refine>1. double<end>": ["<code>twice<end><eos>"],
  "<refine>1. add 2<end>": ["<code>plus<end><eos>"],
};

/** What the programs of the script return: `twice` is right, `plus` is not. */
export function execute(code: string, { input: [list] }: CallTest): readonly number[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return list.map((x) => (code === "twice" ? Number(x) * 2 : Number(x) + 2));
}

export const CONFIG: SearchConfig = {
  ...PRESETS["mcts-tiny"],
  budget: { numSimulations: 8, maxTokens: null, maxSeconds: null, stopAtPass: false },
  numGeneratedTests: 0,
};

/** A run of CONFIG on PROBLEM, but for what is changed. */
export function requestWith(ports: RunPorts, change: Partial<RunRequest> = {}): RunRequest {
  return {
    problem: PROBLEM,
    config: CONFIG,
    seed: 1,
    mode: "inference",
    ports,
    hiddenTests: () => Promise.resolve(HIDDEN),
    now: () => 0,
    ...change,
  };
}

export async function collect(
  request: RunRequest,
  onEvent: (event: TimedEvent) => void = () => undefined,
): Promise<TimedEvent[]> {
  const log: TimedEvent[] = [];
  for await (const event of runExperiment(request)) {
    log.push(event);
    onEvent(event);
  }
  return log;
}

export const types = (log: readonly TimedEvent[]) => log.map(({ event }) => event.type);
