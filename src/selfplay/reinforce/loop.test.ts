import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { StepScorer } from "../../ports/step-scorer";
import { type PartRecord, type ReinforceEnd, type ReinforceRecord, reinforce, type StepRecord } from "./loop";
import { createWorld, type Leaning, SPEC } from "./reinforce-fixture";
import type { ReinforceSpec } from "./spec";

type World = ReturnType<typeof createWorld>;

/** A run to its end, or until `signal` is fired by whoever watches. */
async function run(world: World, change: Partial<ReinforceSpec> = {}, stopAfter = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const request = { ...SPEC, ...change, ports: world.ports, now: () => 0, signal: stop.signal };
  const records: ReinforceRecord[] = [];
  const running = reinforce(request);
  let next = await running.next();
  for (; !next.done; next = await running.next()) {
    records.push(next.value);
    if (next.value.type === "part" && next.value.step >= stopAfter) stop.abort();
  }
  return { records, end: next.value as ReinforceEnd };
}

const steps = (records: readonly ReinforceRecord[]) =>
  records.filter((record): record is StepRecord => record.type === "step");
const parts = (records: readonly ReinforceRecord[]) =>
  records.filter((record): record is PartRecord => record.type === "part");
const rising: Leaning = { chance: 0.3, pace: 0.15 };

describe("reinforcement learning", () => {
  it("draws, rewards, learns and draws with the new weights, until its tokens are spent", async () => {
    const world = createWorld(rising);
    const { records, end } = await run(world);
    expect(end).toEqual({ reason: "done", collapse: null });
    const done = steps(records);
    const last = done.at(-1);
    expect(last && last.tokens.sampled + last.tokens.read).toBeGreaterThanOrEqual(SPEC.tokens);
    expect(done[0]?.outcome).toBeLessThan(0.5);
    expect(last?.outcome).toBeGreaterThan((done[0]?.outcome ?? 1) + 0.2);
    for (const [i, record] of done.entries()) {
      expect(record).toMatchObject({ step: i + 1, process: null, alpha: 0.5 });
      expect(record.reward).toBe(record.outcome);
      expect(record.visiblePass).toBe(record.outcome);
      expect(record.learningRate).toBeCloseTo(i === 0 ? 1 : 1 - tokensAfter(done[i - 1]) / SPEC.tokens, 12);
    }
    // Before the first step, every fourth, and at the end; after each step a part.
    expect(records.filter(({ type }) => type === "evaluation").map(({ step }) => step)).toEqual([
      ...new Set([0, ...done.map(({ step }) => step).filter((step) => step % 4 === 0), done.length]),
    ]);
    expect(parts(records).map(({ step }) => step)).toEqual([...Array(done.length + 1).keys()]);
  });

  it("goes on from any part as it would have gone on", async () => {
    const whole = await run(createWorld(rising));
    const from = parts(whole.records)[3];
    if (!from) throw new RangeError("no part");
    const rest = await run(createWorld({ ...rising, chance: 0.3 }, from.file));
    const wanted = whole.records.filter(({ step }) => step > from.step);
    expect(rest.records.map(shown)).toEqual(wanted.map(shown));
  });

  it("loses at most the batch under way when it is stopped", async () => {
    const whole = await run(createWorld(rising));
    const stopped = await run(createWorld(rising), {}, 2);
    expect(stopped.end).toEqual({ reason: "stopped", collapse: null });
    expect(stopped.records.map(shown)).toEqual(whole.records.filter(({ step }) => step <= 2).map(shown));
  });

  it("keeps the best on validation when the reward collapses, and says which figure showed it", async () => {
    const world = createWorld({ chance: 0.6, pace: -0.08 });
    const { records, end } = await run(world, { tokens: 1_000_000 });
    expect(end.reason).toBe("collapsed");
    expect(end.collapse?.message).toContain("outcome reward has collapsed");
    expect(world.best()).toMatchObject({ step: 0, chance: 0.6 });
    expect(steps(records).length).toBeLessThan(40);
    expect(records.at(-1)?.type).toBe("part");
  });

  it("pays for steps where there is a scorer, by the alpha of the time, and keeps the terms apart", async () => {
    const scorer: StepScorer = { score: async (_, paths) => ({ values: paths.map(() => 0.25) }) };
    const alpha = { kind: "linear", from: 1, to: 0 } as const;
    const { records } = await run(createWorld(rising, null, scorer), { alpha });
    const done = steps(records);
    expect(done[0]?.alpha).toBe(1);
    expect(done.at(-1)?.alpha).toBeLessThan(0.5);
    for (const record of done) {
      expect(record.process).toBeCloseTo(0.25, 12);
      expect(record.reward).toBeCloseTo(record.alpha * record.outcome + (1 - record.alpha) * 0.25, 9);
    }
  });

  it("does a step anew when the sandbox has failed, as if it had not, and gives up when it goes on failing", async () => {
    const whole = await run(createWorld(rising));
    const failing = (every: number) => {
      const world = createWorld(rising);
      const { runner } = world.ports;
      let calls = 0;
      const judge: typeof runner.judge = async (request, signal) => {
        if (++calls % every === 0) throw new LabError("sandbox/no-realm", "The sandbox page did not load.");
        return runner.judge(request, signal);
      };
      return run({ ...world, ports: { ...world.ports, runner: { judge } } });
    };
    expect((await failing(25)).records.map(shown)).toEqual(whole.records.map(shown));
    await expect(failing(1)).rejects.toMatchObject({ code: "sandbox/no-realm" });
  });

  it("learns by DPO as well", async () => {
    const { records } = await run(createWorld(rising), { method: { name: "dpo", beta: 0.1, nllWeight: 1 } });
    // 10 tokens a pair, at most four pairs of each of four problems.
    const read = steps(records).map(({ tokens }, i, all) => tokens.read - (all[i - 1]?.tokens.read ?? 0));
    expect(Math.max(...read)).toBeLessThanOrEqual(160);
    expect(Math.max(...read)).toBeGreaterThan(0);
  });

  it("refuses generated tests where nobody writes any", async () => {
    await expect(run(createWorld(rising), { tests: "generated" })).rejects.toMatchObject({
      code: "input/no-test-generator",
    });
  });
});

const tokensAfter = (record: StepRecord | undefined) => (record ? record.tokens.sampled + record.tokens.read : 0);

/** A record as it can be compared: a part as text. */
function shown(record: ReinforceRecord): unknown {
  return record.type === "part" ? { ...record, file: new TextDecoder().decode(record.file) } : record;
}
