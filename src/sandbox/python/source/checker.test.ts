import { beforeAll, describe, expect, it } from "vitest";
import type { AnsweredCall, CheckerOutcome } from "../host/assertion-tests";
import type { CandidateReport } from "../host/executor";
import { startPython } from "../host/unguarded-executor-fixture";
import type { CandidateCall } from "../wire";

let judgeText: (argument: string) => string;
beforeAll(async () => {
  const python = await startPython();
  judgeText = python.runPython("import checker; checker.judge") as typeof judgeText;
});

interface Test {
  readonly assertion: string;
  readonly setup?: string;
  readonly preamble?: string;
  readonly entryPoint?: string | null;
}

/** One round: what the checker says of a test when these calls were answered. */
function judge({ assertion, setup = "", preamble = "", entryPoint = "f" }: Test, calls: readonly AnsweredCall[] = []) {
  const argument = { preamble, entryPoint, tests: [{ assertion, setup, calls }] };
  const [outcome] = JSON.parse(judgeText(JSON.stringify(argument))) as CheckerOutcome[];
  return outcome as CheckerOutcome;
}

/** What a test calls when nothing is known; arguments without the empty keyword arguments. */
function recorded(test: Test | string): string[] {
  const outcome = judge(typeof test === "string" ? { assertion: test } : test);
  if (outcome.kind !== "calls") throw new Error(JSON.stringify(outcome));
  return outcome.calls.map(
    ({ name, arguments: text }) => `${name} ${text.replace(/^\[(.*),\{"dict":\[\]\}\]$/, "$1")}`,
  );
}

/** Answers every call, round after round, until the test ends. */
function replay(test: Test | string, answer: (call: CandidateCall, index: number) => string | CandidateReport) {
  const whole = typeof test === "string" ? { assertion: test } : test;
  let outcome = judge(whole);
  let rounds = 1;
  for (; outcome.kind === "calls" && rounds < 20; rounds++) {
    const calls = outcome.calls.map((call, i) => {
      const said = answer(call, i);
      return { ...call, report: typeof said === "string" ? { kind: "value" as const, value: said } : said };
    });
    outcome = judge(whole, calls);
  }
  return { ...outcome, rounds };
}

describe("recording", () => {
  it("finds the call of an assert, its arguments in tagged form", () => {
    expect(recorded("assert f((1, 2), {3: 'x'}, [4.0]) == 5")).toEqual([
      'f [{"tuple":[1,2]},{"dict":[[3,"x"]]},[4.0]]',
    ]);
    expect(recorded("assert f(1, key=2) == 3")).toEqual(['f [[1],{"dict":[["key",2]]}]']);
  });

  it("goes on after an assert whose answer is unknown, whatever it does with it", () => {
    const lines = [
      "assert f(1) == 1",
      "assert not f(2)",
      "assert abs(f(3) - 0.5) < 1e-6",
      "assert sorted(f(4)) == [1]",
      "assert f(5)[0] in (1, 2) and len(f(6)) == 2",
      "assert f(7) is None, 'seven'",
      "for n in range(8, 10):",
      "    x = f(n)",
      "    assert math.floor(x) == n",
    ];
    expect(recorded(lines.join("\n"))).toEqual([1, 2, 3, 4, 5, 7, 8, 9].map((n) => `f [${n}]`));
  });

  it("writes arguments down as they were at the call", () => {
    expect(recorded("xs = [1]\na = f(xs)\nxs.append(2)\nb = f(xs)\nassert a == b")).toEqual(["f [[1]]", "f [[1,2]]"]);
  });

  it("records the same call twice", () => {
    expect(recorded("assert f(1) == 1\nassert f(1) == 2")).toEqual(["f [1]", "f [1]"]);
  });

  it("finds functions by any other name that nobody else defines", () => {
    expect(recorded({ assertion: "assert g(1) == h(2)", entryPoint: null })).toEqual(["g [1]", "h [2]"]);
    const preamble = "def h(x): return x + 1";
    expect(recorded({ assertion: "assert g(h(1)) == len('ab')", preamble, entryPoint: null })).toEqual(["g [2]"]);
  });

  it("the entry point is the program's, even if it is called like a builtin or stands in the preamble", () => {
    expect(recorded({ assertion: "assert sum([1]) == 1", entryPoint: "sum" })).toEqual(["sum [[1]]"]);
    expect(recorded({ assertion: "assert f(1) == 1", preamble: "def f(x): return x" })).toEqual(["f [1]"]);
  });

  it("runs the setup before the assertion, and knows modules that a program usually imports", () => {
    expect(recorded({ setup: "import string\nxs = list(string.digits[:2])", assertion: "assert f(xs) == 1" })).toEqual([
      'f [["0","1"]]',
    ]);
    expect(recorded("assert math.isclose(f(math.floor(2.5)), 2)")).toEqual(["f [2]"]);
  });

  it("draws the same random numbers each time", () => {
    const test = "import random\nfor _ in range(3):\n    x = random.random()\n    assert f(x) == x";
    expect(recorded(test)).toEqual(recorded(test));
    expect(replay(test, ({ arguments: text }) => text.slice(2, text.indexOf("]"))).kind).toBe("held");
  });
});

