import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../config";
import { tinyProtocol } from "../protocol/tiny";
import type { NodeId, RunEvent } from "../run/events";
import { isTerminal, type RunState } from "../run/tree";
import { priorOf } from "./formulas";
import { CONFIG, configOf, drive, perform, replayed, searchOf, started, workerOf } from "./golden-fixture";
import { createSearch } from "./search";
import { STRATEGIES } from "./strategies/registry";
import type { Work, WorkResult } from "./work";

const configs = fc
  .record({
    strategy: fc.constantFrom(
      "mcts" as const,
      "mcts" as const,
      "best-of-n" as const,
      "majority" as const,
      "beam" as const,
      "beam" as const,
      "sample" as const,
      "vanilla" as const,
      "greedy" as const,
    ),
    numSimulations: fc.integer({ min: 1, max: 40 }),
    stopAtPass: fc.boolean(),
    maxTokens: fc.option(fc.integer({ min: 1, max: 400 })),
    maxPathTokens: fc.integer({ min: 3, max: 20 }),
    tree: fc.record({
      selection: fc.constantFrom("uct" as const, "puct" as const),
      exploration: fc.constantFrom(0, 1, 2),
      schedule: fc.constantFrom("const" as const, "lin" as const, "exp" as const),
      samplesPerExpansion: fc.integer({ min: 1, max: 3 }),
      widening: fc.constantFrom(0, 0.3, 0.5, 1),
      maxDepth: fc.integer({ min: 1, max: 6 }),
      parallelSimulations: fc.integer({ min: 1, max: 9 }),
      beamWidth: fc.integer({ min: 1, max: 3 }),
      leafValue: fc.constantFrom("playout" as const, "playout" as const, "scorer" as const),
    }),
  })
  .map(
    ({ strategy, numSimulations, maxTokens, stopAtPass, maxPathTokens, tree }): SearchConfig => ({
      ...CONFIG,
      strategy,
      budget: { numSimulations, maxTokens, maxSeconds: null, stopAtPass },
      sampling: { ...CONFIG.sampling, maxPathTokens },
      tree,
    }),
  );

