import { beforeAll, describe, expect, it } from "vitest";
import type { TestCase } from "../../../core/problem";
import type { JudgeRequest } from "../../../ports/code-runner";
import { type CandidateJob, itemsOf } from "../wire";
import type { CandidateOutcome, CandidateReport, PythonExecutor } from "./executor";
import { PythonRunner } from "./python-runner";
import { UnguardedExecutor } from "./unguarded-executor-fixture";

let python: UnguardedExecutor;
beforeAll(async () => {
  python = await UnguardedExecutor.start();
});

const request = (code: string, tests: readonly TestCase[], more: Partial<JudgeRequest> = {}): JudgeRequest => ({
  language: "python",
  code,
  entryPoint: "f",
  tests,
  ...more,
});

/** What a program that means well gets. */
const judge = (...args: Parameters<typeof request>) => new PythonRunner(python).judge(request(...args));

/** A executor whose candidates' realms say what a test wants them to; the checker is the real one. */
class ForgingExecutor implements PythonExecutor {
  readonly jobs: CandidateJob[] = [];

  constructor(readonly say: (job: CandidateJob) => CandidateOutcome | CandidateReport) {}

  /** What a realm says to a test that wants a value. */
  async #tell(job: CandidateJob, said: CandidateReport): Promise<CandidateOutcome> {
    const answers = python.onQuestion;
    const value =
      said.kind === "value" ? `["value",[],{"tuple":[${said.value},{"tuple":[]}]},[]]` : JSON.stringify(said);
    python.onQuestion = () => value;
    try {
      return await python.run({ ...job, code: "def f(): pass" });
    } finally {
      python.onQuestion = answers;
    }
  }

  async run(job: CandidateJob): Promise<CandidateOutcome> {
    this.jobs.push(job);
    const said = this.say(job);
    if ("items" in said) return said;
    if (job.work.kind === "tests") return this.#tell(job, said);
    return { load: null, items: itemsOf(job.work).map(() => ({ report: said, ms: 1 })) };
  }

  async warm(): Promise<void> {}

  close(): void {}
}

describe("calls", () => {
  it("are compared as data", async () => {
    const code = "def f(x): return {'a': (x, 2 ** 70)}";
    const tests = [
      { input: [1], expected: { a: [1, { $int: String(2n ** 70n) }] } },
      { input: [1], expected: { a: [1, 0] } },
    ];
    expect(await judge(code, tests)).toMatchObject([
      { verdict: "passed", expected: tests[0]?.expected, got: tests[0]?.expected },
      { verdict: "failed", got: tests[0]?.expected },
    ]);
  });

  it("take arguments of every kind, big integers with all their digits", async () => {
    const code = "def f(*xs): return [type(x).__name__ for x in xs] + [str(xs[0])]";
    const input = [{ $int: "123456789012345678901234567890" }, 1.5, "é", null, [true], { a: 1 }];
    const expected = ["int", "float", "str", "NoneType", "list", "dict", "123456789012345678901234567890"];
    expect(await judge(code, [{ input, expected }])).toMatchObject([{ verdict: "passed" }]);
  });

  it("say what came back instead of JSON", async () => {
    const code = "def f(x): return {1: {2}, 2: print, 3: [0] * 9_000}[x]";
    const tests = [1, 2, 3].map((n) => ({ input: [n], expected: 0 }));
    expect(await judge(code, tests)).toMatchObject([
      { verdict: "failed", message: "It returned a set." },
      { verdict: "failed", message: expect.stringContaining("builtin_function_or_method") },
      { verdict: "failed", message: "It returned a very long value." },
    ]);
  });

  it("reach a method of LeetCode's class Solution, with what its programs find imported", async () => {
    const code = "class Solution:\n    def f(self, xs: List[int]) -> int:\n        return max(xs)";
    const tests = [{ input: [[1, 3, 2]], expected: 3 }];
    expect(await judge(code, tests, { preamble: "from typing import List" })).toMatchObject([{ verdict: "passed" }]);
  });

  it("reach that method from assertions as well", async () => {
    const code = "class Solution:\n    def f(self, xs):\n        return max(xs)";
    const tests = [
      { assertion: "assert f([1, 3, 2]) == 3" },
      { assertion: "check(f)", setup: "def check(g): assert g([2]) == 1" },
    ];
    expect(await judge(code, tests)).toMatchObject([{ verdict: "passed" }, { verdict: "failed" }]);
  });

  it("keep their order, in one load of the program", async () => {
    const code = "calls = []\ndef f(x):\n    calls.append(x)\n    return calls";
    const tests = [1, 2].map((n) => ({ input: [n], expected: [1, 2].slice(0, n) }));
    expect(await judge(code, tests)).toMatchObject([{ verdict: "passed" }, { verdict: "passed" }]);
  });

  it("need the name of a function", async () => {
    for (const entryPoint of [null, "os.system"]) {
      const judged = judge("", [{ input: [], expected: 0 }], { entryPoint });
      await expect(judged).rejects.toMatchObject({ code: "input/entry-point" });
    }
  });
});

