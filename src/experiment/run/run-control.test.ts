import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import { LabError } from "../../core/errors";
import { replay } from "../../core/run/fold";
import type { PolicyModel } from "../../ports/policy-model";
import type { TestGenerator } from "../../ports/test-generator";
import { atRandom, createScriptedModel, inTurn } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { PauseGate } from "./pause-gate";
import { CONFIG, collect, execute, PROBLEM, requestWith, SCRIPT, types } from "./run-fixture";
import type { RunRequest } from "./run-in-progress";
import { newRunStats, searchMs } from "./run-stats";

const runner = createScriptedRunner(execute);

const requestOf = (change: Partial<RunRequest> = {}) =>
  requestWith({ policy: createScriptedModel(atRandom(SCRIPT)), runner }, change);

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
    const config = { ...CONFIG, budget: { numSimulations: 1000, maxTokens: null, maxSeconds: 2, stopAtPass: false } };
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
    ["a scorer that the beam needs", { config: { ...CONFIG, strategy: "beam" } }, "input/no-scorer"],
    ["a problem without tests", { problem: { ...PROBLEM, visibleTests: [] } }, "input/no-tests"],
    ["a function name the tiny model never writes", { problem: { ...PROBLEM, entryPoint: "f" } }, "input/entry-point"],
    ["a whole program for the tiny model", { problem: { ...PROBLEM, entryPoint: null } }, "input/entry-point"],
    ["a language the tiny model does not speak", { problem: { ...PROBLEM, language: "python" } }, "input/language"],
  ])("with %s is told before the start", async (_, change, code) => {
    await expect(collect(requestOf(change))).rejects.toMatchObject({ code });
  });
});

describe("a problem without any test", () => {
  it("is no hindrance to a strategy that answers with its first sample", async () => {
    const config: SearchConfig = { ...CONFIG, strategy: "greedy" };
    const state = replay(await collect(requestOf({ config, problem: { ...PROBLEM, visibleTests: [] } })));
    expect(state.ended).toMatchObject({ reason: "budget", answer: { code: expect.stringMatching(/twice|plus/) } });
    expect(state.hidden).not.toBeNull();
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
