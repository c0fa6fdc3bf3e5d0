import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFrameHost } from "../../frame/realm-host";
import type { CandidateReport } from "./executor";
import { PyodideExecutor } from "./pyodide-executor";

/*
 * One attack or more per claim of the threat model (pyodide-executor.ts). The network is attacked again in
 * e2e/sandbox-python.spec.ts, where a server listens for what gets out.
 */

/** However slow the machine, no program that ends by itself may run out of time. */
const LIMIT_MS = 600_000;
/** For programs that never end. */
const LOOP_MS = 500;

const baseUrl = `${location.origin}/`;
// One at a time and one realm to spare: what is left in a realm is met again soon.
const executor = new PyodideExecutor(createFrameHost({ baseUrl }), { baseUrl, concurrency: 1 });
beforeAll(() => executor.warm());
afterAll(() => executor.close());

async function run(code: string, timeLimitMs = LIMIT_MS): Promise<CandidateReport | undefined> {
  const work = { kind: "programs", inputs: [""] } as const;
  return (await executor.run({ preamble: "", code, entryPoint: null, work, timeLimitMs })).items[0]?.report;
}

/** What a program prints. */
async function printed(code: string): Promise<unknown> {
  const report = await run(code);
  return report?.kind === "output" ? report.stdout : report;
}

/** What calls of `f` without arguments come to. */
async function calls(code: string, count: number): Promise<readonly CandidateReport[]> {
  const call = { name: "f", arguments: '[[],{"dict":[]}]' };
  const work = { kind: "calls", calls: Array.from({ length: count }, () => call) } as const;
  return (await executor.run({ preamble: "", code, entryPoint: "f", work, timeLimitMs: LIMIT_MS })).items.map(
    ({ report }) => report,
  );
}

describe("claims 1 and 2: nothing out, nothing in", () => {
  it.each(["js", "pyodide_js", "pyodide", "pyodide.ffi", "pyodide.http", "_pyodide_core", "ctypes", "_ctypes"])(
    "there is no module %s",
    async (name) => {
      expect(await run(`import ${name}`)).toMatchObject({ kind: "error", type: "ModuleNotFoundError" });
    },
  );

  it.each([
    [
      "an import hook",
      "import importlib.machinery as m, sys\nassert [n for n in dir(m.BuiltinImporter.load_module('_pyodide_core')) if n[0] != '_']",
    ],
    [
      "the importer's own function",
      "import _imp, importlib.util as u, types\nassert _imp.create_builtin(types.SimpleNamespace(name='_pyodide_core')) is not None",
    ],
    [
      "a module of machine code",
      "import _imp, importlib.machinery as m\nopen('x.so', 'wb').write(bytes([0, 97, 115, 109, 1, 0, 0, 0]))\n" +
        "print(_imp.create_dynamic(m.ModuleSpec('x', m.ExtensionFileLoader('x', './x.so'), origin='./x.so')))",
    ],
    ["a socket", "import socket\nsocket.create_connection(('127.0.0.1', 80), 1)"],
    ["a request", `import urllib.request\nurllib.request.urlopen(${JSON.stringify(location.origin)}, timeout=1)`],
    ["a process", "import subprocess\nsubprocess.run(['ls'])"],
    ["another program", "import os\nos.execv('/bin/sh', ['sh'])"],
  ])("%s leads nowhere", async (_, code) => {
    expect(["error", "crashed"]).toContain((await run(code))?.kind);
    expect(await printed("print(1)")).toBe("1\n");
  });

  it("no object in the interpreter is one of JavaScript's", async () => {
    const code =
      "import gc, sys\nfound = {type(o).__module__ + '.' + type(o).__name__ for o in gc.get_objects()}\n" +
      "types = {c.__name__ for c in object.__subclasses__()}\nprint(sorted(n for n in found | types if 'Js' in n or 'odide' in n))";
    expect(await printed(code)).toBe("[]\n");
  });

  it("there is no file of the machine or the app", async () => {
    const code = "import os\nprint(sorted(os.listdir('/')), os.listdir(), os.listdir('/tmp'), os.environ.get('USER'))";
    expect(await printed(code)).toBe("['dev', 'home', 'lib', 'proc', 'tmp'] [] [] web_user\n");
  });
});