const runs = fc.tuple(configs, fc.nat(1000)).map(([config, seed]) => {
  const search = searchOf(started(config, seed));
  const events = drive(search, perform);
  return { config, seed, events, run: search.run, search };
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function checkStatistics(run: RunState, events: readonly RunEvent[]): void {
  const ends = new Map<NodeId, number>();
  for (const event of events)
    if (event.type === "backedUp") ends.set(event.path.at(-1) ?? 0, (ends.get(event.path.at(-1) ?? 0) ?? 0) + 1);
  for (const node of run.nodes) {
    const children = [...node.children].map((id) => run.nodes.get(id));
    expect(node.visitCount).toBe(sum(children.map((child) => child?.visitCount ?? 0)) + (ends.get(node.id) ?? 0));
    expect(node.valueSum).toBeGreaterThanOrEqual(0);
    expect(node.valueSum).toBeLessThanOrEqual(node.visitCount);
  }
  expect(run.nodes.get(0)?.visitCount).toBe(run.simulations);
}

function checkTree(run: RunState, config: SearchConfig): void {
  for (const node of run.nodes) {
    const children = [...node.children].map((id) => run.nodes.get(id));
    const live = children.filter((child) => child?.deadEnd === undefined);
    if (isTerminal(node)) expect(children).toEqual([]);
    if (live.length > 0) expect(sum(live.map((child) => (child ? (priorOf(run, child) ?? 0) : 0)))).toBeCloseTo(1, 9);
    expect(new Set(children.map((child) => JSON.stringify([child?.step, child?.deadEnd]))).size).toBe(children.length);
    expect(node.depth).toBeLessThanOrEqual(config.tree.maxDepth);
    if (node.reward) expect(node.reward.reward).toBe(Number(node.step?.text) / 2);
  }
}

describe("any search", () => {
  it("ends, within its budget, with nothing under way", () => {
    fc.assert(
      fc.property(runs, ({ config, run, search }) => {
        expect(run.ended?.reason).toMatch(/budget|passed|exhausted/);
        expect(search.ask()).toEqual({ work: [], events: [] });
        const most = config.strategy === "greedy" ? 1 : config.budget.numSimulations;
        expect(run.simulations).toBeLessThanOrEqual(most);
        // All that began have come back.
        if (run.ended?.reason === "budget" && config.budget.maxTokens === null) expect(run.simulations).toBe(most);
      }),
    );
  });

  it("keeps its statistics in balance and its tree well-formed", () => {
    fc.assert(
      fc.property(runs, ({ config, run, events }) => {
        checkStatistics(run, events);
        checkTree(run, config);
      }),
    );
  });

  it("is a fold over its log", () => {
    fc.assert(
      fc.property(runs, ({ config, seed, events, run }) => {
        expect(replayed(config, events, seed)).toEqual(run);
      }),
    );
  });

  it("counts every sampled token", () => {
    fc.assert(
      fc.property(configs, fc.nat(1000), (config, seed) => {
        let sampled = 0;
        const search = searchOf(started(config, seed));
        drive(search, (work) => {
          const result = perform(work);
          if (result.kind === "sample") sampled += sum(result.completions.map(({ tokens }) => tokens));
          return result;
        });
        expect(search.run.tokens.sampled).toBe(sampled);
      }),
    );
  });

  it("answers with the highest reward it has seen (mcts, best-of-n, beam)", () => {
    fc.assert(
      fc.property(runs, ({ config, run }) => {
        fc.pre(["mcts", "best-of-n", "beam"].includes(config.strategy));
        const rewards = [...run.nodes].flatMap((node) => (node.reward ? [node.reward.reward] : []));
        const { answer } = run.ended ?? { answer: null };
        expect(answer === null).toBe(rewards.length === 0);
        if (answer) expect(run.nodes.get(answer.nodeId)?.reward?.reward).toBe(Math.max(...rewards));
      }),
    );
  });

  it("goes on from any part of its log, and ends with a tree in balance", () => {
    fc.assert(
      fc.property(runs, fc.nat(), ({ config, seed, events }, cut) => {
        const before = events.slice(0, cut % events.length);
        const search = searchOf(replayed(config, before, seed));
        const after = drive(search, perform);
        const { run } = search;
        expect(run.ended?.reason).toMatch(/budget|passed|exhausted/);
        expect(replayed(config, [...before, ...after], seed)).toEqual(run);
        checkStatistics(run, [...before, ...after]);
        checkTree(run, config);
      }),
    );
  });
});

describe("a search under way", () => {
  const config = configOf({ parallelSimulations: 4, widening: 0.5 }, 20);

  it("brings nothing new when it is asked twice", () => {
    const search = searchOf(started(config));
    expect(search.ask().work.length).toBeGreaterThan(0);
    expect(search.ask()).toMatchObject({ work: [], events: [] });
  });

  it("keeps simulations apart: three at once go to the three children of the root", () => {
    const says = { "": ["<define>A<end>", "<define>B<end>", "<define>C<end>"] };
    const search = searchOf(started(configOf({ parallelSimulations: 3, samplesPerExpansion: 3 }, 20)));
    drive(search, workerOf({ says }), 1);
    const { work } = search.ask();
    expect(work.map(({ kind, node }) => [kind, node])).toHaveLength(3);
    expect(new Set(work.map(({ node }) => node))).toEqual(new Set([1, 2, 3]));
  });

  it("ends at once when it is stopped, with the best answer so far, and ignores what comes late", () => {
    const search = searchOf(started(config));
    drive(search, perform, 8);
    const { work } = search.ask();
    const best = Math.max(...[...search.run.nodes].map((node) => node.reward?.reward ?? 0));
    const events = search.stop("stopped");
    expect(events).toMatchObject([{ type: "ended", reason: "stopped" }]);
    const { answer } = search.run.ended ?? { answer: null };
    expect(search.run.nodes.get(answer?.nodeId ?? 0)?.reward?.reward).toBe(best);
    for (const late of work) expect(search.tell(late.id, perform(late))).toEqual([]);
    expect(search.stop("stopped")).toEqual([]);
  });

  it("keeps the sampled tokens of its steps where it is asked to, and only there", () => {
    const withIds = (work: Work): WorkResult => {
      const result = perform(work);
      if (work.kind !== "sample" || result.kind !== "sample") return result;
      const tokenIds = (pieces: readonly string[]) => pieces.map((_, index) => index);
      const completions = result.completions.map((one) => ({ ...one, tokenIds: tokenIds(one.pieces) }));
      return { kind: "sample", completions };
    };
    for (const keepSamples of [true, false]) {
      const search = createSearch(started(config), tinyProtocol, STRATEGIES.mcts, { keepSamples });
      const requests: Work[] = [];
      const events = drive(search, (work) => {
        requests.push(work);
        return withIds(work);
      });
      const asked = requests
        .filter((work) => work.kind === "sample")
        .flatMap(({ requests }) => requests.map(({ keepIds = false }) => keepIds));
      expect(new Set(asked)).toEqual(new Set([keepSamples]));
      const steps = events.flatMap((event) => (event.type === "nodeAdded" && event.step !== null ? [event] : []));
      expect(steps.length).toBeGreaterThan(5);
      for (const { sample, tokens } of steps) expect(sample?.tokenIds.length).toBe(keepSamples ? tokens : undefined);
    }
  });

  it("refuses results that fit no work", () => {
    const search = searchOf(started(config));
    const [work] = search.ask().work;
    const id = work?.id ?? -1;
    expect(() => search.tell(99, { kind: "score", value: 0 })).toThrow("No work with id 99 is open.");
    expect(() => search.tell(id, { kind: "score", value: 0 })).toThrow("does not fit");
    expect(() => search.tell(id, { kind: "sample", completions: [] })).toThrow("does not fit");
  });

  it("begins no simulation once the tokens are spent", () => {
    const tight = { ...config, budget: { ...config.budget, maxTokens: 30 } };
    const search = searchOf(started(tight));
    drive(search, perform);
    expect(search.run.ended?.reason).toBe("budget");
    // Four simulations of at most 6 steps of 3 tokens can have been under way when the bound was met.
    expect(search.run.tokens.sampled).toBeLessThan(30 + 4 * 3 * 7);
    expect(search.run.simulations).toBeLessThan(20);
  });
});
