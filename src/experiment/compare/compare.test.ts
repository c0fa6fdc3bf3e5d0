import { beforeEach, describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { CellWork, ComparisonOutcome } from "./cells";
import { type CellExecutor, type ComparisonJob, runComparison } from "./compare";
import { outcomeOf, SPEC } from "./compare-fixture";
import { comparisonProblems } from "./problems";
import type { ComparisonSpec } from "./spec";

const spec: ComparisonSpec = {
  ...SPEC,
  models: ["tiny"],
  strategies: ["vanilla", "sample"],
  problems: { source: "puzzles", split: "test", tier: "hinted" },
  limit: 2,
};

/** Solves each problem of a cell that is left, one a batch; some cells fail instead. */
class FakeExecutor implements CellExecutor {
  readonly asked: string[] = [];
  readonly failing = new Map<string, LabError>();

  async *runCell({ spec: { limit }, cell, done }: CellWork, _tell: unknown, _signal: AbortSignal, backend?: string) {
    this.asked.push(`${cell.id}, ${done.length} done, ${backend ?? "anywhere"}`);
    const failure = this.failing.get(cell.id);
    if (failure !== undefined) throw failure;
    for (let i = 0; i < limit; i++) {
      if (!done.includes(`p${i}`)) yield [{ outcome: outcomeOf(cell.id, `p${i}`, true), log: [] }];
    }
  }
}

describe("the comparison loop", () => {
  let executor: FakeExecutor;
  let told: string[];
  beforeEach(() => {
    executor = new FakeExecutor();
    told = [];
  });

  const run = (change: Partial<ComparisonJob> = {}, keep = async (_: ComparisonOutcome) => {}) => {
    const problems = { total: 2, fault: null, tinyFault: null };
    const job = { spec, problems, done: [], backends: {}, signal: new AbortController().signal, ...change };
    return runComparison(
      job,
      { executor, keep },
      {
        onCell: () => {},
        onPreparation: () => {},
        onOutcome: ({ cell, id }) => void told.push(`${cell} ${id}`),
        onFault: ({ id }, { message }) => void told.push(`${id}: ${message}`),
      },
    );
  };

  it("tells a problem only when it is kept", async () => {
    const kept: string[] = [];
    await run({}, async ({ cell, id }) => {
      expect(told).toEqual(kept);
      await Promise.resolve();
      kept.push(`${cell} ${id}`);
    });
    expect(told).toEqual(["vanilla tiny p0", "vanilla tiny p1", "sample tiny p0", "sample tiny p1"]);
  });

  it("goes on where it was, on what the model ran on before", async () => {
    const done = [outcomeOf("vanilla tiny", "p0", true), outcomeOf("vanilla tiny", "p1", false)];
    const stopped = outcomeOf("sample tiny", "p0", false, { ended: "stopped" });
    await run({ done: [...done, stopped, outcomeOf("sample tiny", "p1", true)], backends: { tiny: "wasm" } });
    expect(executor.asked).toEqual(["sample tiny, 1 done, wasm"]);
    expect(told).toEqual(["sample tiny p0"]);
  });

  it("says which cells cannot solve anything without running them", async () => {
    const tinyFault = { code: "input/language", message: "It is in Python.", hint: "" } as const;
    const other = "openai:http://localhost:8000/v1#my tiny";
    await run({
      spec: { ...spec, models: ["tiny", other], strategies: ["beam", "sample"] },
      problems: { total: 2, fault: null, tinyFault },
    });
    expect(executor.asked).toEqual([`beam ${other}, 0 done, anywhere`, `sample ${other}, 0 done, anywhere`]);
    expect(told.slice(0, 2)).toEqual([
      "beam tiny: It needs a step scorer, and this model has none.",
      "sample tiny: It is in Python.",
    ]);
  });

  it("runs what needs a step scorer on a model that has one, and exact values on list puzzles only", async () => {
    const strategies = ["mcts-scorer", "mcts-exact"] as const;
    await run({ spec: { ...spec, models: ["tiny+scorer@prm1"], strategies: [...strategies] } });
    expect(told).toHaveLength(4);
    told.length = 0;
    await run({ spec: { ...spec, strategies: [...strategies], problems: { source: "imported", collection: "mine" } } });
    expect(told).toEqual([
      "mcts-scorer tiny: It needs a step scorer, and this model has none.",
      "mcts-exact tiny: Exact values are known of list puzzles only.",
    ]);
  });

  it("leaves a model that does not load, but not one whose cell broke off", async () => {
    executor.failing.set("vanilla tiny", new LabError("model/load", "It does not load."));
    await run();
    expect(told).toEqual(["vanilla tiny: It does not load.", "sample tiny: It does not load."]);
    told.length = 0;
    executor.failing.set("vanilla tiny", new LabError("sandbox/gone", "The sandbox is gone."));
    await run();
    expect(told).toEqual(["vanilla tiny: The sandbox is gone.", "sample tiny p0", "sample tiny p1"]);
  });

  it("ends when another run takes the model's place, and when it is stopped", async () => {
    executor.failing.set("vanilla tiny", new LabError("rpc/disposed", "The worker was closed."));
    await run();
    expect(told).toEqual(["vanilla tiny: Another run took the model's place."]);
    const stop = new AbortController();
    stop.abort();
    await run({ signal: stop.signal });
    expect(executor.asked).toHaveLength(1);
  });
});

describe("the problems of a comparison", () => {
  const collection = {
    id: "mine",
    title: "Mine",
    format: "generic",
    language: "javascript",
    attribution: "",
    visibility: "",
    size: 2,
    importedAt: "2025-01-01T00:00:00Z",
  } as const;
  const named = (id: string, entryPoint: string) => ({
    id,
    title: id,
    statement: "",
    language: "javascript" as const,
    entryPoint,
    visibleTests: [],
  });
  const from = (...entryPoints: readonly string[]) => ({
    collections: async () => [collection],
    problems: async () => entryPoints.map((entryPoint, i) => named(`p${i}`, entryPoint)),
  });
  const problems = { source: "imported", collection: "mine" } as const;

  it("are those the tiny model can write programs for, if only some", async () => {
    expect((await comparisonProblems({ problems, limit: 9 }, from("double", "solve"))).tinyFault).toBeNull();
    const none = await comparisonProblems({ problems, limit: 1 }, from("double", "solve"));
    expect(none.tinyFault?.message).toContain('this problem calls "double"');
    expect(none).toMatchObject({ total: 1, title: "Mine", fault: null });
  });

  it("may not be here any more", async () => {
    const gone = await comparisonProblems({ problems: { ...problems, collection: "theirs" }, limit: 3 }, from("solve"));
    expect(gone).toMatchObject({ total: 3, title: "theirs" });
    expect(gone.fault?.message).toContain("not in this browser");
  });
});