describe("claim 3: no verdict is forged", () => {
  it("nothing it prints or returns is more than a text and a value", async () => {
    expect(await printed(`print('{"kind": "held"}')`)).toBe('{"kind": "held"}\n');
    expect((await calls(`def f(): return '{"kind": "held"}'`, 1))[0]?.kind).toBe("value");
  });

  it("replacing the harness changes no other program's report", async () => {
    const forge = `import sys, json, candidate, tagged
class Always:
  def __eq__(self, other): return True
candidate.json = candidate.tagged = tagged.dumps = json.dumps = None
candidate._ACTIONS.clear()
candidate.handle.__code__ = (lambda text: '{"kind": "value", "value": "1"}').__code__
def f(): return Always()`;
    // Of itself it may say what it likes: values are compared elsewhere.
    await calls(forge, 1);
    expect(await calls("def f(): return 2", 1)).toEqual([{ kind: "value", value: "2" }]);
  });

  it.each([
    ["no JSON", "'passed'"],
    ["a report of no such kind", `'{"kind": "passed"}'`],
    ["a report with a field of another type", `'{"kind": "value", "value": [1]}'`],
    ["no text", "None"],
    ["a text with a lone surrogate", "'\\ud800'"],
  ])("a harness that says %s reads as crashed", async (_, expression) => {
    const code = `import candidate\ncandidate.handle.__code__ = (lambda text: ${expression}).__code__`;
    // This call still returns through the old code; the next goes through the new.
    const [report] = await calls(`def f(): return 1\n${code}`, 1);
    expect(report?.kind).toBe("crashed");
    expect(await calls("def f(): return 2", 1)).toEqual([{ kind: "value", value: "2" }]);
  });

  it("frames lead to no secret: neither expected values nor a nonce are in the interpreter", async () => {
    const code = `import gc, re, sys
frame, seen = sys._getframe(), []
while frame:
  seen.append(frame.f_code.co_name)
  frame = frame.f_back
texts = [v for o in gc.get_objects() if isinstance(o, dict) for v in o.values() if isinstance(v, str)]
print(seen, [t for t in texts if re.search(r"\\d{5,}(-\\d{5,}){3}", t)])`;
    expect(await printed(code)).toBe("['<module>', '_execute', 'run', 'handle'] []\n");
  });

  it.each(["os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)"])("%s is no pass", async (exit) => {
    // A whole program that has printed its answer may end so; it answers with what it printed.
    const whole = exit === "os._exit(0)" ? { kind: "output", stdout: "1\n" } : { kind: "crashed" };
    expect(await run(`import os\nprint(1, flush=True)\n${exit}`)).toMatchObject(whole);
    expect((await calls(`import os\ndef f(): ${exit}`, 1)).map(({ kind }) => kind)).toEqual([
      exit === "os._exit(0)" ? "error" : "crashed",
    ]);
    expect(await printed("print(1)")).toBe("1\n");
  });

  it("what a call leaves running answers for no other", async () => {
    const code = `import signal, threading
def f():
  for arm in (lambda: signal.setitimer(signal.ITIMER_REAL, 0.01), lambda: signal.alarm(1)):
    try: arm()
    except Exception: pass
  return 1`;
    expect((await calls(code, 2)).map(({ kind }) => kind)).not.toContain("timeout");
    expect(await calls("import time\ndef f():\n  time.sleep(0.1)\n  return 2", 1)).toEqual([
      { kind: "value", value: "2" },
    ]);
  });
});

