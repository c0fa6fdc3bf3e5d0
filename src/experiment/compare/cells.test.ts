import { describe, expect, it } from "vitest";
import type { ScoredProblem } from "../../core/problem";
import { replay } from "../../core/run/fold";
import { atRandom, createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import type { RunPorts } from "../run/requirements";
import {
  type CellProgress,
  type ComparisonOutcome,
  comparisonCells,
  doneOf,
  migrateOutcome,
  remainingProblems,
  runCell,
} from "./cells";
import { outcomeOf, SPEC } from "./compare-fixture";
import type { ComparisonSpec, ComparisonStrategy } from "./spec";
import { comparisonTable } from "./table";

const problems: readonly ScoredProblem[] = Array.from({ length: 6 }, (_, i) => ({
  problem: {
    id: `p${i}`,
    title: `P${i}`,
    statement: `Add ${i}.`,
    language: "javascript",
    entryPoint: "solve",
    visibleTests: [{ input: [1], expected: i + 1 }],
  },
  hiddenTests: [{ input: [2], expected: i + 2 }],
}));

const SCRIPT = {
  "<think>": [..."rwww"].map((c) => `<define>d<end><code>${c}<end><eos>`),
  "<define>d<end>": [..."rwww"].map((c) => `<code>${c}<end><eos>`),
  "<vanilla>": [..."rwww"].map((c) => `<code>${c}<end><eos>`),
};

const ports = (): RunPorts => ({
  policy: createScriptedModel(atRandom(SCRIPT)),
  runner: createScriptedRunner((code, { expected }) => (code === "r" ? expected : -1)),
  testGenerator: { generate: () => Promise.resolve({ tests: [], tokens: 5 }) },
});

const spec: ComparisonSpec = {
  ...SPEC,
  models: ["tiny"],
  strategies: ["vanilla", "best-of-n", "mcts-puct"],
  budgetTokens: 100,
  freshSamples: 0,
};

const cellOf = (strategy: ComparisonStrategy) => {
  const cell = comparisonCells(spec).find((candidate) => candidate.strategy === strategy);
  if (!cell) throw new Error(`no cell ${strategy}`);
  return cell;
};

async function run(
  strategy: ComparisonStrategy,
  before: readonly string[] = [],
  most = Number.POSITIVE_INFINITY,
): Promise<CellProgress[]> {
  const done: CellProgress[] = [];
  for await (const progress of runCell({
    spec,
    cell: cellOf(strategy),
    done: before,
    problems,
    ports: ports(),
    now: () => 0,
  })) {
    done.push(progress);
    if (done.length >= most) break;
  }
  return done;
}

const byId = (outcomes: readonly ComparisonOutcome[]) => [...outcomes].sort((a, b) => a.id.localeCompare(b.id));

describe("the cells", () => {
  it("keep a model's strategies together", () => {
    expect(comparisonCells({ models: ["tiny", "webllm:x"], strategies: ["vanilla", "sample"] })).toEqual([
      { id: "vanilla tiny", model: "tiny", strategy: "vanilla" },
      { id: "sample tiny", model: "tiny", strategy: "sample" },
      { id: "vanilla webllm:x", model: "webllm:x", strategy: "vanilla" },
      { id: "sample webllm:x", model: "webllm:x", strategy: "sample" },
    ]);
  });
});

describe("an outcome", () => {
  it("of an older version gets the model that its cell names, whatever else its name ends with", () => {
    const older = (cell: string) => {
      const { model: _, ...rest } = outcomeOf(cell, "p1", true);
      return rest;
    };
    const endpoint = "openai:http://localhost:8000/v1#my tiny";
    expect(migrateOutcome(older(`mcts-puct ${endpoint}`)).model).toBe(endpoint);
    expect(migrateOutcome(older("vanilla tiny")).model).toBe("tiny");
    expect(migrateOutcome(outcomeOf("vanilla tiny", "p1", true, { model: "other" })).model).toBe("other");
  });
});

describe("a cell", () => {
  it("yields each problem with its run", async () => {
    const done = await run("vanilla");
    expect(done.map(({ outcome }) => outcome.cell)).toEqual(Array(6).fill("vanilla tiny"));
    expect(done.map(({ outcome }) => outcome.model)).toEqual(Array(6).fill("tiny"));
    for (const { outcome, log } of done) {
      const state = replay(log);
      expect(state.problem?.id).toBe(outcome.id);
      expect(state.hidden?.solved).toBe(outcome.solved);
      expect(state.tokens.sampled).toBe(outcome.tokens);
    }
  });

  it("tells how long it took, however many problems went on at once", async () => {
    let time = 100;
    const { policy, ...others } = ports();
    const slow: RunPorts = {
      ...others,
      policy: {
        ...policy,
        sample: (requests) => {
          time += 10;
          return policy.sample(requests);
        },
      },
    };
    const outcomes: ComparisonOutcome[] = [];
    const request = { spec, cell: cellOf("vanilla"), done: [], problems, ports: slow, now: () => time };
    for await (const { outcome } of runCell(request)) outcomes.push(outcome);
    // All six samples are one batch of 10 ms.
    expect(outcomes.map(({ wallMs }) => wallMs)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(outcomes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)).toBe(10);
  });

  it("spends its budget and little more, whatever the strategy", async () => {
    for (const strategy of ["best-of-n", "mcts-puct"] as const) {
      for (const { outcome } of await run(strategy)) {
        expect(outcome.tokens).toBeGreaterThanOrEqual(90);
        expect(outcome.tokens).toBeLessThan(120);
      }
    }
  });

  it("goes on after it was broken off as if it had not been", async () => {
    const whole = byId((await run("best-of-n")).map(({ outcome }) => outcome));
    const first = (await run("best-of-n", [], 2)).map(({ outcome }) => outcome);
    const done = doneOf(cellOf("best-of-n"), first);
    expect(done).toHaveLength(2);
    const rest = (await run("best-of-n", done)).map(({ outcome }) => outcome);
    expect(rest).toHaveLength(4);
    expect(byId([...rest, ...first])).toEqual(whole);
    expect(remainingProblems({ problems, done: doneOf(cellOf("best-of-n"), whole) })).toEqual([]);
    expect(doneOf(cellOf("vanilla"), whole)).toEqual([]);
  });

  it("drops what was under way when it is stopped", async () => {
    const stop = new AbortController();
    stop.abort();
    const given = { spec, cell: cellOf("vanilla"), done: [], problems };
    const request = { ...given, ports: ports(), now: () => 0, signal: stop.signal };
    const done: CellProgress[] = [];
    for await (const progress of runCell(request)) done.push(progress);
    expect(done).toEqual([]);
  });

  it("is refused when its model cannot do it", async () => {
    const cell = { id: "beam tiny", model: "tiny", strategy: "beam" } as const;
    const cells = runCell({ spec, cell, done: [], problems, ports: ports(), now: () => 0 });
    await expect(cells.next()).rejects.toMatchObject({ code: "input/no-scorer" });
  });
});

describe("a whole comparison", () => {
  it("shows what search is worth at an equal budget", async () => {
    const outcomes: ComparisonOutcome[] = [];
    for (const strategy of spec.strategies) outcomes.push(...(await run(strategy)).map(({ outcome }) => outcome));
    const [vanilla, bestOfN, mcts] = comparisonTable(spec, outcomes, problems.length).rows;
    expect(vanilla?.passAt1?.value).toBeLessThan(0.7);
    expect(bestOfN?.passAt1?.value).toBeGreaterThan(vanilla?.passAt1?.value ?? 1);
    expect(mcts?.gain?.n).toBe(6);
    expect(mcts?.gain?.value).toBeCloseTo((mcts?.passAt1?.value ?? 0) - (vanilla?.passAt1?.value ?? 0), 12);
  });
});
