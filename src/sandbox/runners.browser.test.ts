import { afterAll, expect, it } from "vitest";
import { judgeCases } from "./cases";
import { createFrameHost } from "./frame/realm-host";
import { createRunners } from "./runners";

const baseUrl = `${location.origin}/`;
const runners = createRunners(createFrameHost({ baseUrl }), { baseUrl });
afterAll(() => runners.close());

it("judges both languages side by side, each in its own sandbox", async () => {
  const tests = [{ input: [2], expected: 4 }];
  const limit = { timeLimitMs: 60_000 };
  const [javascript, python] = await Promise.all([
    runners.judge({ language: "javascript", code: "const f = (x) => x * x", entryPoint: "f", tests, ...limit }),
    runners.judge({ language: "python", code: "f = lambda x: x * x", entryPoint: "f", tests, ...limit }),
  ]);
  expect(javascript).toMatchObject([{ verdict: "passed", got: 4 }]);
  expect(python).toMatchObject([{ verdict: "passed", got: 4 }]);
});

it("judges a file of Python cases, of every kind and of bad ones", async () => {
  const rows = [
    {
      id: "right",
      code: "def f(x): return x * x\nif __name__ == '__main__': print(f(int(input())))",
      entryPoint: "f",
      tests: [
        { assertion: "assert f(2) == 4" },
        { input: [{ $int: "10000000000" }], expected: { $int: "1".padEnd(21, "0") } },
      ],
      timeLimitMs: 60_000,
    },
    { id: "whole", code: "print(int(input()) + 1)", tests: [{ stdin: "1\n", stdout: "2" }], timeLimitMs: 60_000 },
    {
      id: "loop",
      code: "def f(x):\n  while True: pass",
      entryPoint: "f",
      tests: [{ input: [1], expected: 1 }],
      timeLimitMs: 500,
    },
    { id: "no name", code: "def f(x): pass", tests: [{ input: [1], expected: 1 }] },
    { id: "no tests", code: "", tests: [] },
  ];
  const { rows: judged, totals } = await judgeCases(runners, rows, { language: "python" });
  expect(judged.map(({ verdicts }) => verdicts.map(({ verdict }) => verdict))).toEqual([
    ["passed", "passed"],
    ["passed"],
    ["timeout"],
    [],
    [],
  ]);
  expect(judged.map(({ error }) => error)).toEqual([
    undefined,
    undefined,
    undefined,
    "The tests call a function without a name.",
    "tests must be a list with at least one test.",
  ]);
  expect(totals).toMatchObject({ rows: 5, solved: 2, errors: 2 });
});
