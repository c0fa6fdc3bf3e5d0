import { afterAll, describe, expect, it } from "vitest";
import type { Preparation } from "../../../ports/experiment-runner";
import { createFrameHost } from "../../frame/realm-host";
import type { CandidateJob, CandidateWork } from "../wire";
import type { CandidateReport } from "./executor";
import { PyodideExecutor } from "./pyodide-executor";
import { fetchPyodideFiles } from "./pyodide-files";
import { PythonSession } from "./session";

const baseUrl = `${location.origin}/`;
const executor = new PyodideExecutor(createFrameHost({ baseUrl }), { baseUrl });
afterAll(() => executor.close());

/** For programs that end by themselves: however slow the machine, none of them may run out of time. */
const LIMIT_MS = 600_000;
/** For programs that never end. */
const LOOP_MS = 300;
/** For programs that end and programs that do not in one request. */
const MIXED_MS = 3_000;

async function outcome(code: string, work: CandidateWork, more: Partial<CandidateJob> = {}) {
  return executor.run({ preamble: "", code, entryPoint: null, work, timeLimitMs: LIMIT_MS, ...more });
}

/** The reports of a whole program, one per input. */
async function programs(code: string, ...inputs: string[]): Promise<CandidateReport[]> {
  const { load, items } = await outcome(code, { kind: "programs", inputs: inputs.length > 0 ? inputs : [""] });
  expect(load).toBeNull();
  return items.map(({ report }) => report);
}

/** What a whole program writes. */
async function written(code: string, input = ""): Promise<unknown> {
  const [report] = await programs(code, input);
  return report?.kind === "output" ? report.stdout : report;
}

/** The reports of calls of `f`, each with a list of plain arguments. */
async function calls(
  code: string,
  argumentLists: readonly (readonly unknown[])[],
  more: Partial<CandidateJob> = {},
): Promise<CandidateReport[]> {
  const work: CandidateWork = {
    kind: "calls",
    calls: argumentLists.map((list) => ({ name: "f", arguments: `[${JSON.stringify(list)},{"dict":[]}]` })),
  };
  return (await outcome(code, work, { entryPoint: "f", ...more })).items.map(({ report }) => report);
}

it("tells of the download while it opens", async () => {
  const told: Preparation[] = [];
  await executor.warm((preparation) => told.push(preparation));
  const downloads = told.flatMap(({ download }) => download ?? []);
  expect(downloads.length).toBeGreaterThan(2);
  expect(downloads.at(-1)?.loadedBytes).toBe(downloads.at(-1)?.totalBytes);
  expect(told.at(-1)).toMatchObject({ message: "Starting Python", fraction: null });
});

describe("whole programs", () => {
  it.each([
    ["input()", "print(int(input()) + int(input()))", "40\n2\n", "42\n"],
    ["lines of sys.stdin", "import sys\nfor l in sys.stdin: print(l.strip()[::-1])", "ab\ncd", "ba\ndc\n"],
    ["sys.stdin.readline", "import sys\nsys.stdout.write(sys.stdin.readline())", "ab\ncd\n", "ab\n"],
    ["sys.stdin.buffer", "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())", "é\n", "é\n"],
    ["open(0)", "print(open(0).read().split())", "1 2\n3", "['1', '2', '3']\n"],
    ["os.read", "import os\nprint(os.read(0, os.fstat(0).st_size))", "1 2\n", "b'1 2\\n'\n"],
    ["os.write at the exit", "import atexit, os\natexit.register(lambda: os.write(1, b'late'))", "", "late"],
    ["the main guard", "if __name__ == '__main__': print(__name__)", "", "__main__\n"],
    ["sys.exit", "import sys\nprint(1)\nsys.exit(0)\nprint(2)", "", "1\n"],
    ["a replaced stdout", "import sys, io\nprint(1)\nsys.stdout = io.StringIO()\nprint(2)", "", "1\n"],
    [
      "a thread for its stack",
      "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(2**26)\n" +
        "def f(n): return n and 1 + f(n - 1)\nt = threading.Thread(target=lambda: print(f(20000)))\nt.start()\nt.join()",
      "",
      "20000\n",
    ],
  ])("read and write: %s", async (_, code, input, expected) => {
    expect(await written(code, input)).toBe(expected);
  });

  it("start anew for each input", async () => {
    const code =
      "import builtins, os, sys\nprint(hasattr(builtins, 'seen'), os.listdir())\nbuiltins.seen = open('x', 'w')";
    const fresh = { kind: "output", stdout: "False []\n" };
    expect(await programs(code, "1", "2", "3")).toEqual([fresh, fresh, fresh]);
  });

  it("do the same each time they draw from chance", async () => {
    const code =
      "import random, uuid, os\nprint(random.random(), uuid.uuid4(), os.urandom(4), hash('a'), {'a', 'b', 'c'})";
    const [first, second] = await programs(code, "", "");
    expect(first).toMatchObject({ kind: "output" });
    expect(second).toEqual(first);
  });
});