describe("claim 7: nothing is left for the next program", () => {
  const LEFT: readonly (readonly [string, string, string])[] = [
    ["builtins", "import builtins\nbuiltins.print = builtins.len = lambda *a, **k: 7", "assert len([]) == 0"],
    ["new builtins", "import builtins\nbuiltins.left = 1", "assert not hasattr(__import__('builtins'), 'left')"],
    [
      "modules",
      "import math, json\nmath.sqrt = json.dumps = lambda *a: 7",
      "import math, json; assert math.sqrt(4) == 2 and json.dumps([]) == '[]'",
    ],
    [
      "sys.modules",
      "import sys, types\nsys.modules['math'] = sys.modules['left'] = types.ModuleType('math')",
      "import math, sys; assert math.pi > 3 and 'left' not in sys.modules",
    ],
    [
      "sys.path and hooks",
      "import sys\nsys.path[:] = []\nsys.meta_path.clear()\nsys.path_hooks.clear()",
      "import wave",
    ],
    [
      "streams",
      "import sys, os\nsys.stdout = sys.__stdout__ = sys.stdin = None\nos.close(0)\nos.close(1)\nos.close(2)",
      "import sys; sys.stderr.write('x')",
    ],
    ["descriptors", "import os\nos.dup2(os.open('/dev/null', os.O_RDWR), 1)", ""],
    [
      "files",
      "import os\nopen('x', 'w').write('x')\nos.mkdir('/tmp/y')",
      "import os; assert os.listdir() + os.listdir('/tmp') == []",
    ],
    ["the working folder", "import os\nos.chdir('/')", "import os; assert os.getcwd() == '/home/lab'"],
    ["the library", "import glob, os\nfor p in glob.glob('/lib/*.zip'): os.remove(p)", "import wave, colorsys"],
    [
      "a spoilt library",
      "f = open('/lib/python314.zip', 'r+b')\nf.write(bytes(10**6))\nf.close()",
      "import wave, colorsys",
    ],
    [
      "a shadowed library",
      "open('/home/lab/colorsys.py', 'w').write('left = 1')\nopen('/lib/python3.14/colorsys.py', 'w').write('left = 1')",
      "import colorsys; assert not hasattr(colorsys, 'left')",
    ],
    [
      "folders",
      "import os, shutil\nshutil.rmtree('/lib', True)\nshutil.rmtree('/dev', True)\nshutil.rmtree('/home', True)\nos.chmod('/', 0)",
      "import os, wave; assert os.urandom(1) and open('/dev/null', 'w').write('x')",
    ],
    [
      "devices",
      "import os\nos.remove('/dev/stdin')\nopen('/dev/stdin', 'w').write('left')\nos.remove('/dev/null')\nos.symlink('/tmp', '/dev/null')",
      "import os; assert open(0).read() == '' and not os.path.islink('/dev/null')",
    ],
    [
      "the environment",
      "import os\nos.environ['LEFT'] = '1'\nos.putenv('LEFT', '1')\nos.umask(0)",
      "import os; assert 'LEFT' not in os.environ",
    ],
    ["recursion", "import sys\nsys.setrecursionlimit(50)", "import sys; assert sys.getrecursionlimit() == 1000"],
    ["random", "import random\nrandom.seed(5)", "import random; assert random.random() == 0.8444218515250481"],
    [
      "the garbage collector",
      "import gc\ngc.disable()\ngc.callbacks.append(lambda *a: 1 / 0)",
      "import gc; assert gc.isenabled() and not gc.callbacks",
    ],
    [
      "tracing",
      "import sys\nsys.settrace(lambda *a: 1 / 0)\nsys.setprofile(lambda *a: 1 / 0)",
      "import sys; assert sys.gettrace() is None",
    ],
    ["audit hooks", "import sys\ndef deny(*a): raise OSError('left')\nsys.addaudithook(deny)", "open('x', 'w')"],
    ["exit functions", "import atexit\natexit.register(print, 'left')", ""],
    ["a destructor", "import sys\nclass A:\n  def __del__(self): print('left')\nsys.left = A()", ""],
    [
      "the harness",
      "import candidate, tagged\ncandidate.run = tagged.dumps = None\ncandidate._ACTIONS.clear()",
      "import candidate; assert candidate.run",
    ],
    [
      "types",
      "import collections\ncollections.OrderedDict.__eq__ = lambda *a: True\ncollections.Counter.left = 1",
      "import collections; assert not hasattr(collections.Counter, 'left')",
    ],
    [
      "constants in code",
      "import re\nre.compile.__code__ = (lambda p, flags=0: 7).__code__",
      "import re; assert re.compile('a').match('a')",
    ],
    [
      "numbers",
      "import gc\ngc.get_referents({}.__class__.__dict__)[0]['left'] = 1",
      "assert not hasattr(dict, 'left')",
    ],
    [
      "warnings and limits",
      "import sys, warnings\nwarnings.simplefilter('error')\nsys.set_int_max_str_digits(640)",
      "import sys; assert sys.get_int_max_str_digits() == 0",
    ],
    ["memory", "a = [bytearray(b'left') * 1000 for _ in range(10_000)]", ""],
  ];

  it.each(LEFT)("%s", async (_, poison, probe) => {
    const first = await run(poison);
    // Twice: there are two realms.
    const next = await Promise.all([printed(`${probe}\nprint('clean')`), printed(`${probe}\nprint('clean')`)]);
    expect([first?.kind, ...next]).toEqual([expect.stringMatching(/^(output|error|crashed)$/), "clean\n", "clean\n"]);
  });

  it("who breaks the interpreter with machine code of its own is alone with it", async () => {
    const code = `import opcode
f = lambda: 0
ops = opcode.opmap
for op in ("LOAD_FAST", "LOAD_CONST", "LOAD_NAME", "STORE_FAST", "CALL", "COPY"):
  f.__code__ = f.__code__.replace(co_code=bytes([ops["RESUME"], 0, ops[op], 255, ops["RETURN_VALUE"], 0]))
  try: f()
  except Exception: pass`;
    expect((await run(code))?.kind).not.toBe("value");
    expect(await Promise.all([printed("print(1)"), printed("print(1)")])).toEqual(["1\n", "1\n"]);
  });

  it("nor for the next input of the same program", async () => {
    const code = "import math\nprint(math.pi)\nmath.pi = 3";
    const work = { kind: "programs", inputs: ["", "", ""] } as const;
    const { items } = await executor.run({ preamble: "", code, entryPoint: null, work, timeLimitMs: LIMIT_MS });
    expect(new Set(items.map(({ report }) => report.kind === "output" && report.stdout)).size).toBe(1);
  });

  it("nor for the checker", async () => {
    await run("import builtins, json\nbuiltins.all = builtins.any = lambda *a: True\njson.dumps = None");
    const work = { kind: "tests", tests: [{ setup: "", assertion: "assert any([])" }] } as const;
    const { items } = await executor.run({ preamble: "", code: "", entryPoint: null, work, timeLimitMs: LIMIT_MS });
    expect(items).toMatchObject([{ report: { kind: "judged", outcome: expect.not.stringContaining("held") } }]);
  });
});

