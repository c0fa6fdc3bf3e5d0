import { afterAll, describe, expect, it } from "vitest";
import type { TestCase } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import { createFrameHost } from "../../frame/realm-host";
import { PyodideExecutor } from "./pyodide-executor";
import { PythonRunner } from "./python-runner";

/*
 * Programs that want to pass without being right. None passes a single test, and an honest program judged next passes
 * all of them: nothing of an attack is left. (pyodide-executor.browser.test.ts attacks the realms' walls; here it is the
 * verdicts.)
 */

/** However slow the machine, no honest program may run out of time. */
const LIMIT_MS = 600_000;
/** For programs that may do what they like, but pass. */
const ATTACK_MS = 2_000;

const baseUrl = `${location.origin}/`;
const executor = new PyodideExecutor(createFrameHost({ baseUrl }), { baseUrl });
const runner = new PythonRunner(executor, LIMIT_MS);
afterAll(() => runner.close());

/** `f` sorts. */
const TESTS: readonly TestCase[] = [
  { assertion: "assert f([30, 10, 20]) == [10, 20, 30]" },
  { input: [[30, 10, 20]], expected: [10, 20, 30] },
  { assertion: "xs = [30, 10, 20]\nassert f(xs) == sorted(xs)" },
  { setup: "def check(g):\n    for n in range(3):\n        assert g([n + 1, n]) == [n, n + 1]", assertion: "check(f)" },
];
const HONEST = "def f(xs): return sorted(xs)";

const judge = (code: string, tests = TESTS, timeLimitMs = LIMIT_MS): Promise<readonly Verdict[]> =>
  runner.judge({ language: "python", code, entryPoint: "f", tests, timeLimitMs });
const judgeProgram = (code: string, stdout: string): Promise<readonly Verdict[]> =>
  runner.judge({ language: "python", code, entryPoint: null, tests: [{ stdin: "", stdout }] });
const names = (verdicts: readonly Verdict[]) => verdicts.map(({ verdict }) => verdict);

async function gainsNothing(code: string): Promise<void> {
  const verdicts = await judge(code, TESTS, ATTACK_MS);
  expect(verdicts).toHaveLength(TESTS.length);
  expect(names(verdicts)).not.toContain("passed");
  expect(names(await judge(HONEST))).toEqual(TESTS.map(() => "passed"));
}

it("an honest program passes", async () => {
  expect(names(await judge(HONEST))).toEqual(TESTS.map(() => "passed"));
});

describe("objects that agree to everything", () => {
  const agrees =
    "__eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda *_: True; __hash__ = lambda s: 0";

  it.each([
    ["an object", `class A: ${agrees}\ndef f(xs): return A()`],
    ["an int", `class A(int): ${agrees}\ndef f(xs): return A(3)`],
    ["a str", `class A(str): ${agrees}\ndef f(xs): return A('x')`],
    ["a list", `class A(list): ${agrees}\ndef f(xs): return A(xs)`],
    ["a tuple in a list", `class A(tuple): ${agrees}\ndef f(xs): return [A(), A(), A()]`],
    ["items of a true list", `class A(int): ${agrees}\ndef f(xs): return [A(x) for x in xs]`],
    ["a dict's keys", `class A(dict): ${agrees}\ndef f(xs): return A({1: 2}).keys()`],
    ["a class, by its metaclass", `class M(type): ${agrees}\nclass A(metaclass=M): pass\ndef f(xs): return A`],
    ["an object that calls itself a list", `class A:\n  ${agrees}\n  __class__ = list\ndef f(xs): return A()`],
    [
      "an object with its own numbers",
      "class A:\n  __array__ = __index__ = __float__ = lambda s: 1\ndef f(xs): return A()",
    ],
    ["unittest.mock.ANY", "from unittest.mock import ANY\ndef f(xs): return ANY"],
    ["a generator", "def f(xs): yield from xs"],
    ["an exception", "def f(xs): return AssertionError()"],
  ])("%s", (_, code) => gainsNothing(code));
});

