import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { PRESET_NAMES, PRESETS, specFromPreset } from "./presets";
import { parseCustomProblem } from "./problem-ref";
import { type ExperimentSpec, parseSpec } from "./spec";

const spec = specFromPreset("mcts-tiny", { source: "named", id: "even-steven" });

function failure(run: () => unknown): LabError {
  try {
    run();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const custom = {
  title: "Twice",
  statement: "Return the number doubled.",
  entryPoint: "solve",
  language: "javascript",
  visibleTests: [{ input: [2], expected: 4 }],
  hiddenTests: [],
};

describe("a specification from before a setting was known", () => {
  it("means what it did: off", () => {
    const spec = specFromPreset("mcts-tiny", { source: "named", id: "even-steven" });
    const { budget, sampling, ...config } = spec.config;
    const { stopAtPass: _, ...oldBudget } = budget;
    const { withoutReplacement: __, ...oldSampling } = sampling;
    expect(parseSpec({ ...spec, config: { ...config, budget: oldBudget, sampling: oldSampling } })).toEqual(spec);
  });
});

describe("parseSpec", () => {
  it.each(PRESET_NAMES)("accepts preset %s", (preset) => {
    expect(parseSpec(specFromPreset(preset, { source: "named", id: "x" })).config).toEqual(PRESETS[preset]);
  });

  it.each<[string, (s: ExperimentSpec) => unknown, string, string]>([
    [
      "too many simulations",
      (s) => ({ ...s, config: { ...s.config, budget: { ...s.config.budget, numSimulations: 99999 } } }),
      "input/out-of-range",
      "config.budget.numSimulations is 99999 but must be a whole number from 1 to 10000.",
    ],
    [
      "a fraction where a whole number is needed",
      (s) => ({ ...s, config: { ...s.config, tree: { ...s.config.tree, maxDepth: 2.5 } } }),
      "input/out-of-range",
      "config.tree.maxDepth is 2.5 but must be a whole number from 1 to 64.",
    ],
    [
      "a text where a number is needed",
      (s) => ({ ...s, config: { ...s.config, compileWeight: "much" } }),
      "input/out-of-range",
      'config.compileWeight is "much" but must be a number from 0 to 1.',
    ],
    [
      "an exclusive bound",
      (s) => ({ ...s, config: { ...s.config, sampling: { ...s.config.sampling, topP: 0 } } }),
      "input/out-of-range",
      "config.sampling.topP is 0 but must be a number above 0 and at most 1.",
    ],
    [
      "a bound that may be null",
      (s) => ({ ...s, config: { ...s.config, budget: { ...s.config.budget, maxTokens: -1 } } }),
      "input/out-of-range",
      "config.budget.maxTokens is -1 but must be a whole number from 1 to 100000000, or null for no bound.",
    ],
    [
      "an unknown strategy",
      (s) => ({ ...s, config: { ...s.config, strategy: "magic" } }),
      "input/out-of-range",
      'config.strategy is "magic" but must be one of greedy, vanilla, sample, best-of-n, majority, beam, best-first, mcts.',
    ],
    [
      "an unknown setting",
      (s) => ({ ...s, config: { ...s.config, tree: { ...s.config.tree, colour: 1 } } }),
      "input/unknown-key",
      "There is no setting config.tree.colour.",
    ],
    ["no problem", ({ problem: _, ...s }) => s, "input/missing", "problem is missing; it must be "],
    [
      "an unknown source",
      (s) => ({ ...s, problem: { source: "web" } }),
      "input/out-of-range",
      'problem.source is "web" but must be one of named, generated, imported, custom.',
    ],
    ["another version", (s) => ({ ...s, version: 9 }), "input/out-of-range", "version is 9 but must be 2."],
    [
      "a beam of no paths",
      (s) => ({ ...s, config: { ...s.config, tree: { ...s.config.tree, beamWidth: 0 } } }),
      "input/out-of-range",
      "config.tree.beamWidth is 0 but must be a whole number from 1 to 64.",
    ],
    [
      "an unknown trust",
      (s) => ({ ...s, config: { ...s.config, testTrust: "blind" } }),
      "input/out-of-range",
      'config.testTrust is "blind" but must be one of share, agreement.',
    ],
    [
      "a model that is none",
      (s) => ({ ...s, model: "gpt-9" }),
      "input/out-of-range",
      'model is "gpt-9" but must be tiny, webllm:<model id> or openai:<base URL>#<model> ("gpt-9" names no model).',
    ],
    ["not an object", () => "hello", "input/out-of-range", 'The specification is "hello"'],
  ])("says what is wrong with %s", (_, change, code, sentence) => {
    const error = failure(() => parseSpec(change(spec)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(sentence);
  });
});

describe("the model of a specification", () => {
  it.each(["tiny", "webllm:Qwen2.5-Coder-0.5B-Instruct-q4f16_1-MLC", "openai:https://cluster.example/v1#coder"])(
    "may be %s",
    (model) => {
      expect(parseSpec({ ...spec, model }).model).toBe(model);
    },
  );

  it("is written one way", () => {
    expect(parseSpec({ ...spec, model: " openai:http://localhost:8000/v1/#coder" }).model).toBe(
      "openai:http://localhost:8000/v1#coder",
    );
  });

  it("holds no key", () => {
    expect(() => parseSpec({ ...spec, model: "openai:http://me:secret@localhost/v1#coder" })).toThrow("password");
    expect(() => parseSpec({ ...spec, model: "openai:http://localhost/v1?key=secret#coder" })).toThrow(
      "not a base URL",
    );
  });
});

describe("an imported problem", () => {
  it("is named by its collection and id", () => {
    const problem = { source: "imported", collection: "mbpp", id: "mbpp/11" } as const;
    expect(parseSpec({ ...spec, problem }).problem).toEqual(problem);
    expect(() => parseSpec({ ...spec, problem: { source: "imported", id: "11" } })).toThrow(
      "problem.collection is missing",
    );
  });
});

describe("parseCustomProblem", () => {
  it("accepts a complete problem", () => {
    expect(parseCustomProblem(custom)).toEqual({ source: "custom", ...custom });
  });

  it("may be in Python", () => {
    expect(parseCustomProblem({ ...custom, language: "python" }).language).toBe("python");
    const error = failure(() => parseCustomProblem({ ...custom, language: "cobol" }));
    expect(error.message).toBe('language is "cobol" but must be one of javascript, python.');
  });

  it("wants at least one visible test", () => {
    const error = failure(() => parseCustomProblem({ ...custom, visibleTests: [] }));
    expect(error.message).toBe("visibleTests is [] but must be a list with at least one test.");
  });

  it("wants the name of a function", () => {
    const error = failure(() => parseCustomProblem({ ...custom, entryPoint: "a b" }));
    expect(error.message).toBe('entryPoint is "a b" but must be the name of a function, such as solve.');
  });

  it("wants JSON values in tests", () => {
    const error = failure(() => parseCustomProblem({ ...custom, visibleTests: [{ input: [undefined], expected: 1 }] }));
    expect(error.message).toContain("visibleTests.0.input.0");
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    const deeper = failure(() => parseCustomProblem({ ...custom, visibleTests: [{ input: [], expected: deep }] }));
    expect(deeper.message).toBe("visibleTests.0.expected is nested too deeply but must be a JSON value.");
  });
});