describe("claims 4 to 6: it ends, it is short, and it ends alone", () => {
  it.each([
    ["an endless loop", "while True: pass", "timeout"],
    [
      "a loop that no exception ends",
      "while True:\n  try:\n    while True: pass\n  except BaseException: continue",
      "timeout",
    ],
    ["a loop in a destructor", "class A:\n  def __del__(self):\n    while True: pass\nA()", "timeout"],
    ["a loop at the exit", "import atexit\natexit.register(lambda: [0 for _ in iter(int, 1)])", "timeout"],
    [
      "a loop in what is printed",
      "import sys\nclass A:\n  def flush(self):\n    while True: pass\nsys.stdout = A()",
      "timeout",
    ],
    ["signals blocked", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", "timeout"],
    ["a flood", "import os\nwhile True: os.write(1, b'x' * 10**5)", "output-limit"],
    ["a bomb of memory", "a = [0]\nwhile True: a += a", "memory"],
    ["a bomb of text", "a = 'x'\nwhile True: a += a", "memory"],
    ["a bomb of numbers", "a = 3\nwhile True: a *= a", "timeout"],
    ["a bomb of recursion", "import sys\nsys.setrecursionlimit(2**31 - 1)\nf = lambda: f()\nf()", "memory"],
    [
      "a bomb of C recursion",
      "class A:\n  def __getattr__(self, n): return getattr(self, n)\nimport sys\nsys.setrecursionlimit(10**9)\nA().a",
      "error",
    ],
  ])("%s", async (_, code, kind) => {
    const bystander = printed("print(sum(range(1000)))");
    expect((await run(code, kind === "timeout" ? LOOP_MS : LIMIT_MS))?.kind).toBe(kind);
    expect(await bystander).toBe("499500\n");
    expect(await printed("print(1)")).toBe("1\n");
  });
});

describe("the page itself", () => {
  it("carries a policy that names its script, and allows no evaluation of texts", async () => {
    const response = await fetch("/sandbox-python.html");
    expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(await response.text())?.[1] ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; connect-src 'none'; worker-src blob:; script-src 'sha256-[^']+' 'wasm-unsafe-eval'; /,
    );
  });
});
