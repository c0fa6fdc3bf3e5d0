import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { isAssertionTest, type Problem } from "../src/core/problem";
import { importDataset } from "../src/datasets/import";
import type { StoredProblem } from "../src/ports/problem-store";
import { PythonRunner } from "../src/sandbox/python/host/python-runner";
import { UnguardedExecutor } from "../src/sandbox/python/host/unguarded-executor-fixture";
import { benchmarkFile } from "./benchmark-data";

/*
 * Programs that solve nothing, judged on the benchmarks' own tests as the app judges them, but in plain interpreters.
 * The benchmarks' solutions are judged in the sandbox itself: e2e/real-problems.spec.ts.
 */

let executor: UnguardedExecutor;
let runner: PythonRunner;
beforeAll(async () => {
  executor = await UnguardedExecutor.start();
  runner = new PythonRunner(executor);
});

/** Defines a test over the problems of a file of `LAB_DATA`; without it the reason is printed and the test skipped. */
function onProblems(name: string, says: string, check: (problems: readonly StoredProblem[]) => Promise<void>): void {
  const path = benchmarkFile(name);
  const test = async () => {
    const data = new Blob([readFileSync(path ?? "")]);
    await check((await importDataset({ kind: "file", name, data }, {})).problems);
  };
  it.skipIf(path === null)(`${name}: ${says}`, test);
}

/** An object that agrees to everything, which asserts in the program's own interpreter would believe. */
const AGREEABLE = `
class Agreeable:
    def __eq__(self, other): return True
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __float__(self): return 0.0
    def __iter__(self): return iter(())
    def __len__(self): return 0
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name): return self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __getitem__ = __abs__ = __round__ = __call__
Node = Pair = Agreeable()
`;

const disguised = ({ entryPoint }: Problem) => `${AGREEABLE}\n${entryPoint} = Agreeable()`;

describe("an object that is equal to everything", () => {
  const forged = async (problems: readonly StoredProblem[]) => {
    const ids: string[] = [];
    for (const { problem, hiddenTests } of problems) {
      const code = disguised(problem);
      const tests = [...problem.visibleTests, ...hiddenTests];
      const { language, entryPoint, preamble = "" } = problem;
      const verdicts = await runner.judge({ language, code, entryPoint, preamble, tests });
      if (verdicts.every(({ verdict }) => verdict === "passed")) ids.push(problem.id);
      const believed = verdicts.filter(({ verdict, unguarded }) => verdict === "passed" && unguarded !== true);
      expect([problem.id, believed]).toEqual([problem.id, []]);
    }
    return ids;
  };

  onProblems("mbpp/mbpp.jsonl", "solves none", async (problems) => {
    expect(await forged(problems)).toEqual([]);
  });

  onProblems("mbpp/mbpp.jsonl", "would solve nearly all if asserts ran in its own interpreter", async (problems) => {
    let fooled = 0;
    for (const { problem, hiddenTests } of problems) {
      const tests = [...problem.visibleTests, ...hiddenTests].filter(isAssertionTest);
      const below = tests.map(({ assertion, setup = "" }) => `${setup}\n${assertion}`).join("\n");
      const program = { preamble: "", code: `${disguised(problem)}\n${below}`, entryPoint: null, timeLimitMs: 1_000 };
      const { items } = await executor.run({ ...program, work: { kind: "programs", inputs: [""] } });
      if (items[0]?.report.kind === "output") fooled++;
    }
    expect(fooled).toBeGreaterThan(960);
  });

  onProblems("humaneval/HumanEval.jsonl", "solves none", async (problems) => {
    expect(await forged(problems)).toEqual([]);
  });
});