describe("errors", () => {
  it.each([
    ["an exception", "\n\nraise ValueError('x')", { kind: "error", type: "ValueError", message: "x", line: 3 }],
    ["an exit with a code", "import sys\nsys.exit(3)", { kind: "error", type: "SystemExit", message: "3" }],
    ["a program that is no Python", "a = 1\nb = = 2", { kind: "syntax-error", line: 2 }],
    ["a zero byte", "a = '\0'", { kind: "syntax-error" }],
    ["endless recursion", "def f(): f()\nf()", { kind: "error", type: "RecursionError", line: 1 }],
    [
      "recursion through C",
      "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
      { kind: "error", type: "RecursionError" },
    ],
    ["a missing package", "import numpy", { kind: "error", type: "ModuleNotFoundError", line: 1 }],
    [
      "an exception that cannot be read",
      "class E(Exception):\n  __str__ = None\nraise E",
      { kind: "error", type: "E" },
    ],
  ])("%s", async (_, code, expected) => {
    expect((await programs(code))[0]).toMatchObject(expected);
  });

  it("lines count from the code, not from the preamble", async () => {
    const preamble = "def f():\n  return 1 / 0\n\n\n";
    const { items } = await outcome("\nf()", { kind: "programs", inputs: [""] }, { preamble });
    expect(items[0]?.report).toMatchObject({ type: "ZeroDivisionError", line: 2 });
  });
});

describe("deep values and recursion", () => {
  it.each([
    ["100,000 nested calls", "def f(n): return n and 1 + f(n - 1)\nprint(f(100_000))"],
    [
      "20,000 calls under lru_cache",
      "import functools\n@functools.lru_cache(None)\ndef f(n): return n and 1 + f(n - 1)\nf(20_000)",
    ],
    ["a recursive sum of 400", "def f(n): return n and 1 + sum(f(n - 1) for _ in '1')\nf(400)"],
    [
      "a linked list of 100,000",
      "class N: pass\nl = None\nfor i in range(100_000):\n  n = N()\n  n.next = l\n  l = n\ndel l, n",
    ],
    ["a list 100,000 deep", "l = []\nfor i in range(100_000): l = [l]\ndel l"],
  ])("%s", async (_, code) => {
    expect((await programs(`import sys\nsys.setrecursionlimit(10**6)\n${code}`))[0]?.kind).toBe("output");
  });
});

