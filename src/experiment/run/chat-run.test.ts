import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import type { ScoredProblem } from "../../core/problem";
import type { Completion, Prompt, SampleRequest } from "../../core/protocol/protocol";
import { createRandom, deriveSeed } from "../../core/rng";
import { replay } from "../../core/run/fold";
import { STRATEGIES } from "../../core/search/strategies/registry";
import type { CodeRunner } from "../../ports/code-runner";
import type { PolicyModel } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";
import { type EvaluationReport, evaluate } from "../evaluate/evaluate";
import { strategyConfig } from "../spec/presets";
import { STRATEGY_NAMES } from "../spec/spec";
import type { RunPorts } from "./requirements";
import { collect } from "./run-fixture";

const SCORED: ScoredProblem = {
  problem: {
    id: "mbpp/1",
    title: "Twice",
    statement: "Write a function to double a number.",
    language: "python",
    entryPoint: "twice",
    visibleTests: [{ assertion: "assert twice(2) == 4" }],
  },
  hiddenTests: [{ assertion: "assert twice(3) == 6" }, { assertion: "assert twice(0) == 0" }],
};

const DEFINE = "### DEFINE\ntwice(n): return n doubled\n### END\n";
const program = (body: string) => `### CODE\n\`\`\`python\ndef twice(n):\n    return ${body}\n\`\`\`\n### END\n`;

/** What is right, what passes the visible test alone, and what passes nothing. */
const BODIES = ["n * 2", "n + 2", "n"];

function cut(text: string, { stop }: SampleRequest): Completion {
  const end = Math.min(
    ...stop.map((marker) => text.indexOf(marker)).map((at, i) => (at < 0 ? Infinity : at + (stop[i]?.length ?? 0))),
  );
  const said = text.slice(0, end);
  return { text: said, tokens: Math.ceil(said.length / 4), logProbs: [], pieces: [], finish: "stop" };
}

/** A chat model that outlines first and then writes one of the programs, without log-probabilities. */
function chatModel(prompts: Prompt[]): PolicyModel {
  return {
    info: {
      id: "webllm:test",
      backend: "scripted",
      contextLength: 4096,
      protocol: "chat",
      batching: { kind: "sequences", count: 1 },
    },
    sample: (requests) => {
      prompts.push(...requests.map(({ prompt }) => prompt));
      const results = requests.map((request) => {
        const turns = typeof request.prompt === "string" ? [] : request.prompt;
        // The example has three turns of the model's.
        const isFirst = turns.filter(({ role }) => role === "assistant").length <= 3;
        const completions = Array.from({ length: request.count }, (_, i) => {
          const code = program(createRandom(deriveSeed(request.seed, i)).pick(BODIES));
          return cut(`${isFirst ? DEFINE : ""}${code}### DONE`, request);
        });
        return { completions, promptTokens: 100, prefilledTokens: 30 };
      });
      return Promise.resolve(results);
    },
  };
}

/** A chat model that always says the same, to its end: no stop word stops it. */
function stubborn(text: string): PolicyModel {
  const completion = { text, tokens: Math.ceil(text.length / 4), logProbs: [], pieces: [], finish: "stop" as const };
  return {
    ...chatModel([]),
    sample: async (requests) =>
      requests.map(({ count }) => ({
        completions: Array(count).fill(completion),
        promptTokens: 1,
        prefilledTokens: 1,
      })),
  };
}

/** Knows the three programs; an assertion shows no value. */
const runner: CodeRunner = {
  judge: ({ code, tests }) =>
    Promise.resolve(
      tests.map((test) => {
        const [, input = "0", wanted = ""] = /twice\((\d)\) == (\d)/.exec(JSON.stringify(test)) ?? [];
        const n = Number(input);
        const got = code.includes("n * 2") ? n * 2 : code.includes("n + 2") ? n + 2 : n;
        return { verdict: got === Number(wanted) ? ("passed" as const) : ("failed" as const), ms: 1 };
      }),
    ),
};

const portsOf = (prompts: Prompt[] = []): RunPorts => ({
  policy: chatModel(prompts),
  runner,
  testGenerator: {
    generate: () => Promise.resolve({ tests: [{ assertion: "assert twice(5) == 10" }], tokens: 20 }),
  },
  scorer: { score: async (_, paths) => ({ values: paths.map((path) => (path.length % 3) / 3) }) },
});