describe("replaying", () => {
  it("holds when the assert holds on the answers", () => {
    expect(replay("assert f(2) == 4", () => "4")).toEqual({ kind: "held", rounds: 2 });
    expect(replay("assert f(2) == (1, 2)", () => '{"tuple":[1,2]}').kind).toBe("held");
    expect(replay("assert list(f(2)) == [1, 2]", () => '{"iterator":[1,2]}').kind).toBe("held");
  });

  it.each([
    ["assert f(2) == 4", "5", "assert f(2) == 4 does not hold: got 5, expected 4."],
    ["assert 4 == f(2)", "5", "assert 4 == f(2) does not hold: got 5, expected 4."],
    ["assert f(2) == [1, 2]", '{"tuple":[1,2]}', "assert f(2) == [1, 2] does not hold: got (1, 2), expected [1, 2]."],
    ["assert f(2) < 4", "5", "assert f(2) < 4 does not hold: 5 < 4."],
    ["assert f(2), 'two'", "0", "assert f(2), 'two' does not hold."],
    ["x = f(2)\nassert x == 4", "5", "assert x == 4 does not hold: got 5, expected 4."],
    ["assert f(2)[0] == 4", "null", "The test raised TypeError: 'NoneType' object is not subscriptable"],
  ])("%s fails on %s, and says why", (test, value, message) => {
    expect(replay(test, () => value)).toMatchObject({ kind: "failed", message });
  });

  it("keeps messages short, and in one line", () => {
    const long = replay("assert f(2) == 4", () => JSON.stringify(`a\n${"x".repeat(100_000)}`));
    expect(long).toMatchObject({ kind: "failed" });
    expect(JSON.stringify(long).length).toBeLessThan(600);
    expect(replay("assert f(2) == 4", () => `{"int":"1${"0".repeat(10_000)}"}`)).toMatchObject({
      message: "assert f(2) == 4 does not hold: got a large int, expected 4.",
    });
  });

  it("asks again when the next call depends on an answer", () => {
    const seen: string[] = [];
    const outcome = replay("x = f(1)\nfor _ in range(2):\n    x = f(x)\nassert x == 4", ({ arguments: text }, i) => {
      seen.push(text.slice(2, 3));
      return String(i + 2);
    });
    expect(outcome).toEqual({ kind: "held", rounds: 4 });
    expect(seen).toEqual(["1", "1", "2", "1", "2", "3"]);
  });

  it("gives each of two equal calls its own answer", () => {
    expect(replay("assert f() == 0\nassert f() == 1", (_, i) => String(i)).kind).toBe("held");
    expect(replay("assert f() == 0\nassert f() == 1", () => "0").kind).toBe("failed");
  });

  it("uses no answer to another call than was made", () => {
    const call: AnsweredCall = { name: "f", arguments: '[[9],{"dict":[]}]', report: { kind: "value", value: "4" } };
    expect(judge({ assertion: "assert f(2) == 4" }, [call])).toMatchObject({ kind: "calls", calls: [{ name: "f" }] });
    expect(judge({ assertion: "assert f(9) == 4" }, [{ ...call, name: "g" }])).toMatchObject({ kind: "calls" });
  });

  it("raises what the call raised, for tests that expect it", () => {
    const test = "try:\n    f(2)\n    ok = False\nexcept ValueError as e:\n    ok = str(e) == 'no'\nassert ok".replace(
      "    f(2)",
      "    x = f(2)",
    );
    expect(replay(test, () => ({ kind: "error", type: "ValueError", message: "no" })).kind).toBe("held");
    expect(replay(test, () => ({ kind: "error", type: "KeyError", message: "no" }))).toMatchObject({
      kind: "ended",
      call: 0,
    });
  });

  it.each<CandidateReport>([
    { kind: "error", type: "AssertionError", message: "" },
    { kind: "error", type: "SystemExit", message: "0" },
    { kind: "error", type: "print", message: "" },
    { kind: "error", type: "Mine", message: "" },
    { kind: "error", type: "UnicodeDecodeError", message: "" },
    { kind: "timeout", message: "" },
    { kind: "memory", message: "" },
    { kind: "held" },
    { kind: "output", stdout: "4" },
    { kind: "value", value: "no JSON" },
    { kind: "unwritable", message: "" },
  ])("a call that ended in %j decides", (report) => {
    expect(replay("assert f(1) == 4\nassert f(2) == 4", (_, i) => (i === 0 ? "4" : report))).toMatchObject({
      kind: "ended",
      call: 1,
    });
  });

  it("no test can catch the end of a realm", () => {
    const test = "try:\n    x = f(2)\nexcept BaseException:\n    pass";
    expect(replay(test, () => ({ kind: "timeout", message: "" }))).toMatchObject({ kind: "ended" });
  });

  it("an object without plain form is true and not None, and nothing else", () => {
    const object = (): CandidateReport => ({ kind: "unwritable", message: "" });
    for (const test of ["assert f(1)", "assert f(1) is not None", "assert bool(f(1))"]) {
      expect(replay(test, object).kind).toBe("held");
    }
    expect(replay("assert not f(1)", object).kind).toBe("failed");
    for (const use of ["f(1) == 1", "f(1) != 1", "1 == f(1)", "f(1) < 2", "f(1).x", "1 in f(1)", "f(1) in [1]"]) {
      expect(replay(`assert ${use}`, object)).toMatchObject({ kind: "ended" });
    }
    for (const use of ["isinstance(f(1), int)", "len(f(1))", "str(f(1))", "list(f(1))", "abs(f(1))", "f(1)()"]) {
      expect(replay(`assert ${use}`, object).kind).not.toBe("held");
    }
  });
});

