import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import type { TestCase } from "../../core/problem";
import { replay } from "../../core/run/fold";
import type { PolicyModel } from "../../ports/policy-model";
import type { TestGenerator } from "../../ports/test-generator";
import { atRandom, createScriptedModel } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { CONFIG, collect, execute, HIDDEN, PROBLEM, requestWith, SCRIPT, types } from "./run-fixture";
import type { RunRequest } from "./run-in-progress";
import { newRunStats } from "./run-stats";

const runner = createScriptedRunner(execute);

const requestOf = (change: Partial<RunRequest> = {}) =>
  requestWith({ policy: createScriptedModel(atRandom(SCRIPT)), runner }, change);

describe("a run", () => {
  it("starts, searches, ends, and is scored", async () => {
    const log = await collect(requestOf());
    expect(types(log)[0]).toBe("started");
    expect(types(log).slice(-2)).toEqual(["ended", "hiddenJudged"]);
    const state = replay(log);
    expect(state.simulations).toBe(8);
    expect(state.ended?.answer?.code).toBe("twice");
    expect(state.hidden).toMatchObject({
      solved: true,
      tests: HIDDEN,
      verdicts: [
        { kind: "hidden", index: 0 },
        { kind: "hidden", index: 1 },
      ],
    });
  });

  it("is the same for the same seed, and another for another", async () => {
    expect(await collect(requestOf())).toEqual(await collect(requestOf()));
    expect(await collect(requestOf({ seed: 2 }))).not.toEqual(await collect(requestOf()));
  });

  it("is not solved when the answer fails a hidden test that the visible ones let pass", async () => {
    const problem = { ...PROBLEM, visibleTests: [{ input: [[2]], expected: [4] }] };
    const policy = createScriptedModel(
      atRandom({ "<think>": ["<define>a<end>"], "<define>a<end>": ["<code>plus<end><eos>"] }),
    );
    const state = replay(await collect(requestOf({ problem, ports: { policy, runner } })));
    expect(state.nodes.get(2)?.reward?.reward).toBe(1);
    expect(state.hidden?.solved).toBe(false);
  });

  it("has no score without hidden tests, and is not solved without an answer", async () => {
    expect(replay(await collect(requestOf({ hiddenTests: () => Promise.resolve([]) }))).hidden).toBeNull();
    const policy = createScriptedModel(() => ({ text: "nothing<eos>" }));
    expect(replay(await collect(requestOf({ ports: { policy, runner } }))).hidden).toEqual({
      solved: false,
      tests: HIDDEN,
      verdicts: [],
    });
  });

  it("tells what its prompts cost, once a round that had any", async () => {
    const model = createScriptedModel(atRandom(SCRIPT));
    let calls = 0;
    const policy: PolicyModel = {
      ...model,
      sample: async (requests) => {
        calls++;
        return (await model.sample(requests)).map((result) => ({ ...result, promptTokens: 10, prefilledTokens: 4 }));
      },
    };
    const config: SearchConfig = { ...CONFIG, strategy: "best-of-n", budget: { ...CONFIG.budget, numSimulations: 20 } };
    const log = await collect(requestOf({ config, ports: { policy, runner } }));
    const prompted = log.flatMap(({ event }) => (event.type === "prompted" ? [event] : []));
    // 20 samples, at most 16 at once.
    expect(prompted).toHaveLength(calls);
    expect(replay(log).tokens).toMatchObject({ prompt: 200, prefilled: 80 });
  });

  it("gives the sandbox what belongs to the problem", async () => {
    const seen: object[] = [];
    const spy = {
      judge: (request: Parameters<typeof runner.judge>[0]) => {
        seen.push(request);
        return runner.judge(request);
      },
    };
    const ports = { policy: createScriptedModel(atRandom(SCRIPT)), runner: spy };
    await collect(requestOf({ problem: { ...PROBLEM, preamble: "const two = 2;", timeLimitMs: 700 }, ports }));
    expect(seen.length).toBeGreaterThan(1);
    for (const request of seen) expect(request).toMatchObject({ preamble: "const two = 2;", timeLimitMs: 700 });
  });

  it("judges equal programs once, wherever they hang", async () => {
    const stats = newRunStats();
    const state = replay(await collect(requestOf({ stats })));
    expect([...state.nodes].filter((node) => node.reward).length).toBeGreaterThanOrEqual(2);
    // Two programs, and the answer once more on the hidden tests.
    expect(stats.programs).toBe(3);
  });
});

