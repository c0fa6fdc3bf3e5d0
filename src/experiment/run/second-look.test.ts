import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import type { CallTest } from "../../core/problem";
import type { TimedEvent } from "../../core/run/events";
import { replay } from "../../core/run/fold";
import { generatePuzzle } from "../../puzzles/generator";
import { reasoningPath } from "../../puzzles/reasoning";
import { parseRunFile } from "../../runs/parse";
import { formatRunFile, newIdentity, runFile } from "../../runs/run-file";
import { createScriptedModel, inTurn } from "../../testing/scripted/model";
import { createScriptedRunner } from "../../testing/scripted/runner";
import { createExactScorer } from "./exact-scorer";
import type { RunPorts } from "./requirements";
import { CONFIG, collect, PROBLEM, requestWith, types } from "./run-fixture";

/** Three programs of which the visible test, [1, 2] -> [2, 4], tells only one apart: squares of 1 and 2 are wrong at once. */
const PROGRAMS: Readonly<Record<string, (x: number) => number>> = {
  square: (x) => x * x,
  lucky: (x) => (x <= 2 ? 2 * x : 0),
  twice: (x) => 2 * x,
  double: (x) => x + x,
};

const SCRIPT = {
  "<think>": ["lucky", "square", "twice", "double"].map((code) => `<define>d<end><code>${code}<end><eos>`),
};

const runner = createScriptedRunner((code: string, { input: [list] }: CallTest) =>
  Array.isArray(list) ? list.map((x) => PROGRAMS[code]?.(Number(x)) ?? 0) : undefined,
);

const config = (answer: SearchConfig["answer"], stopAtPass = false): SearchConfig => ({
  ...CONFIG,
  strategy: "best-of-n",
  budget: { ...CONFIG.budget, numSimulations: 4, stopAtPass },
  answer,
});

/** Writes one test that all pass, one that tells `lucky` apart, one that is wrong of all, and the visible one again. */
const WRITTEN: readonly CallTest[] = [
  { input: [[2]], expected: [4] },
  { input: [[5]], expected: [10] },
  { input: [[0]], expected: [1] },
  { input: [[1, 2]], expected: [2, 4] },
];

function portsOf(change: Partial<RunPorts> = {}): RunPorts {
  const tests = { tests: WRITTEN, tokens: 40, prompts: { promptTokens: 30, prefilledTokens: 20 } };
  return {
    policy: createScriptedModel(inTurn(SCRIPT)),
    runner,
    testGenerator: { generate: () => Promise.resolve(tests) },
    scorer: {
      score: (_, paths) =>
        Promise.resolve({
          values: paths.map((steps) => (steps.at(-1)?.text === "double" ? 0.9 : 0.4)),
          prompts: { promptTokens: 10 * paths.length, prefilledTokens: 5 * paths.length },
        }),
    },
    ...change,
  };
}

const run = (answer: SearchConfig["answer"], stopAtPass = false, ports = portsOf()): Promise<TimedEvent[]> =>
  collect(requestWith(ports, { config: config(answer, stopAtPass) }));