describe("whole programs", () => {
  it("read stdin and print", async () => {
    const code = "import sys\nn = int(input())\nprint(sum(map(int, sys.stdin.read().split())) / n)\nprint('done')";
    const tests = [
      { stdin: "3\n1 2\n4\n", stdout: "2.3333333\ndone" },
      { stdin: "1\n5\n", stdout: "4.0\ndone\n" },
    ];
    expect(await judge(code, tests, { entryPoint: null })).toMatchObject([
      { verdict: "passed", got: "2.3333333333333335\ndone\n" },
      { verdict: "failed", expected: "4.0\ndone\n", got: "5.0\ndone\n" },
    ]);
  });

  it("are started anew for each input", async () => {
    const code = "import sys\nn = globals().get('n', 0) + 1\nprint(n, len(sys.stdin.read()))";
    const tests = ["ab", "abc"].map((stdin) => ({ stdin, stdout: `1 ${stdin.length}` }));
    expect(await judge(code, tests, { entryPoint: null })).toMatchObject([
      { verdict: "passed" },
      { verdict: "passed" },
    ]);
  });

  it("that say too much are cut for people, not for the verdict", async () => {
    const code = "print('x' * 50_000)";
    const [verdict] = await judge(code, [{ stdin: "", stdout: "x".repeat(50_000) }], { entryPoint: null });
    expect(verdict?.verdict).toBe("passed");
    expect(String(verdict?.got).length).toBeLessThan(5_000);
  });
});

describe("assertions", () => {
  it("tell what a single call returned, and nothing of several", async () => {
    const tests = [
      { assertion: "assert f(2) == (4, 'x')" },
      { assertion: "assert f(3) == 0" },
      { assertion: "assert f(1) == f(1)" },
    ];
    const verdicts = await judge("def f(x): return (x * x, 'x')", tests);
    expect(verdicts.map(({ verdict, got }) => [verdict, got])).toEqual([
      ["passed", [4, "x"]],
      ["failed", [9, "x"]],
      ["passed", undefined],
    ]);
  });

  it("hold or do not, and say why", async () => {
    const tests = [
      { assertion: "assert f(2) == 4" },
      { assertion: "assert f(3) == 9" },
      { assertion: "assert f('x')" },
    ];
    expect(await judge("def f(x):\n    return x + 2", tests)).toMatchObject([
      { verdict: "passed" },
      { verdict: "failed", message: "assert f(3) == 9 does not hold: got 5, expected 9." },
      { verdict: "error", message: expect.stringMatching(/^TypeError: /), line: 2 },
    ]);
  });

  it("use helpers of the preamble on both sides", async () => {
    const preamble = "def double(x): return 2 * x";
    const tests = [{ setup: "def check(g):\n    assert g(1) == double(2)", assertion: "check(f)" }];
    expect(await judge("def f(x): return double(x) + 2", tests, { preamble })).toMatchObject([{ verdict: "passed" }]);
  });

  it("see state that calls leave behind, in the order of the tests", async () => {
    const code = "n = 0\ndef f():\n    global n\n    n += 1\n    return n";
    const tests = [{ assertion: "assert f() == 1\nassert f() == 2" }, { assertion: "assert f() == 3" }];
    expect(await judge(code, tests)).toMatchObject([{ verdict: "passed" }, { verdict: "passed" }]);
  });

  it("whose calls depend on answers go on as long as they need", async () => {
    const tests = [{ assertion: "x = 0\nfor _ in range(1_000):\n    x = f(x)\nassert x == 1_000" }];
    expect(await judge("def f(x): return x + 1", tests)).toMatchObject([{ verdict: "passed" }]);
  });

  it("may build objects of the program's classes", async () => {
    const code = "class Pair:\n    def __init__(self, a): self.a = a\ndef f(pairs): return sum(p.a for p in pairs)";
    const tests = [
      { assertion: "assert f([Pair(1), Pair(2)]) == 3" },
      { setup: "p = Pair(4)", assertion: "assert f([p]) == 3" },
      { assertion: "assert f([]) == 0" },
    ];
    const verdicts = await judge(code, tests);
    expect(verdicts).toMatchObject([
      { verdict: "passed" },
      { verdict: "failed", message: "assert f([p]) == 3 does not hold: got 4, expected 3." },
      { verdict: "passed" },
    ]);
    expect(verdicts.some(({ unguarded }) => unguarded)).toBe(false);
  });

  it("that are wrong themselves blame no program", async () => {
    const [verdict] = await judge("def f(): return 1", [{ assertion: "assert f() ==" }]);
    expect(verdict).toMatchObject({ verdict: "error", message: expect.stringContaining("The test itself is wrong") });
  });
});