async function reportOf(config: SearchConfig, ports: RunPorts, problem = SCORED.problem): Promise<EvaluationReport> {
  const problems = [{ ...SCORED, problem }];
  const evaluation = evaluate({ problems, config, seed: 4, ports, freshSamples: 40, now: () => 0 });
  for (;;) {
    const next = await evaluation.next();
    if (next.done) return next.value;
  }
}

describe("a chat model on a Python problem", () => {
  it.each(STRATEGY_NAMES.filter((name) => name !== "best-first"))("is searched by %s", async (strategy) => {
    const prompts: Prompt[] = [];
    const config = strategyConfig(strategy, undefined, "chat");
    const request = {
      ...SCORED,
      config,
      seed: 4,
      mode: "inference" as const,
      ports: portsOf(prompts),
      hiddenTests: () => Promise.resolve(SCORED.hiddenTests),
      now: () => 0,
    };
    const state = replay(await collect(request));
    expect(state.ended?.reason).toMatch(/budget|exhausted/);
    expect(state.ended?.answer?.code).toContain("def twice(n):");
    expect(state.hidden).not.toBeNull();
    expect(state.tokens).toMatchObject({ prompt: 100 * prompts.length, prefilled: 30 * prompts.length });
    expect(state.generatedTests).toHaveLength(STRATEGIES[strategy].chooses ? 1 : 0);
    expect(prompts.every((prompt) => Array.isArray(prompt))).toBe(true);
  });

  it.each([
    ["best-first", false, /^This model cannot be searched best-first/],
    ["mcts", true, /^This model cannot draw without replacement/],
  ] as const)("is not drawn from without replacement: %s", async (strategy, withoutReplacement, sentence) => {
    const config = strategyConfig(strategy, undefined, "chat");
    const changed = { ...config, sampling: { ...config.sampling, withoutReplacement } };
    await expect(reportOf(changed, portsOf())).rejects.toThrow(sentence);
  });

  it("finds by generated tests which of the programs that pass the visible one is right", async () => {
    const { outcomes } = await reportOf(strategyConfig("mcts", undefined, "chat"), portsOf());
    expect(outcomes[0]).toMatchObject({ solved: true, code: "def twice(n):\n    return n * 2" });
  });

  it("counts the prompts of the step scorer", async () => {
    const silent = await reportOf(strategyConfig("beam", undefined, "chat"), portsOf());
    let asked = 0;
    const scorer: StepScorer = {
      score: async (_, paths) => {
        asked += paths.length;
        const prompts = { promptTokens: 10 * paths.length, prefilledTokens: paths.length };
        return { values: paths.map((path) => (path.length % 3) / 3), prompts };
      },
    };
    const counted = await reportOf(strategyConfig("beam", undefined, "chat"), { ...portsOf(), scorer });
    const [before, after] = [silent.outcomes[0], counted.outcomes[0]];
    expect(asked).toBeGreaterThan(0);
    expect(after?.promptTokens).toBe((before?.promptTokens ?? 0) + 10 * asked);
    expect(after?.prefilledTokens).toBe((before?.prefilledTokens ?? 0) + asked);
  });

  it("gets the function's head back when it writes the body alone", async () => {
    const problem = { ...SCORED.problem, starterCode: "def twice(n: int) -> int:" };
    const completion = {
      text: "```python\n    return n * 2\n```",
      tokens: 8,
      logProbs: [],
      pieces: [],
      finish: "stop",
    };
    const policy = {
      ...chatModel([]),
      sample: async (requests: readonly SampleRequest[]) =>
        requests.map(({ count }) => {
          const completions = Array.from({ length: count }, () => completion as Completion);
          return { completions, promptTokens: 100, prefilledTokens: 100 };
        }),
    };
    const judged: string[] = [];
    const judge: CodeRunner["judge"] = (request, signal) => {
      judged.push(request.code);
      return runner.judge(request, signal);
    };
    const report = await reportOf(strategyConfig("vanilla", undefined, "chat"), { policy, runner: { judge } }, problem);
    const whole = "def twice(n: int) -> int:\n    return n * 2";
    expect(report.outcomes[0]).toMatchObject({ solved: true, code: whole, freshPassShare: 1 });
    expect(new Set(judged)).toEqual(new Set([whole]));
  });

  it("draws the last step anew for ASPR, after the same outline", async () => {
    const prompts: Prompt[] = [];
    const { aspr } = await reportOf(strategyConfig("mcts", undefined, "chat"), portsOf(prompts));
    // One program in three is right.
    expect(aspr).toMatchObject({ problems: 1, samplesPerProblem: 40 });
    expect(aspr?.value).toBeGreaterThan(0.1);
    expect(aspr?.value).toBeLessThan(0.6);
    const last = prompts.at(-1);
    // The program is asked for outright, so that no refinement counts as a miss.
    expect(typeof last === "string" ? [] : last?.slice(-2)).toMatchObject([
      { role: "assistant", content: DEFINE.trim() },
      { role: "user", content: expect.stringContaining("### CODE step") },
    ]);
  });
});