describe("after a search with several programs that pass", () => {
  it("the first is the answer as long as nobody looks again", async () => {
    const log = await run("tests");
    expect(replay(log)).toMatchObject({
      ended: { answer: { code: "lucky" } },
      finalists: null,
      hidden: { solved: false },
    });
  });

  it("new tests on which they differ tell them apart, before the hidden tests are asked", async () => {
    const log = await run("differing");
    expect(types(log).slice(-4)).toEqual(["ended", "prompted", "finalistsCompared", "hiddenJudged"]);
    const state = replay(log);
    expect(state.ended).toMatchObject({ reason: "budget", answer: { code: "twice" } });
    expect(state.hidden?.solved).toBe(true);
    expect(state.finalists).toMatchObject({
      by: "differing",
      tests: 3,
      all: [
        { code: "twice", support: 1 },
        { code: "double", support: 1 },
        { code: "lucky", support: 0 },
      ],
    });
    // What they cost is told: 40 tokens beyond those of the search.
    const searched = replay(await run("tests")).tokens;
    expect(state.tokens).toMatchObject({ sampled: searched.sampled + 40, prompt: searched.prompt + 30 });
    // They stand with the other generated tests, and the finalists have their verdicts on them.
    expect(state.generatedTests).toEqual(WRITTEN.slice(0, 3));
    const lucky = [...state.nodes].find(({ step }) => step?.text === "lucky");
    expect(lucky?.verdicts?.map(({ kind, index, verdict }) => [kind, index, verdict])).toEqual([
      ["visible", 0, "passed"],
      ["generated", 0, "passed"],
      ["generated", 1, "failed"],
      ["generated", 2, "failed"],
    ]);
  });

  it("their agreement can decide", async () => {
    const state = replay(await run("agreement"));
    // twice and double pass the same two tests: 2 * 2. lucky passes one, alone.
    expect(state.finalists?.all.map(({ code, support }) => [code, support])).toEqual([
      ["twice", 4],
      ["double", 4],
      ["lucky", 1],
    ]);
  });

  it("the step scorer can decide, without a new test", async () => {
    const log = await run("scorer", false, portsOf({ testGenerator: undefined } as object));
    const state = replay(log);
    expect(state.finalists).toMatchObject({ by: "scorer", tests: 0, all: [{ code: "double", support: 0.9 }, {}, {}] });
    expect(state.tokens.scorer).toBe(15);
    expect(state.hidden?.solved).toBe(true);
  });

  it("nothing is looked at when the search ended at the first pass", async () => {
    expect(types(await run("differing", true))).not.toContain("finalistsCompared");
  });

  it("whoever stops it keeps the search's answer", async () => {
    const stop = new AbortController();
    const testGenerator = {
      generate: (_: unknown, __: unknown, ___: unknown, signal?: AbortSignal) => {
        stop.abort();
        return Promise.reject(signal?.reason);
      },
    };
    const request = requestWith(portsOf({ testGenerator }), { config: config("differing"), signal: stop.signal });
    expect(replay(await collect(request))).toMatchObject({ ended: { answer: { code: "lucky" } }, finalists: null });
  });

  it("needs somebody to ask", async () => {
    const { policy } = portsOf();
    await expect(run("scorer", false, { policy, runner })).rejects.toMatchObject({ code: "input/no-scorer" });
    await expect(run("differing", false, { policy, runner })).rejects.toMatchObject({
      code: "input/no-test-generator",
    });
  });

  it("is kept in the run's file", async () => {
    const log = await run("differing");
    const file = formatRunFile(runFile(newIdentity(), null, log));
    expect(parseRunFile(file).events).toEqual(log);
    const outOfOrder = log.filter(({ event }) => event.type !== "ended");
    expect(() => parseRunFile(formatRunFile(runFile(newIdentity(), null, outOfOrder)))).toThrow("do not fit together");
  });
});

describe("a run that is watched", () => {
  it("has every step scored that its search does not ask about, and finds the same tree", async () => {
    const tree = { ...config("tests"), strategy: "mcts" } as const;
    const script = {
      "<think>": SCRIPT["<think>"],
      "<define>d<end>": ["<code>square<end><eos>", "<code>twice<end><eos>"],
    };
    const ports = () => portsOf({ policy: createScriptedModel(inTurn(script)) });
    const plain = await collect(requestWith(ports(), { config: tree }));
    const watched = await collect(requestWith(ports(), { config: tree, watch: true }));
    const without = watched.filter(({ event }) => event.type !== "scored" && event.type !== "prompted");
    expect(without).toEqual(plain.filter(({ event }) => event.type !== "prompted"));
    const { nodes, tokens } = replay(watched);
    expect([...nodes].slice(1).every(({ score }) => score !== undefined)).toBe(true);
    expect(tokens.scorer).toBe(5 * (nodes.length - 1));
  });

  it("goes on to its end when its steps cannot be scored", async () => {
    const tree = { ...config("tests"), strategy: "mcts" } as const;
    const scorer = { score: () => Promise.reject(new Error("not told")) };
    const [plain, watched] = [portsOf(), { ...portsOf(), scorer }];
    const log = await collect(requestWith(watched, { config: tree, watch: true }));
    expect(log).toEqual(await collect(requestWith(plain, { config: tree })));
  });
});

describe("exact values", () => {
  const puzzle = generatePuzzle("validation", "hinted", 0);
  const path = reasoningPath(puzzle.chain, puzzle.problem.visibleTests[0]?.input[0] as readonly number[]);
  const ceiling: SearchConfig = { ...CONFIG, tree: { ...CONFIG.tree, leafValue: "exact" } };

  it("are 1 on the right path and 0 off it", async () => {
    const wrong = [...path.slice(0, 1), { kind: "refine", text: "1. nothing" } as const];
    const { values } = await createExactScorer().score(puzzle.problem, [path.slice(0, 1), path.slice(0, 2), wrong]);
    expect(values).toEqual([1, 1, 0]);
  });

  it("are known of list puzzles only, whatever another problem is called", async () => {
    for (const problem of [PROBLEM, { ...PROBLEM, id: puzzle.problem.id }]) {
      const asked = collect(requestWith(portsOf(), { config: ceiling, problem }));
      await expect(asked).rejects.toMatchObject({ code: "input/no-exact-values" });
    }
  });
});
