import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../../core/verdict";
import { PythonRunner } from "../host/python-runner";
import { startPython, UnguardedExecutor } from "../host/unguarded-executor-fixture";

let runner: PythonRunner;
beforeAll(async () => {
  runner = new PythonRunner(await UnguardedExecutor.start());
});

async function judge(code: string, assertion: string): Promise<Verdict> {
  const [verdict] = await runner.judge({ language: "python", code, entryPoint: "f", tests: [{ assertion }] });
  return verdict as Verdict;
}

/** The sections of live-cases.txt: [name, program, test]. */
const CASES = readFileSync(new URL("live-cases.txt", import.meta.url), "utf8")
  .split("\n=== ")
  .slice(1)
  .map((section): [string, string, string] => {
    const [head = "", test = ""] = section.split("\n--- test\n");
    const [name = "", ...code] = head.split("\n");
    return [name, code.join("\n"), test];
  });

describe("a test sees what it would see beside the program:", () => {
  it.each(CASES)("%s", async (_, code, test) => {
    expect(await judge(code, test)).toMatchObject({ verdict: "passed" });
  });
});

describe("a wrong program is told by what it does:", () => {
  it.each([
    [
      "sorts its argument",
      "def f(a):\n  a.sort()\n  return a",
      "a = [3, 1]\nassert f(a) == [1, 3]\nassert a == [3, 1]",
    ],
    ["sorts no argument", "def f(a): return sorted(a)", "a = [2, 1]\nf(a)\nassert a == [1, 2]"],
    ["returns no copy", "def f(a): return a", "a = [1]\nassert f(a) is not a"],
    ["copies no deeper", "def f(a): return list(a)", "a = [[1]]\nf(a)[0].append(2)\nassert a == [[1]]"],
    ["shares its rows", "def f(n): return [[0] * n] * n", "m = f(2)\nm[0][0] = 1\nassert m == [[1, 0], [0, 0]]"],
    ["shares its default", "def f(x, acc=[]):\n  acc.append(x)\n  return acc", "p, q = f(1), f(2)\nassert p == [1]"],
    [
      "raises another error",
      "class E(Exception): pass\ndef f(): raise KeyError",
      "ok = 0\ntry: f()\nexcept E: ok = 1\nassert ok",
    ],
    [
      "prints",
      "def f():\n  print(1)",
      "import io, sys\nsys.stdout = s = io.StringIO()\nf()\nassert s.getvalue() == ''",
    ],
    ["returns an object that is false", "class A:\n  def __bool__(s): return False\ndef f(): return A()", "assert f()"],
    ["returns None", "def f(): pass", "assert f() is not None"],
  ])("%s", async (_, code, test) => {
    expect((await judge(code, test)).verdict).not.toBe("passed");
  });
});

it("where Python cannot wait, a test is run again for every question", async () => {
  const python = await UnguardedExecutor.start();
  const code = "def f(x):\n  x.append(1)\n  return len(x)";
  const test = { setup: "", assertion: "x = []\nfor i in range(1, 60):\n  assert f(x) == i\nassert len(x) == 59" };
  expect(await python.rounds({ preamble: "", code, entryPoint: "f", timeLimitMs: 1 }, test)).toBe('{"kind": "held"}');
});

it("calls without end have one", async () => {
  const python = await startPython();
  const outcome = python.runPython(`
import checker, json, live
checker.MAX_CALLS = 50
live.exchange = lambda text: '["value",[],{"tuple":[false,{"tuple":[]}]},[]]'
checker.judge(json.dumps({"preamble": "", "entryPoint": "f", "setup": "", "assertion": "while not f(): pass"}))
`);
  expect(JSON.parse(outcome as string)).toMatchObject({ kind: "ended", report: { kind: "timeout" } });
});

it("whatever it is told, a side reads it or refuses it", async () => {
  const python = await startPython();
  const failures = python.runPython(`
import json, random, live
random.seed(1)
def exchange(text): raise RuntimeError
class Peer(live.Peer):
    def by_name(self, module, name): raise ValueError
class E(ValueError): pass
import collections, datetime, inspect
P = collections.namedtuple("P", "x y")
samples = [[1, [2]], {"a": {1}}, P(1, 2), E("x", 2), E, lambda: 1, collections.deque([1], 3), collections.Counter("aab"),
    collections.defaultdict(list, a=[1]), (1, 2.5, 2 ** 70, None), bytearray(b"x"), inspect.signature(lambda a, b=2: 1), OSError(2, "no")]
texts = [Peer(exchange, 1).write("value", (one, ())) for one in samples]
texts.append(Peer(exchange, 1).write("ask", ("call", (samples, len), (("k", [1]),), ())))
texts.append(Peer(exchange, 1).write("raised", (E("x"), ("error", "E", "x", 1))))
parts = sorted({part for text in texts for part in text.replace("[", " [ ").replace("]", " ] ").replace(",", " , ").split()})
bad = []
for i in range(6000):
    text = random.choice(texts)
    for _ in range(random.randint(0, 3)):
        a = random.randrange(len(text)); b = min(len(text), a + random.randrange(8))
        text = text[:a] + random.choice([*parts, "", "-1", '{"ref":2}', "1e999", "null", '"x"']) + text[b:]
    try: Peer(exchange, 0).read(text)
    except live.Unreadable: pass
    except BaseException as error: bad.append(text + repr(error))
json.dumps([len(bad), bad[:3]])
`);
  expect(JSON.parse(failures as string)).toEqual([0, []]);
});

