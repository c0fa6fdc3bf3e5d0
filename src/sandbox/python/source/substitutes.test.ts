import { readFileSync } from "node:fs";
import type { PyodideInterface } from "pyodide";
import { beforeAll, expect, it } from "vitest";
import { startPython } from "../host/unguarded-executor-fixture";

let python: PyodideInterface;
beforeAll(async () => {
  python = await startPython();
  python.FS.writeFile("/modules/substitutes.py", readFileSync(new URL("substitutes.py", import.meta.url)));
  python.runPython("import substitutes; substitutes.install()");
});

/** What `f()` of a program returns, as its repr; or the error. */
const result = (code: string): string =>
  String(
    python.runPython(`
space = {}
exec(compile(${JSON.stringify(code)}, "program.py", "exec"), space)
try:
    said = repr(space["f"]())
except BaseException as error:
    said = f"{type(error).__name__}: {error}"
said
`),
  );

it.each([
  [
    "64 bits",
    "import sys\ndef f(): return min(sys.maxsize, 5 * 10**9) , sys.maxsize == 2**63 - 1",
    "(5000000000, True)",
  ],
  [
    "a long repeat",
    "from itertools import *\ndef f(): return list(islice(repeat(7, 10**10), 2)), list(repeat(1, 2))",
    "([7, 7], [1, 1])",
  ],
  [
    "a wide array",
    "from array import array\ndef f(): return array('l', [2**40])[0], array('i', [1]).tolist()",
    "(1099511627776, [1])",
  ],
  ["long digits", "def f(): return len(str(int('1' * 5000)))", "5000"],
  [
    "a thread that waits for an event",
    "import threading\ndef f():\n  e = threading.Event(); out = []\n  t = threading.Thread(target=lambda: (e.wait(), out.append(1)))\n  t.start(); e.set(); t.join()\n  return out, t.is_alive()",
    "([1], False)",
  ],
  [
    "a worker behind a queue",
    "import threading, queue\ndef f():\n  q = queue.Queue(); out = []\n  def work():\n    while (x := q.get()) is not None: out.append(x * x); q.task_done()\n  t = threading.Thread(target=work); t.start()\n  for x in [1, 2]: q.put(x)\n  q.join(); q.put(None); t.join()\n  return out",
    "[1, 4]",
  ],
  [
    "a producer that the caller waits for",
    "import threading, queue\ndef f():\n  q = queue.Queue()\n  threading.Thread(target=lambda: [q.put(i) for i in range(3)]).start()\n  return [q.get() for _ in range(3)]",
    "[0, 1, 2]",
  ],
  [
    "threads that count under a lock",
    "import threading\ndef f():\n  lock = threading.Lock(); n = [0]\n  def add():\n    for _ in range(100):\n      with lock: n[0] += 1\n  ts = [threading.Thread(target=add) for _ in range(4)]\n  for t in ts: t.start()\n  for t in ts: t.join()\n  return n",
    "[400]",
  ],
  [
    "a pool of threads",
    "from concurrent.futures import ThreadPoolExecutor, as_completed\ndef f():\n  with ThreadPoolExecutor(2) as e:\n    return list(e.map(lambda x: x * x, [1, 2, 3])), [g.result() for g in as_completed([e.submit(len, 'ab')])]",
    "([1, 4, 9], [2])",
  ],
  [
    "an error in a pool",
    "from concurrent.futures import ThreadPoolExecutor\ndef f():\n  with ThreadPoolExecutor() as e: return e.submit(lambda: 1 / 0).result()",
    "ZeroDivisionError: division by zero",
  ],
  ["an event that never comes", "import threading\ndef f(): threading.Event().wait()", /^RuntimeError: Threads/],
  ["a wait with an end", "import threading\ndef f(): return threading.Event().wait(0.01)", "False"],
  ["an alarm", "import signal\ndef f(): return signal.alarm(2)", "0"],
  ["doctest", "import doctest\ndef f(): return doctest.__name__", "'doctest'"],
])("%s", (_, code, said) => {
  if (typeof said === "string") expect(result(code)).toBe(said);
  else expect(result(code)).toMatch(said);
});