describe("a chat model that does not do as it is told", () => {
  const search = async (policy: PolicyModel, strategy: "mcts" | "beam" = "mcts") => {
    const config = { ...strategyConfig(strategy, undefined, "chat"), numGeneratedTests: 0 };
    const hiddenTests = () => Promise.resolve(SCORED.hiddenTests);
    const given = { ...SCORED, config, seed: 4, mode: "inference" as const, hiddenTests, now: () => 0 };
    return replay(await collect({ ...given, ports: { ...portsOf(), policy } }));
  };

  it("has its program kept, judged and chosen when it writes no pseudocode", async () => {
    const state = await search(stubborn(program("n * 2")));
    const programs = [...state.nodes].filter(({ step }) => step?.kind === "code");
    expect(programs.map(({ depth, reward }) => [depth, reward?.pass])).toEqual([[1, 1]]);
    expect(state.ended?.answer).toMatchObject({ code: "def twice(n):\n    return n * 2" });
    expect(state.hidden).toMatchObject({ solved: true });
  });

  it("is asked once more, for pseudocode, when it wrote nothing but programs", async () => {
    const wishes: string[] = [];
    const policy = stubborn(program("n * 2"));
    const state = await search({
      ...policy,
      sample: (requests) => {
        wishes.push(
          ...requests.map(({ prompt }) => (typeof prompt === "string" ? "" : (prompt.at(-1)?.content ?? ""))),
        );
        return policy.sample(requests);
      },
    });
    expect(wishes).toHaveLength(2);
    expect(wishes[0]).not.toContain("written before");
    expect(wishes[1]).toContain("What is wanted now is its structure in pseudocode");
    expect(state.ended?.reason).toBe("exhausted");
  });

  it("is searched as any other when it writes pseudocode after all", async () => {
    const policy = chatModel([]);
    const state = await search({
      ...policy,
      sample: (requests) => {
        const { prompt = "" } = requests[0] ?? {};
        const isFirst =
          typeof prompt !== "string" && prompt.length === 8 && !prompt[7]?.content.includes("written before");
        return (isFirst ? stubborn(program("n")) : policy).sample(requests);
      },
    });
    const kinds = [...state.nodes].filter(({ depth }) => depth === 1).map(({ step }) => step?.kind);
    expect(kinds).toEqual(["code", "define"]);
    expect(state.nodes.get(state.ended?.answer?.nodeId ?? 0)?.depth).toBe(2);
  });

  it("has all its steps kept when it writes several, and its program is a playout that costs nothing", async () => {
    const said = `${DEFINE}${program("n * 2")}### DONE`;
    const policy = stubborn(said);
    const purposes: (readonly string[])[] = [];
    const state = await search({
      ...policy,
      sample: (requests) => {
        purposes.push(...requests.map(({ stop }) => stop));
        return policy.sample(requests);
      },
    });
    expect(purposes.every((stop) => stop[0] === "### END")).toBe(true);
    const [, define, code] = [...state.nodes];
    expect([define?.step?.kind, code?.step?.kind, code?.parent]).toEqual(["define", "code", define?.id]);
    expect((define?.tokens ?? 0) + (code?.tokens ?? 0)).toBe(Math.ceil(said.length / 4));
    expect(state.ended?.answer?.nodeId).toBe(code?.id);
  });

  it("costs a beam none of its steps", async () => {
    const state = await search(stubborn(`${DEFINE}${program("n * 2")}`), "beam");
    expect(state.ended?.answer?.code).toContain("n * 2");
  });
});