describe("calls", () => {
  it("share the program's state, in order", async () => {
    expect(await calls("n = 0\ndef f(k):\n  global n\n  n += k\n  return n, [k]", [[1], [2]])).toEqual([
      { kind: "value", value: '{"tuple":[1,[1]]}' },
      { kind: "value", value: '{"tuple":[3,[2]]}' },
    ]);
  });

  it("go on after one that raised", async () => {
    const [first, second] = await calls("def f(k):\n  return 1 // k", [[0], [1]]);
    expect(first).toMatchObject({ kind: "error", type: "ZeroDivisionError", line: 2 });
    expect(second).toEqual({ kind: "value", value: "1" });
  });

  it.each([
    ["an instance", "class A: pass\nf = A"],
    ["a function", "def f(): return f"],
    ["a list that contains itself", "def f():\n  a = []\n  a.append(a)\n  return a"],
  ])("report what cannot be written down: %s", async (_, code) => {
    expect((await calls(code, [[]]))[0]).toMatchObject({ kind: "unwritable" });
  });

  it("draw out what is returned lazily, within the program's own errors", async () => {
    expect((await calls("def f():\n  yield 1\n  raise KeyError('late')", [[]]))[0]).toMatchObject({
      kind: "error",
      type: "KeyError",
      line: 3,
    });
  });

  it("do not run what stands under a main guard, nor need what it reads", async () => {
    const code = "def f(): return 1\nif __name__ == '__main__': print(input())";
    expect(await calls(code, [[]])).toEqual([{ kind: "value", value: "1" }]);
  });

  it.each([
    ["nothing of that name", "g = 1", { kind: "missing-entry-point" }],
    ["something else of that name", "f = 1", { kind: "missing-entry-point" }],
    ["a program that fails to load", "1 / 0", { kind: "error", type: "ZeroDivisionError", line: 1 }],
    ["a program that exits", "import sys\nsys.exit()", { kind: "error", type: "SystemExit" }],
    ["a program that loops", "while True: pass", { kind: "timeout" }],
  ])("say why there are none: %s", async (_, code, load) => {
    const work: CandidateWork = { kind: "calls", calls: [{ name: "f", arguments: '[[],{"dict":[]}]' }] };
    const timeLimitMs = load.kind === "timeout" ? LOOP_MS : LIMIT_MS;
    expect(await outcome(code, work, { entryPoint: "f", timeLimitMs })).toMatchObject({ load, items: [] });
  });
});

/** What the checker says of tests of `f`. */
async function judged(code: string, assertions: readonly string[], more: Partial<CandidateJob> = {}) {
  const tests = assertions.map((assertion) => ({ setup: "", assertion }));
  const { items } = await outcome(code, { kind: "tests", tests }, { entryPoint: "f", ...more });
  return items.map(({ report }) => (report.kind === "judged" ? JSON.parse(report.outcome) : report));
}

describe("tests", () => {
  it("ask the program call by call, in one load", async () => {
    const code = "seen = []\ndef f(x):\n    seen.append(x)\n    return seen";
    expect(await judged(code, ["assert f(1) == [1]", "a = f(2)\nassert f(3) is a", "assert len(f(4)) == 3"])).toEqual([
      { kind: "held", got: "[1]" },
      { kind: "held" },
      expect.objectContaining({ kind: "failed" }),
    ]);
  });

  it("are asked by the program in the middle of a call, and ask it meanwhile", async () => {
    const code = "def f(n, g):\n    return 0 if n == 0 else 1 + g(n - 1)";
    expect(await judged(code, ["g = lambda n: f(n, g)\nassert f(9, g) == 9"])).toEqual([{ kind: "held" }]);
  });

  it("get what the program prints", async () => {
    const test =
      "import io, contextlib\ns = io.StringIO()\nwith contextlib.redirect_stdout(s):\n    f(1)\nassert s.getvalue() == '1\\n'";
    expect(await judged("import os\ndef f(x):\n    os.write(1, b'1\\n')", [test])).toMatchObject([{ kind: "held" }]);
  });

  it("that a call leaves without an answer end with it, and the others go on", async () => {
    const code = "def f(x):\n    while x == 1: pass\n    return x";
    const tests = ["assert f(0) == 0", "assert f(1) == 1", "assert f(2) == 2"];
    expect(await judged(code, tests, { timeLimitMs: MIXED_MS })).toMatchObject([
      { kind: "held" },
      { kind: "timeout" },
      { kind: "held" },
    ]);
  });

  it("that go on for ever on what came back are the program's timeout, whose checker is replaced", async () => {
    const tests = ["assert sum(f(1)) == 1", "assert list(f(2)) == []"];
    expect(
      await judged("def f(x): return range(10 ** 15) if x == 1 else []", tests, { timeLimitMs: MIXED_MS }),
    ).toMatchObject([{ kind: "timeout" }, { kind: "held" }]);
  });

  it("that end while the program waits for them leave it no chance", async () => {
    const code =
      "class A:\n  def __eq__(s, o): return True\ndef f(g):\n  try: g(A())\n  except BaseException: pass\n  return 1";
    const tests = ["assert f(lambda x: x == 1) == 1", "assert f(lambda x: 1) == 1"];
    expect(await judged(code, tests)).toMatchObject([
      { kind: "ended", report: { kind: "unwritable" } },
      { kind: "held" },
    ]);
  });
});