describe("the leak guard", () => {
  it("asks for hidden tests only after the end has been read, in inference", async () => {
    let ended = false;
    const hiddenTests = () => {
      if (!ended) throw new Error("asked too early");
      return Promise.resolve(HIDDEN);
    };
    const log = await collect(requestOf({ hiddenTests }), ({ event }) => {
      ended ||= event.type === "ended";
    });
    expect(replay(log).hidden?.solved).toBe(true);
  });

  it("shows no hidden test to the model, the generator or the sandbox before the end", async () => {
    const secret: TestCase = { input: [[777]], expected: [1554] };
    const seen: string[] = [];
    let ended = false;
    const model = createScriptedModel(atRandom(SCRIPT));
    const policy: PolicyModel = {
      ...model,
      sample: (requests) => {
        seen.push(...requests.map(({ prompt }) => String(prompt)));
        return model.sample(requests);
      },
    };
    const testGenerator: TestGenerator = {
      generate: (problem) => {
        seen.push(JSON.stringify(problem));
        return Promise.resolve({ tests: [], tokens: 0 });
      },
    };
    const spy = {
      judge: (request: Parameters<typeof runner.judge>[0]) => {
        if (!ended) seen.push(JSON.stringify(request));
        return runner.judge(request);
      },
    };
    const config = { ...CONFIG, numGeneratedTests: 4 };
    await collect(
      requestOf({
        config,
        hiddenTests: () => Promise.resolve([secret]),
        ports: { policy, runner: spy, testGenerator },
      }),
      ({ event }) => {
        ended ||= event.type === "ended";
      },
    );
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.filter((text) => text.includes("777"))).toEqual([]);
  });

  it("lets data synthesis search on the training problem's own tests, and says so", async () => {
    const state = replay(await collect(requestOf({ mode: "synthesis" })));
    expect(state.mode).toBe("synthesis");
    const verdicts = [...state.nodes].find((node) => node.verdicts)?.verdicts ?? [];
    expect(verdicts.map(({ kind }) => kind)).toEqual(["visible", "hidden", "hidden"]);
  });
});

describe("generated tests", () => {
  const generate = (tests: readonly TestCase[]): TestGenerator => ({
    generate: () => Promise.resolve({ tests, tokens: 30 }),
  });
  const config = { ...CONFIG, numGeneratedTests: 3 };
  const ports = (tests: readonly TestCase[]) => ({
    policy: createScriptedModel(atRandom(SCRIPT)),
    runner,
    testGenerator: generate(tests),
  });

  it("are kept when they have the shape of the visible ones and are new", async () => {
    const tests: TestCase[] = [
      { input: [[5]], expected: [10] },
      { input: [[5]], expected: [9] },
      { input: [[1, 2]], expected: [1] },
      { input: [5], expected: [10] },
      { input: [[5], 1], expected: [10] },
      { input: [[6]], expected: 12 },
    ];
    const log = await collect(requestOf({ config, ports: ports(tests) }));
    const state = replay(log);
    expect(state.generatedTests).toEqual([{ input: [[5]], expected: [10] }]);
    const drawn = log.map(({ event }) =>
      event.type === "nodeAdded" || event.type === "nodeMerged" ? event.tokens : 0,
    );
    expect(state.tokens.sampled).toBe(30 + drawn.reduce((sum, tokens) => sum + tokens, 0));
  });

  it("count with their prompts", async () => {
    const prompts = { promptTokens: 500, prefilledTokens: 400 };
    const testGenerator: TestGenerator = { generate: () => Promise.resolve({ tests: [], tokens: 30, prompts }) };
    const costsOf = async (generator: TestGenerator) =>
      replay(await collect(requestOf({ config, ports: { ...ports([]), testGenerator: generator } }))).tokens;
    const [without, counted] = [await costsOf(generate([])), await costsOf(testGenerator)];
    expect(counted).toEqual({ ...without, prompt: without.prompt + 500, prefilled: without.prefilled + 400 });
  });

  it("break ties, and nothing else: a wrong one cannot hurt a program that is better on the visible tests", async () => {
    const wrong = [{ input: [[5]], expected: [7] }];
    expect(replay(await collect(requestOf({ config, ports: ports(wrong) }))).ended?.answer?.code).toBe("twice");
  });

  it("are not asked for when the strategy does not choose", async () => {
    const sample: SearchConfig = { ...config, strategy: "sample" };
    const log = await collect(requestOf({ config: sample, ports: ports([]) }));
    expect(types(log)).not.toContain("testsGenerated");
  });
});