describe("a value too large is named as that", () => {
  it.each(["[0] * 300_000", "'x' * 2_000_000", "[[0] * 1000 for _ in range(1000)]"])("%s", async (value) => {
    expect(await judge(`def f(): return ${value}`, "assert f() == 1")).toMatchObject({ verdict: "output-limit" });
  });
});

describe("whose code decided", () => {
  const point = "class P:\n  def __init__(s, x): s.x = x\n  def __eq__(s, o): return s.x == o.x\ndef f(x): return P(x)";
  it.each([
    ["== of two objects of the program", point, "assert f(1) == f(1)"],
    ["== in a test of its classes", point, "assert f(1) == P(1)"],
    ["truth", "class A:\n  def __bool__(s): return True\ndef f(): return A()", "assert f()"],
    ["a hash", "class A:\n  def __hash__(s): return 1\ndef f(): return A()", "assert len({f()}) == 1"],
    ["isinstance of its class", "class f: pass", "assert isinstance(f(), f)"],
    ["a text that was executed", "def f(): return '1'", "assert eval(f()) == 1"],
  ])("%s: unguarded", async (_, code, test) => {
    expect(await judge(code, test)).toMatchObject({ verdict: "passed", unguarded: true });
  });

  it.each([
    ["plain data", "def f(): return [1]", "assert f() == [1]"],
    [
      "a named tuple",
      "from typing import NamedTuple\nclass P(NamedTuple):\n  x: int\ndef f(): return P(1)",
      "assert f() == (1,)",
    ],
    ["what a method returns", "class f:\n  def go(s): return 1", "assert f().go() == 1"],
    ["identity", "class A: pass\na = A()\ndef f(): return a", "assert f() is f() and f() == f()"],
    ["truth by default", "class A: pass\ndef f(): return A()", "assert f()"],
  ])("%s: guarded", async (_, code, test) => {
    const verdict = await judge(code, test);
    expect(verdict.verdict).toBe("passed");
    expect(verdict).not.toHaveProperty("unguarded");
  });

  it("an object's own == about a test's data is what no test can read", async () => {
    const code = "class A:\n  def __eq__(s, o): return True\n  __hash__ = None\ndef f(x): return A()";
    for (const test of ["f(1) == 1", "1 == f(1)", "f(1) in [1]", "[f(1)] == [1]", "f(1) == A"]) {
      expect(await judge(code, `A = 3\nassert ${test}`)).toMatchObject({
        verdict: "failed",
        message: expect.stringContaining("no test can read"),
      });
    }
  });
});

/* Programs that get hold of something of the test's, and look into it. */
describe("a program looks into nothing that it is given:", () => {
  const find = "def f(g):\n  try: return repr(LOOK)\n  except (AttributeError, TypeError) as e: return 'refused'";
  it.each([
    ["a function's globals", "g.__globals__"],
    ["its code", "g.__code__"],
    ["its closure", "g.__closure__"],
    ["its class", "g.__class__.__subclasses__()"],
    ["its defaults", "g.__defaults__"],
    ["its module", "g.__module__.x"],
    ["what it lists", "[n for n in dir(g) if n == '__globals__'][0]"],
  ])("%s", async (_, look) => {
    const test =
      "secret = 'expected'\ndef g(x=secret): return secret\nr = f(g)\nassert r == 'refused' or 'expected' not in r, r";
    expect(await judge(find.replace("LOOK", look), test)).toMatchObject({ verdict: "passed" });
  });

  it.each([
    ["a generator's frame", "g.gi_frame"],
    ["a generator's code", "g.gi_code"],
  ])("%s", async (_, look) => {
    const test = "secret = 'expected'\ng = (secret for _ in 'ab')\nr = f(g)\nassert r == 'refused'";
    expect(await judge(find.replace("LOOK", look), test)).toMatchObject({ verdict: "passed" });
  });

  it("whatever it asks for past its own proxies", async () => {
    const code = [
      "import candidate",
      "def f(g):",
      "  for operation, args in [('getattr', ('{0.__globals__}', 'format')), ('format', ('', '{0}')), ('call', (str.format, '{0.__globals__}', g)),",
      "      ('getattr', ({}, 'get')), ('call', (print,)), ('call', (dict,)), ('execute', ('eval', '1')), ('names', (('secret',),)), ('instancecheck', (g, 1)),",
      "      ('dir', (g,)), ('subclass', ('A', (g,), ())), ('await', (g,)), ('nothing', (g,)), ('getattr', (g, '__globals__')), ('setattr', (g, 'x', 1))]:",
      "    try: candidate._peer.ask(operation, args)",
      "    except (AttributeError, TypeError, ValueError, KeyError): continue",
      "    return operation",
      "  return 'refused'",
    ].join("\n");
    expect(await judge(code, "secret = 'expected'\nassert f(lambda: secret) == 'refused'")).toMatchObject({
      verdict: "passed",
    });
  });
});