describe("limits", () => {
  it.each([
    ["a loop", "while True: pass"],
    ["a loop that catches everything", "while True:\n  try:\n    while True: pass\n  except BaseException: pass"],
    ["a loop in C", "sum(range(10**13))"],
    ["a long power", "10 ** 10 ** 8"],
    ["a sleep", "import time\ntime.sleep(10**6)"],
    ["a backtracking pattern", "import re\nre.match('(a+)+$', 'a' * 40 + 'b')"],
  ])("of time: %s", async (_, code) => {
    const { items } = await outcome(code, { kind: "programs", inputs: [""] }, { timeLimitMs: LOOP_MS });
    expect(items.map(({ report }) => report.kind)).toEqual(["timeout"]);
    expect(await written("print(1)")).toBe("1\n");
  });

  it.each([
    ["memory, little by little", "a = []\nwhile True: a.append(bytearray(10**7))", "memory"],
    ["memory at once", "a = [0] * 10**9", "memory"],
    ["memory, caught", "a = []\nwhile True:\n  try: a.append([0] * 10**6)\n  except MemoryError: pass", "memory"],
    ["recursion without end or limit", "import sys\nsys.setrecursionlimit(2**30)\ndef f(): f()\nf()", "memory"],
    ["files", "f = open('x', 'wb')\nwhile True: f.write(bytes(10**6))", "memory"],
    ["a file with a hole", "f = open('x', 'wb')\nf.seek(10**9)\nf.write(b'x')\nf.flush()", "memory"],
    [
      "files with holes",
      "for i in range(20):\n  with open(f'f{i}', 'wb') as f:\n    f.seek(60_000_000)\n    f.write(b'x')",
      "memory",
    ],
    ["files made long", "for i in range(20): open(f'f{i}', 'wb').truncate(60_000_000)", "memory"],
    ["files of nothing", "import itertools\nfor i in itertools.count(): open(f'f{i}', 'w').close()", "memory"],
    ["pipes", "import os\nr, w = os.pipe()\nwhile True: os.write(w, bytes(10**6))", "memory"],
    ["output", "while True: print('x' * 1000)", "output-limit"],
    ["output to stderr", "import sys\nwhile True: print('x' * 1000, file=sys.stderr)", "output-limit"],
    ["output by descriptor", "import os\nwhile True: os.write(1, b'x' * 1000)", "output-limit"],
  ])("of space: %s", async (_, code, kind) => {
    expect((await programs(code))[0]?.kind).toBe(kind);
    expect(await written("print(1)")).toBe("1\n");
  });

  it("a value that is too large is no value", async () => {
    const [report] = await calls("def f(): return 'x' * 2_000_000", [[]]);
    expect(report?.kind).toBe("output-limit");
  });

  it("the rest runs in a fresh realm after a stop, and not at all after the second", async () => {
    const code =
      "import builtins\ndef f(k):\n  builtins.k = getattr(builtins, 'k', 0) + 1\n  while k: pass\n  return builtins.k";
    const reports = await calls(code, [[0], [1], [0], [0], [1], [0]], { timeLimitMs: MIXED_MS });
    expect(reports.map((report) => (report.kind === "value" ? report.value : report.kind))).toEqual([
      "1",
      "timeout",
      "1",
      "2",
      "timeout",
    ]);
  });

  it("an overflow of the machine's stack is one call's error", async () => {
    const code = "class A:\n  def __repr__(self): return repr(self)\ndef f(k): return repr(A()) if k else 'fine'";
    const kinds = (await calls(code, [[1], [0], [1], [1], [0]])).map(({ kind }) => kind);
    expect(kinds).toEqual(["error", "value", "error", "error", "value"]);
  });
});

