import { describe, expect, it } from "vitest";
import type { Outcome } from "../core/verdict";
import type { CodeRunner, JudgeRequest } from "../ports/code-runner";
import type { StoredProblem } from "../ports/problem-store";
import { checkReferences, scaledTimeLimitMs } from "./references";

function problem(id: string, references: readonly string[], timeLimitMs?: number): StoredProblem {
  return {
    problem: {
      id,
      title: id,
      statement: "",
      language: "python",
      entryPoint: "f",
      preamble: "import math",
      visibleTests: [{ assertion: "assert f(1) == 1" }],
      ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
    },
    hiddenTests: [{ assertion: "assert f(2) == 2" }, { assertion: "assert f(3) == 3" }],
    references,
  };
}

/**
 * Programs are lists of outcomes, such as `passed failed 400`: one for each test, the last one for the rest; then
 * milliseconds.
 */
class ScriptedRunner implements CodeRunner {
  readonly requests: JudgeRequest[] = [];
  atWork = 0;
  mostAtWork = 0;

  async judge(request: JudgeRequest) {
    this.requests.push(request);
    this.mostAtWork = Math.max(this.mostAtWork, ++this.atWork);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.atWork -= 1;
    const words = request.code.split(" ");
    const ms = Number(words.find((word) => /^\d+$/.test(word)) ?? 10);
    const outcomes = words.filter((word) => !/^\d+$/.test(word)) as Outcome[];
    return request.tests.map((_, i) => ({
      verdict: outcomes[i] ?? outcomes.at(-1) ?? "passed",
      ms,
      ...(outcomes[i] === "error" ? { message: "ZeroDivisionError" } : {}),
    }));
  }
}

describe("checkReferences", () => {
  it("passes a problem when one reference passes visible and hidden tests", async () => {
    const runner = new ScriptedRunner();
    const checked = await checkReferences(
      [
        problem("a/1", ["passed"]),
        problem("a/2", ["passed failed", "passed passed error", "passed"]),
        problem("a/3", ["failed", "passed passed error"]),
        problem("a/4", []),
        problem("a/5", ["failed", "failed", "failed", "passed"]),
      ],
      runner,
    );
    expect(checked).toMatchObject({
      rows: 5,
      passed: 2,
      failed: [
        {
          id: "a/3",
          reason: "The best of 2 references passes 2 of 3 tests; hidden test 2 ended with error: ZeroDivisionError",
        },
        { id: "a/4", reason: "It has no reference solution." },
        { id: "a/5", reason: "The best of 3 references passes 0 of 3 tests; visible test 1 failed" },
      ],
    });
    expect(runner.requests[0]).toMatchObject({ preamble: "import math", entryPoint: "f", timeLimitMs: 20_000 });
    expect(runner.requests[0]?.tests).toHaveLength(3);
  });

  it("has a few at work at once, and tells how far it is", async () => {
    const runner = new ScriptedRunner();
    const seen: number[] = [];
    const problems = Array.from({ length: 9 }, (_, i) => problem(`a/${i}`, ["passed"]));
    await checkReferences(problems, runner, { concurrency: 3, onProgress: ({ done }) => seen.push(done) });
    expect(runner.mostAtWork).toBe(3);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("allows slow problems their own limit, and scales limits from the reference", async () => {
    const runner = new ScriptedRunner();
    const checked = await checkReferences(
      [problem("a/1", ["passed 8000"], 60_000), problem("a/2", ["passed 40"])],
      runner,
    );
    expect(runner.requests.map((request) => request.timeLimitMs)).toEqual([60_000, 20_000]);
    expect(checked.timeLimitsMs).toEqual({ "a/1": 40_000 });
    expect([0, 1_200, 100_000].map(scaledTimeLimitMs)).toEqual([3_000, 6_000, 120_000]);
  });

  it("stops when it is cancelled", async () => {
    const runner = new ScriptedRunner();
    const controller = new AbortController();
    const problems = Array.from({ length: 50 }, (_, i) => problem(`a/${i}`, ["passed"]));
    const options = { concurrency: 1, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(checkReferences(problems, runner, options)).rejects.toMatchObject({ name: "AbortError" });
    expect(runner.requests).toHaveLength(1);
  });
});
