import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../core/config";
import { LabError } from "../core/errors";
import type { TimedEvent } from "../core/events";
import type { Problem, TestCase } from "../core/problem";
import { replay } from "../core/replay";
import { atRandom, createScriptedModel, inTurn } from "../engines/scripted/model";
import { createScriptedRunner } from "../engines/scripted/runner";
import type { PolicyModel } from "../ports/policy-model";
import type { TestGenerator } from "../ports/test-generator";
import { PauseGate } from "./pause-gate";
import { PRESETS } from "./presets";
import { type RunRequest, runExperiment } from "./run";
import { newRunStats, searchMs } from "./run-stats";

const PROBLEM: Problem = {
  id: "double",
  title: "Double",
  statement: "Double every number.",
  language: "javascript",
  entryPoint: "solve",
  visibleTests: [{ input: [[1, 2]], expected: [2, 4] }],
};

const HIDDEN: readonly TestCase[] = [
  { input: [[3]], expected: [6] },
  { input: [[]], expected: [] },
];

const SCRIPT = {
  "<think>": [
    "<define>one map<end><refine>1. double<end><code>twice<end><eos>",
    "<define>one map<end><refine>1. add 2<end><code>plus<end><eos>",
  ],
  "<define>one map<end>": ["<refine>1. double<end><code>twice<end><eos>", "<refine>1. add 2<end><code>plus<end><eos>"],
  "<refine>1. double<end>": ["<code>twice<end><eos>"],
  "<refine>1. add 2<end>": ["<code>plus<end><eos>"],
};

const runner = createScriptedRunner((code, { input: [list] }) => {
  if (!Array.isArray(list)) return undefined;
  return list.map((x) => (code === "twice" ? Number(x) * 2 : Number(x) + 2));
});

const CONFIG: SearchConfig = {
  ...PRESETS["mcts-tiny"],
  budget: { numSimulations: 8, maxTokens: null, maxSeconds: null },
  numGeneratedTests: 0,
};

function requestOf(change: Partial<RunRequest> = {}): RunRequest {
  return {
    problem: PROBLEM,
    config: CONFIG,
    seed: 1,
    mode: "inference",
    ports: { policy: createScriptedModel(atRandom(SCRIPT)), runner },
    hiddenTests: () => Promise.resolve(HIDDEN),
    now: () => 0,
    ...change,
  };
}