it("judges tests of all kinds in one request, in their order", async () => {
  const code = "def f(x): return x\nif __name__ == '__main__': print(f(input()))";
  const tests = [{ assertion: "assert f(1) == 1" }, { stdin: "a", stdout: "a" }, { input: [1], expected: 2 }];
  expect((await judge(code, tests)).map(({ verdict }) => verdict)).toEqual(["passed", "passed", "failed"]);
});

describe("programs that do not get so far", () => {
  const tests: TestCase[] = [{ assertion: "assert f(1) == 1" }, { input: [1], expected: 1 }];

  it.each([
    ["do not parse", "def f(x) return x", { verdict: "syntax-error", line: 1 }],
    ["raise at once", "x = 1\n1 / 0", { verdict: "error", message: "ZeroDivisionError: division by zero", line: 2 }],
    ["define something else", "def g(x): return x", { verdict: "missing-entry-point" }],
    ["define no function", "f = 1", { verdict: "missing-entry-point" }],
  ])("%s", async (_, code, verdict) => {
    expect(await judge(code, tests)).toMatchObject([verdict, { ...verdict, expected: 1 }]);
  });

  it.each(["timeout", "memory", "output-limit", "crashed"] as const)(
    "%s, and what was not run says so",
    async (kind) => {
      const held = { kind: "judged", outcome: '{"kind":"held"}' } as const;
      const executor = new ForgingExecutor(({ work }) => ({
        load: null,
        items: [
          { report: work.kind === "tests" ? held : { kind: "value", value: "1" }, ms: 1 },
          { report: { kind, message: "Because." }, ms: 9 },
        ],
      }));
      const three = [1, 2, 3].map((n) => ({ input: [n], expected: 1 }));
      expect(await new PythonRunner(executor).judge(request("", three))).toEqual([
        { verdict: "passed", expected: 1, got: 1, ms: 1 },
        { verdict: kind, expected: 1, message: "Because.", ms: 9 },
        { verdict: kind, expected: 1, message: "Not run, because of tests before it: Because.", ms: 0 },
      ]);
      const asserts = [1, 2, 3].map((n) => ({ assertion: `assert f(${n}) == 1` }));
      const verdicts = await new PythonRunner(executor).judge(request("", asserts));
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(["passed", kind, kind]);
    },
  );
});