describe("programs that end the game early", () => {
  it.each([
    ["os._exit", "import os; os._exit(0)"],
    ["sys.exit", "import sys; sys.exit(0)"],
    ["exit", "raise SystemExit(0)"],
    ["os.abort", "import os; os.abort()"],
    ["a signal", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"],
    ["a deep recursion", "g = lambda: g(); g()"],
    ["an interrupt", "raise KeyboardInterrupt"],
    ["an endless loop", "while True: pass"],
  ])("%s, when called and when loaded", async (_, end) => {
    await gainsNothing(`def f(xs):\n    ${end}`);
    await gainsNothing(`${end}\ndef f(xs): return xs`);
  });

  it("an early end passes no whole program either", async () => {
    for (const end of ["import os; os._exit(0)", "raise SystemExit(0)", "import os; os.abort()", "1 / 0"]) {
      expect(names(await judgeProgram(end, "42"))).not.toContain("passed");
    }
    expect(names(await judgeProgram("print(42)", "42"))).toEqual(["passed"]);
  });
});

describe("patches", () => {
  it.each([
    ["AssertionError", "builtins.AssertionError = type('A', (Exception,), {})"],
    ["AssertionError as nothing", "builtins.AssertionError = None"],
    ["__import__", "builtins.__import__ = lambda *a, **k: sys"],
    ["isinstance, all, any, len", "builtins.isinstance = builtins.all = builtins.any = builtins.len = lambda *a: True"],
    ["print and sorted", "builtins.print = builtins.sorted = lambda *a, **k: [0]"],
    ["every builtin", "for n in dir(builtins):\n  if n.islower(): setattr(builtins, n, lambda *a, **k: True)"],
    ["json", 'json.dumps = json.loads = lambda *a, **k: \'{"kind": "held"}\''],
    ["json's classes", "json.JSONEncoder.encode = json.JSONDecoder.decode = lambda *a, **k: '[]'"],
    ["what candidate.py does", 'import candidate\ncandidate.call = candidate.handle = lambda *a: \'{"kind": "held"}\''],
    ["its table", "import candidate\ncandidate._ACTIONS['call'] = lambda request: {'kind': 'held'}"],
    ["its reports", "import candidate\ncandidate.describe = lambda thrown: {'kind': 'held'}"],
    ["tagged.dumps", "import tagged\ntagged.dumps = lambda value: '{\"Any\": []}'"],
    ["tagged.dumps, with an attack on the reader", "import tagged\ntagged.dumps = lambda value: '[' * 900_000"],
    ["tagged.dumps, with code", "import tagged\ntagged.dumps = lambda value: '__import__(\"os\")'"],
    ["tagged's tables", "import tagged\ntagged._SEQUENCES.clear(); tagged._MAPPINGS[list] = 'dict'"],
    [
      "tagged's writer",
      'import tagged\ntagged._Writer.value = lambda self, value: self.out.append(\'{"float":"nan"}\')',
    ],
    ["sys.modules", "sys.modules.clear()"],
    ["the trace", "sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)"],
    ["list itself", "import gc\nfor d in gc.get_referents(list.__dict__): d['__eq__'] = lambda a, b: True"],
    ["int itself", "import gc\nfor d in gc.get_referents(int.__dict__): d['__eq__'] = lambda a, b: True"],
    [
      "the garbage collector's view",
      "import gc\nfor o in gc.get_objects():\n  try: o.__eq__ = lambda *_: True\n  except Exception: pass",
    ],
  ])("of %s", async (_, patch) => {
    await gainsNothing(`import builtins, json, sys\n${patch}\ndef f(xs): return xs`);
  });
});

describe("lies", () => {
  it.each([
    [
      "an error whose text lies",
      'class E(Exception):\n  __str__ = __repr__ = lambda s: \'{"kind": "held"}\'\ndef f(xs): raise E',
    ],
    ["an error by the name of a verdict", "passed = type('passed', (Exception,), {})\ndef f(xs): raise passed"],
    [
      "an error whose text does not end",
      "class E(Exception):\n  def __str__(s):\n    while True: pass\ndef f(xs): raise E",
    ],
    ["an error that is an assertion", "def f(xs): raise AssertionError('held')"],
    ["an error outside of Exception", "class E(BaseException): pass\ndef f(xs): raise E"],
    ["an error about the end", "def f(xs): raise StopIteration([10, 20, 30])"],
    ["printing", "def f(xs): print(sorted(xs)); print('{\"kind\": \"held\"}'); print('passed')"],
    ["the report as a value", "def f(xs): return {'kind': 'held'}"],
    ["the verdict as a value", "def f(xs): return {'verdict': 'passed'}"],
    ["a tag as a value", "def f(xs): return {'tuple': sorted(xs)}"],
    ["the text of the answer", "def f(xs): return str(sorted(xs))"],
    ["the answer as a set", "def f(xs): return set(xs)"],
    ["nan", "def f(xs): return float('nan')"],
    ["nothing", "def f(xs): xs.sort()"],
    [
      "a list that changes later",
      "kept = []\ndef f(xs):\n    kept.append(xs)\n    kept[0].sort(reverse=True)\n    return kept[0]",
    ],
  ])("%s", (_, code) => gainsNothing(code));
});

describe("values too large", () => {
  it.each([
    ["a list", "[0] * 3_000_000"],
    ["a text", "'x' * 50_000_000"],
    ["an int", "1 << 50_000_000"],
    ["depth", "__import__('functools').reduce(lambda a, _: [a], range(50_000), [])"],
    ["a list in itself", "(lambda a: (a.append(a), a)[1])([])"],
    ["the same list a million times", "__import__('functools').reduce(lambda a, _: [a, a], range(60), [])"],
    ["an iterator without end", "__import__('itertools').count()"],
    ["all memory", "[bytearray(2 ** 26) for _ in range(100)]"],
  ])("%s", (_, value) => gainsNothing(`def f(xs): return ${value}`));

  it("one that keeps the checker busy costs that test, and no other", async () => {
    const tests = [{ assertion: "assert sum(f([1])) == 1" }, { assertion: "assert f([2]) == [2]" }];
    const code = "def f(xs): return range(10 ** 15) if xs == [1] else xs";
    expect(names(await judge(code, tests, ATTACK_MS))).toEqual(["timeout", "passed"]);
    expect(names(await judge(HONEST))).toEqual(TESTS.map(() => "passed"));
  });
});

describe("what is expected is nowhere near the program", () => {
  /** Looks at everything it can reach for a text that begins like the secret, which it does not spell out. */
  const hunt = (where: string) => `
import gc, inspect, sys, traceback
needle = "".join(["sec", "ret:"])  # Its own needle is no find.

def search(roots):
    seen, stack, found = set(), list(roots), []
    while stack and len(seen) < 400_000:
        value = stack.pop()
        if id(value) in seen: continue
        seen.add(id(value))
        if type(value) is str and needle in value and value != needle: return value
        if type(value) is bytes and needle.encode() in value: return "in bytes: " + value.decode(errors="replace")
        try: stack.extend(gc.get_referents(value))
        except Exception: pass
    return "nothing"

def frames():
    frame = sys._getframe()
    while frame:
        yield frame.f_locals; yield frame.f_globals; yield frame.f_builtins; yield frame.f_code
        frame = frame.f_back

def f(x=None):
    return search(${where})
`;
  const secret = "secret: 8f3c";
  const tests: readonly TestCase[] = [
    { assertion: `assert f(1) == "${secret}"` },
    { setup: `expected = "${secret}"\ndef check(g):\n    assert g(2) == expected`, assertion: "check(f)" },
    { input: [3], expected: secret },
  ];

  it.each([
    ["its frames", "frames()"],
    ["all objects", "gc.get_objects()"],
    ["all modules", "list(sys.modules.values())"],
    ["the stack's inspection", "[inspect.stack(), inspect.currentframe(), traceback.extract_stack()]"],
    [
      "source files it can read",
      "[open(m.__file__, errors='ignore').read() for m in [*sys.modules.values()] if getattr(m, '__file__', None) and __import__('os').path.exists(m.__file__)]",
    ],
    ["its files", "[(d, n) for d, _, n in __import__('os').walk('/') if not d.startswith('/proc')]"],
    ["arguments and environment", "[sys.argv, dict(__import__('os').environ), sys.path]"],
  ])("not in %s", async (_, where) => {
    const verdicts = await judge(hunt(where), tests);
    expect(verdicts[2]).toMatchObject({ verdict: "failed", got: "nothing" });
    expect(names(verdicts)).toEqual(["failed", "failed", "failed"]);
  });

  it("nor near a whole program", async () => {
    const code = `${hunt("[*gc.get_objects(), *frames()]")}\nprint(f())`;
    const verdict = await runner.judge({
      language: "python",
      code,
      entryPoint: null,
      tests: [{ stdin: "", stdout: secret }],
    });
    expect(verdict).toMatchObject([{ verdict: "failed", got: "nothing\n" }]);
  });

  it("and it would have been found", async () => {
    const code = `kept = ["${secret}"]\n${hunt("gc.get_objects()")}`;
    expect(names(await judge(code, [{ input: [3], expected: secret }]))).toEqual(["passed"]);
  });
});

it("a test that needs the program's classes can be forged, and says that it can", async () => {
  const tests = [{ assertion: "assert f([Pair(1), Pair(2)]) == 3" }];
  const forged = "class Pair:\n  def __init__(s, *a): pass\n  __eq__ = lambda *_: True\ndef f(xs): return Pair()";
  expect(await judge(forged, tests)).toMatchObject([{ verdict: "passed", unguarded: true }]);
  const honest = "class Pair:\n  def __init__(s, a): s.a = a\ndef f(xs): return sum(x.a for x in xs)";
  expect(await judge(honest, tests)).toEqual([{ verdict: "passed", ms: expect.any(Number) }]);
});

it("a program that empties the argument that is then asked about is believed as Python believes it, which is said", async () => {
  const verdicts = await judge("def f(xs):\n    xs.clear()\n    return xs");
  expect(names(verdicts)).toEqual(["failed", "failed", "passed", "failed"]);
  expect(verdicts[2]).toMatchObject({ unguarded: true });
});

describe("a program that speaks to the checker by itself", () => {
  it.each([
    ["a number made up", 'value", [], {"tuple":[{"ref":4}, {"tuple":[]}]}, []'],
    ["a number that is the test's to give", 'value", [], {"tuple":[{"new":[2, "A", 0, null]}, {"tuple":[]}]}, []'],
    ["a container of another kind", 'value", [], {"tuple":[{"ref":2}, {"tuple":[]}]}, [[2, "dict", []]]'],
    ["a class of the checker", 'value", [], {"tuple":[{"std":["live", "Peer"]}, {"tuple":[]}]}, []'],
    ["a function of the library", 'value", [], {"tuple":[{"std":["builtins", "sorted"]}, {"tuple":[]}]}, []'],
    [
      "an exception of the checker",
      'raised", [], {"tuple":[{"error":[{"std":["checker", "_Ended"]},{"tuple":[]},"",{"tuple":[]}]},{"tuple":["error","","",1]}]}, []',
    ],
    [
      "its bases",
      'raised", [], {"tuple":[{"error":[{"errors":[1,"E",[{"type":"int"}]]},{"tuple":[]},"",{"tuple":[]}]},null]}, []',
    ],
    ["a question without end", 'ask", [], {"tuple":["len", {"tuple":[{"ref":2}]}, {"tuple":[]}, {"tuple":[]}]}, []'],
    ["a verdict", 'held", [], null, []'],
    ["a hash that is none", 'value", [], {"tuple":[{"new":[1, "A", 0, {"tuple":[]}]}, {"tuple":[]}]}, []'],
    ["nothing", ""],
    ["depth", "[".repeat(5_000)],
    ["a long text", "x".repeat(3_000_000)],
  ])("says %s", async (_, text) => {
    const said = text.includes('",') ? `["${text}]` : text;
    const code = `import candidate\nsaid = ${said.length > 10_000 ? `"${said[0]}" * ${said.length}` : JSON.stringify(said)}`;
    await gainsNothing(`${code}\ncandidate.answer = lambda text: said\ndef f(xs): return xs`);
    await gainsNothing(`${code}\nimport live\ndef f(xs): live.exchange(said)`);
  });

  it.each([
    [
      "objects without end",
      "class A:\n  def __next__(s): return A()\n  def __iter__(s): return s\ndef f(xs): return A()",
      "assert list(f([1])) == [1]",
    ],
    ["a generator without end", "def f(xs):\n  while True: yield 1", "assert sum(f([1])) == 1"],
    ["depth without end", "def f(g): return g()", "def g(): return f(g)\nassert f(g) == 1"],
    ["all memory", "def f(xs):\n  while True: yield 'x' * 500_000", "assert len(list(f([1]))) == 3"],
    ["a list that grows", "def f(xs):\n  xs += ['x' * 90_000]\n  return True", "xs = []\nwhile f(xs): pass"],
    [
      "an exception that equals all",
      "class E(Exception):\n  __eq__ = lambda *_: True\n  __hash__ = None\ndef f(xs): raise E(1)",
      "try: f([1])\nexcept Exception as e: assert e == 1",
    ],
    [
      "arguments of an exception that do",
      "class A:\n  __eq__ = lambda *_: True\ndef f(xs): raise ValueError(A())",
      "try: f([1])\nexcept ValueError as e: assert e.args == (1,)",
    ],
    [
      "classes that say they are another",
      "class A:\n  __class__ = int\n  __eq__ = lambda *_: True\ndef f(xs): return A()",
      "assert f([1]) == 1 and isinstance(f([1]), int)",
    ],
    ["data that is none", "class A(int):\n  __eq__ = lambda *_: True\ndef f(xs): return A()", "assert f([1]) == 1"],
  ])("gives %s", async (_, code, assertion) => {
    const verdicts = await judge(code, [{ assertion }], ATTACK_MS);
    expect(names(verdicts)).not.toContain("passed");
    expect(names(await judge(HONEST))).toEqual(TESTS.map(() => "passed"));
  });
});