it("many programs at once are each run by themselves", async () => {
  const codes = Array.from({ length: 24 }, (_, i) => `print(${i} * int(input()))`);
  const results = await Promise.all(codes.map((code) => written(code, "2\n")));
  expect(results).toEqual(codes.map((_, i) => `${2 * i}\n`));
});

it("a run that is called off rejects with its reason, and the next one runs", async () => {
  const abort = new AbortController();
  const loop = executor.run(
    {
      preamble: "",
      code: "while True: pass",
      entryPoint: null,
      work: { kind: "programs", inputs: [""] },
      timeLimitMs: LIMIT_MS,
    },
    abort.signal,
  );
  setTimeout(() => abort.abort(new Error("enough")), 100);
  await expect(loop).rejects.toThrow("enough");
  expect(await written("print(1)")).toBe("1\n");
});

it("a frame that dies takes no program with it", async () => {
  await executor.warm();
  const code = "print(input())";
  const work: CandidateWork = { kind: "programs", inputs: ["1\n", "2\n", "3\n"] };
  const run = outcome(code, work);
  const test = judged("def f(x): return x", ["assert f(1) == 1"]);
  document.querySelector('iframe[src$="sandbox-python.html"]')?.remove();
  expect((await run).items.map(({ report }) => report)).toEqual(
    ["1\n", "2\n", "3\n"].map((stdout) => ({ kind: "output", stdout })),
  );
  expect(await test).toMatchObject([{ kind: "held" }]);
});

it("what is under way when the executor is closed is told so, and a closed executor can be used again", async () => {
  const own = new PyodideExecutor(createFrameHost({ baseUrl }), { baseUrl });
  await own.warm();
  const work: CandidateWork = { kind: "programs", inputs: ["1\n"] };
  const program = { preamble: "", code: "print(input())", entryPoint: null, work, timeLimitMs: LIMIT_MS };
  const loop = own.run({ ...program, code: "while True: pass" });
  setTimeout(() => own.close(), 0);
  const results = await Promise.allSettled([loop]);
  expect(results[0]).toMatchObject({ status: "rejected", reason: { code: "sandbox/closed" } });
  expect((await own.run(program)).items[0]?.report).toEqual({ kind: "output", stdout: "1\n" });
  own.close();
});

it("starts from nothing when the snapshot is of no use", async () => {
  const host = createFrameHost({ baseUrl });
  const files = await fetchPyodideFiles(baseUrl, () => {});
  const port = await host.openRealmPort("python");
  const session = await PythonSession.open(
    port,
    { ...files, snapshot: new ArrayBuffer(files.snapshot?.byteLength ?? 0) },
    1,
  );
  expect(session.fromSnapshot).toBe(false);
  const work: CandidateWork = { kind: "programs", inputs: ["6 7\n"] };
  const program = { preamble: "", code: "print(input().split())", entryPoint: null, work, timeLimitMs: LIMIT_MS };
  const { reason, reports } = await session.run(program);
  expect([reason, reports[0]?.text]).toEqual(["done", JSON.stringify({ kind: "output", stdout: "['6', '7']\n" })]);
  session.close();
  host.closeRealm("python");
});

it("says what is wrong when Python's files are not there", async () => {
  const elsewhere = new PyodideExecutor(createFrameHost({ baseUrl }), { baseUrl: `${baseUrl}nowhere/` });
  await expect(elsewhere.warm()).rejects.toMatchObject({ code: "sandbox/no-python" });
  elsewhere.close();
});