describe("tests that are wrong by themselves", () => {
  it.each([
    ["do not parse", { assertion: "assert f(" }, /^SyntaxError: /],
    ["have a preamble that fails", { assertion: "assert f(1)", preamble: "import nothing" }, /^ModuleNotFoundError: /],
    ["fail before they call anything", { assertion: "assert [][0] == f(1)" }, /^The test raised IndexError: /],
    ["end Python", { assertion: "raise SystemExit" }, /^The test raised SystemExit$/],
  ])("%s", (_, test, message) => {
    expect(judge(test)).toMatchObject({ kind: "broken", message: expect.stringMatching(message) });
  });
});

describe("tests that cannot be recorded", () => {
  it.each([
    [
      "build an object of the program",
      { assertion: "assert f([Pair(1, 2)]) == 3" },
      "The test uses Pair of the program.",
    ],
    [
      "are set up with one",
      { setup: "root = Node(1)", assertion: "assert f(root)" },
      "The test is set up with Node of the program.",
    ],
    [
      "use a method",
      { assertion: "assert Stack().pop() is None", entryPoint: "Stack" },
      "The test uses an object of Stack.",
    ],
    [
      "call for the effect",
      { assertion: "xs = [2, 1]\nf(xs)\nassert xs == [1, 2]" },
      "The test calls f for its effect.",
    ],
    ["execute what comes back", { assertion: "assert eval(f(1)) == 3" }, "The test uses eval."],
    ["have helpers that do", { assertion: "assert g(f(1))", preamble: "def g(x): exec(x)" }, "The test uses exec."],
    ["use a constant of the program", { assertion: "assert f(1) == LIMIT" }, "The test uses LIMIT of the program."],
    [
      "pass a function",
      { assertion: "assert f(lambda x: x) == 3" },
      "An argument of a call cannot be written down: a value of type function has no plain form.",
    ],
  ])("%s", (_, test, message) => {
    expect(judge(test)).toEqual({ kind: "unrecordable", message });
  });
});

it("what one test does to the interpreter's output is nobody else's concern", () => {
  expect(judge({ assertion: "print('x' * 10)\nassert f(1)" }).kind).toBe("calls");
});