describe("a realm that says whatever it likes", () => {
  const tests: TestCase[] = [
    { assertion: "assert f(2) == 4" },
    { assertion: "assert f([1]) == [2, 3] and f(1) != 0" },
    { input: [2], expected: 4 },
    { stdin: "2", stdout: "4" },
  ];

  it.each<[string, CandidateReport]>([
    ["a text that is no message", { kind: "memory", message: "" }],
    ["an output", { kind: "output", stdout: "passed" }],
    ["a value that is no JSON", { kind: "value", value: "4 or anything" }],
    ["an unknown tag", { kind: "value", value: '{"Any":[]}' }],
    ["brackets without end", { kind: "value", value: "[".repeat(900_000) }],
    ["a verdict", { kind: "value", value: '{"verdict":"passed"}' }],
    ["an assertion's outcome", { kind: "value", value: '[{"kind":"held"}]' }],
    ["an object", { kind: "value", value: '{"new":[1,"object",0,null]}' }],
    ["an object that equals everything", { kind: "value", value: '{"new":[1,"object",8388607,0]}' }],
    ["an error in the words of a verdict", { kind: "error", type: "passed", message: "passed" }],
    ["nan", { kind: "value", value: '{"float":"nan"}' }],
  ])("%s passes nothing", async (_, report) => {
    const verdicts = await new PythonRunner(new ForgingExecutor(() => report)).judge(request("", tests));
    expect(verdicts).toHaveLength(4);
    expect(verdicts.map(({ verdict }) => verdict)).not.toContain("passed");
  });

  it("no items, or too many, pass nothing", async () => {
    const value = { report: { kind: "value", value: "5" }, ms: 1 } as const;
    for (const items of [[], Array.from({ length: 50 }, () => value)]) {
      const verdicts = await new PythonRunner(new ForgingExecutor(() => ({ load: null, items }))).judge(
        request("", tests),
      );
      expect(verdicts).toHaveLength(4);
      expect(verdicts.map(({ verdict }) => verdict)).not.toContain("passed");
    }
  });

  it("is told nothing of what is expected", async () => {
    const executor = new ForgingExecutor(() => ({ kind: "value", value: "0" }));
    const secrets: TestCase[] = [
      { assertion: "assert f(2) == 'secret'", setup: "secret = 'secret'" },
      { input: [2], expected: "secret" },
      { stdin: "2", stdout: "secret" },
    ];
    await new PythonRunner(executor).judge(request("", secrets));
    const programs = executor.jobs.filter(({ work }) => work.kind !== "tests");
    expect(programs).toHaveLength(2);
    expect(JSON.stringify(programs)).not.toContain("secret");
  });
});

it("hands on the time limit, the default one too", async () => {
  const executor = new ForgingExecutor(() => ({ kind: "value", value: "0" }));
  const runner = new PythonRunner(executor, 1_234);
  await runner.judge(request("", [{ input: [], expected: 0 }]));
  await runner.judge(request("", [{ input: [], expected: 0 }], { timeLimitMs: 20_000 }));
  expect(executor.jobs.map(({ timeLimitMs }) => timeLimitMs)).toEqual([1_234, 20_000]);
});

it("refuses another language, and stops when it is told to", async () => {
  await expect(judge("", [], { language: "javascript" })).rejects.toMatchObject({ code: "sandbox/language" });
  const aborted = new PythonRunner(python).judge(request("", []), AbortSignal.abort(new Error("enough")));
  await expect(aborted).rejects.toThrow("enough");
});

describe("the entry point", () => {
  /** The program as it goes to the candidate's realm, `name` being what its tests call. */
  async function sent(code: string, name: string | null): Promise<string | undefined> {
    const executor = new ForgingExecutor(() => ({ kind: "value", value: "0" }));
    await new PythonRunner(executor).judge(request(code, [{ input: [], expected: 0 }], { entryPoint: name }));
    return executor.jobs[0]?.code;
  }

  it.each(["solve", "_f1", "größe", "Check_Solution"])("may be called %s", async (name) => {
    expect(await sent("", name)).toBe("");
  });

  it.each(["", "1a", "a b", "f()", "os.system", "lambda", "None", null])("may not be %j", async (name) => {
    await expect(sent("", name)).rejects.toMatchObject({ code: "input/entry-point" });
  });

  const inClass = "class Solution:\n    def f(self, x):\n        return x\n";

  it("may be LeetCode's method, made a function below the program", async () => {
    const code = await sent(inClass, "f");
    expect(code?.startsWith(inClass)).toBe(true);
    expect(code).toContain("\ndef f(*args, **kwargs):\n    return Solution().f(*args, **kwargs)\n");
  });

  it.each([
    ["a function", "def f(x):\n    return x\n"],
    ["a function beside the class", `${inClass}\ndef f(x):\n    return Solution().f(x)\n`],
    ["a name bound to something", `${inClass}\nf = Solution().f\n`],
    ["a class without that method", "class Solution:\n    def g(self):\n        pass\n"],
    ["another class", inClass.replace("Solution", "Other")],
  ])("leaves %s as it is", async (_, code) => {
    expect(await sent(code, "f")).toBe(code);
  });
});