async function collect(
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

const types = (log: readonly TimedEvent[]) => log.map(({ event }) => event.type);

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
    expect(state.nodes[2]?.reward?.reward).toBe(1);
    expect(state.hidden?.solved).toBe(false);
  });

  it("has no score without hidden tests, and is not solved without an answer", async () => {
    expect(replay(await collect(requestOf({ hiddenTests: () => Promise.resolve([]) }))).hidden).toBeNull();
    const policy = createScriptedModel(() => ({ text: "nothing<eos>" }));
    expect(replay(await collect(requestOf({ ports: { policy, runner } }))).hidden).toEqual({
      solved: false,
      verdicts: [],
    });
  });

  it("judges equal programs once, wherever they hang", async () => {
    const stats = newRunStats();
    const state = replay(await collect(requestOf({ stats })));
    expect(state.nodes.filter((node) => node.reward).length).toBeGreaterThanOrEqual(2);
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
      sample: (requests) => model.sample(requests.map((r) => (seen.push(r.prompt), r))),
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
    const verdicts = state.nodes.find((node) => node.verdicts)?.verdicts ?? [];
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

describe("pausing and stopping", () => {
  it("waits at the gate, and does not count the pause", async () => {
    const gate = new PauseGate();
    let time = 0;
    const stats = newRunStats();
    const log = await collect(requestOf({ gate, stats, now: () => time }), ({ event }) => {
      if (event.type !== "backedUp" || event.simulation !== 0) return;
      gate.pause();
      setTimeout(() => {
        time += 5000;
        gate.resume();
      }, 5);
    });
    expect(log.at(-1)).toMatchObject({ at: 0, event: { type: "hiddenJudged" } });
    expect(stats.pausedMs).toBe(5000);
  });

  it("stops with the best answer so far, which is scored", async () => {
    const stop = new AbortController();
    const config = { ...CONFIG, budget: { ...CONFIG.budget, numSimulations: 1000 } };
    const log = await collect(requestOf({ config, signal: stop.signal }), ({ event }) => {
      if (event.type === "backedUp" && event.simulation >= 8) stop.abort();
    });
    const state = replay(log);
    expect(state.ended).toMatchObject({ reason: "stopped", answer: { code: "twice" } });
    expect(state.simulations).toBeLessThan(40);
    expect(state.hidden?.solved).toBe(true);
  });

  it("stops while it is paused", async () => {
    const gate = new PauseGate();
    const stop = new AbortController();
    gate.pause();
    setTimeout(() => stop.abort(), 5);
    const state = replay(await collect(requestOf({ gate, signal: stop.signal })));
    expect(state.ended).toEqual({ reason: "stopped", answer: null });
  });

  it("stops at once when the model listens to the signal", async () => {
    const stop = new AbortController();
    const policy: PolicyModel = {
      info: { id: "slow", backend: "scripted", contextLength: 10 },
      sample: (_, signal) =>
        new Promise((_resolve, reject) => {
          (signal as AbortSignal).addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
        }),
    };
    setTimeout(() => stop.abort(), 5);
    const state = replay(await collect(requestOf({ ports: { policy, runner }, signal: stop.signal })));
    expect(state.ended).toEqual({ reason: "stopped", answer: null });
  });

  it("ends when its time is up", async () => {
    let time = 0;
    const model = createScriptedModel(atRandom(SCRIPT));
    const policy: PolicyModel = {
      ...model,
      sample: (requests) => {
        time += 400;
        return model.sample(requests);
      },
    };
    const config = { ...CONFIG, budget: { numSimulations: 1000, maxTokens: null, maxSeconds: 2 } };
    const state = replay(await collect(requestOf({ config, ports: { policy, runner }, now: () => time })));
    expect(state.ended?.reason).toBe("budget");
    expect(state.simulations).toBeLessThan(40);
  });
});

describe("trouble", () => {
  it("with the model ends the run, keeps what there is, and is not scored", async () => {
    const model = createScriptedModel(atRandom(SCRIPT));
    let calls = 0;
    const policy: PolicyModel = {
      ...model,
      sample: (requests) =>
        ++calls > 3
          ? Promise.reject(new LabError("model/gone", "The model is gone.", "Load it again."))
          : model.sample(requests),
    };
    const log = await collect(requestOf({ ports: { policy, runner } }));
    const state = replay(log);
    expect(state.ended).toMatchObject({ reason: "error", message: "The model is gone. Load it again." });
    expect(state.nodes.length).toBeGreaterThan(3);
    expect(types(log).at(-1)).toBe("ended");
  });

  it("with a model that leaves requests out is an error, not a hang", async () => {
    const policy: PolicyModel = {
      info: { id: "x", backend: "y", contextLength: 1 },
      sample: () => Promise.resolve([]),
    };
    expect(replay(await collect(requestOf({ ports: { policy, runner } }))).ended).toMatchObject({ reason: "error" });
  });

  it("with the test generator ends the run as well", async () => {
    const testGenerator: TestGenerator = { generate: () => Promise.reject(new Error("no tests today")) };
    const request = requestOf({ config: { ...CONFIG, numGeneratedTests: 2 } });
    const state = replay(await collect({ ...request, ports: { ...request.ports, testGenerator } }));
    expect(state.ended).toEqual({ reason: "error", answer: null, message: "no tests today" });
  });

  it.each<[string, Partial<RunRequest>, string]>([
    [
      "a scorer that is not there",
      { config: { ...CONFIG, tree: { ...CONFIG.tree, leafValue: "scorer" } } },
      "input/no-scorer",
    ],
    ["a test generator that is not there", { config: { ...CONFIG, numGeneratedTests: 1 } }, "input/no-test-generator"],
    ["a problem without tests", { problem: { ...PROBLEM, visibleTests: [] } }, "input/no-tests"],
  ])("with %s is told before the start", async (_, change, code) => {
    await expect(collect(requestOf(change))).rejects.toMatchObject({ code });
  });
});

describe("the stats", () => {
  it("tell where the time went", async () => {
    let time = 0;
    const model = createScriptedModel(inTurn(SCRIPT));
    const policy: PolicyModel = {
      ...model,
      sample: (requests) => {
        time += 10;
        return model.sample(requests);
      },
    };
    const slowRunner = {
      judge: (request: Parameters<typeof runner.judge>[0]) => {
        time += 3;
        return runner.judge(request);
      },
    };
    const stats = newRunStats();
    const config: SearchConfig = { ...CONFIG, strategy: "greedy" };
    await collect(requestOf({ config, ports: { policy, runner: slowRunner }, now: () => time, stats }), () => {
      time += 1;
    });
    // One sample, one program on visible and then on hidden tests; the reader takes 1 ms per event.
    expect(stats).toMatchObject({ modelMs: 10, judgeMs: 6, waitMs: 16, programs: 2, rounds: 2 });
    expect(stats.totalMs).toBe(stats.waitMs + stats.consumerMs);
    expect(searchMs(stats)).toBe(0);
  });
});
