import type { SearchConfig } from "../src/core/config";
import { applyEvent, initialState } from "../src/core/run/fold";
import type { RunState } from "../src/core/run/tree";
import { passAt1 } from "../src/core/stats";
import { runExperiment } from "../src/experiment/run/run";
import { PRESETS } from "../src/experiment/spec/presets";
import { generatePuzzle } from "../src/puzzles/generator";
import type { Measure } from "./measure";
import { type Skill, simulate } from "./simulated-reasoner";

const PUZZLES = 60;

/** Reasoners whose one sample solves few, some and more of the puzzles. */
const SKILLS: Readonly<Record<string, Skill>> = {
  "slips everywhere": { refine: 0.6, hidden: 0.6, code: 0.95 },
  "one hard step": { refine: 0.85, hidden: 0.08, code: 0.95 },
};

const TINY: SearchConfig = { ...PRESETS["mcts-tiny"], numGeneratedTests: 0 };

const withTree = (tree: Partial<SearchConfig["tree"]>): SearchConfig => ({ ...TINY, tree: { ...TINY.tree, ...tree } });

const SETTINGS: Readonly<Record<string, SearchConfig>> = {
  "one sample": { ...TINY, strategy: "sample", budget: { ...TINY.budget, numSimulations: 1 } },
  "best of 64": { ...TINY, strategy: "best-of-n" },
  "mcts-tiny": TINY,
  "mcts-tiny, widening 0.5": withTree({ widening: 0.5 }),
  "mcts-tiny, c = 0.5": withTree({ exploration: 0.5 }),
  "mcts-tiny, one at a time": withTree({ parallelSimulations: 1 }),
  "mcts-tiny, UCT": withTree({ selection: "uct" }),
  "mcts-tiny, UCT, c = 1": withTree({ selection: "uct", exploration: 1 }),
  "paper, 64 simulations, depth 8": withTree({ ...PRESETS.paper.tree, maxDepth: 8 }),
};

async function solve(index: number, skill: Skill, config: SearchConfig): Promise<RunState> {
  const puzzle = generatePuzzle("validation", "hinted", index);
  const { problem, hiddenTests } = puzzle;
  const ports = simulate(puzzle, skill);
  const request = { problem, config, seed: index, mode: "inference", ports, now: () => 0 } as const;
  let state = initialState();
  for await (const { event } of runExperiment({ ...request, hiddenTests: async () => hiddenTests })) {
    state = applyEvent(state, event);
  }
  return state;
}

/** What the search's settings are worth with a simulated reasoner: no model, no clock, the same figures everywhere. */
export const measure: Measure = async (log) => {
  const figures: Record<string, unknown> = {};
  for (const [who, skill] of Object.entries(SKILLS)) {
    for (const [name, config] of Object.entries(SETTINGS)) {
      const runs: RunState[] = [];
      for (let index = 0; index < PUZZLES; index++) runs.push(await solve(index, skill, config));
      const tokensPerProblem = runs.reduce((sum, { tokens }) => sum + tokens.sampled, 0) / PUZZLES;
      figures[`${who}: ${name}`] = {
        passAt1: passAt1(runs.map(({ hidden }) => hidden?.solved ?? false)),
        tokensPerProblem: Math.round(tokensPerProblem),
      };
      log(`${who}: ${name}: ${JSON.stringify(figures[`${who}: ${name}`])}`);
    }
  }
  return figures;
};
