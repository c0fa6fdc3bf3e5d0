import { expect, type Page, test } from "@playwright/test";
import { answersUnsandboxed, PROBE_NAMES, probeProgram } from "./sandbox-probes";
import { type StaticServer, serveDist } from "./static-server";

/*
 * Claims 1 and 2 of the Python sandbox's threat model (src/sandbox/python/host/pyodide-executor.ts), attacked in the
 * built app and watched by a server: nothing gets out, nothing is kept.
 */

let server: StaticServer;
test.beforeAll(async () => {
  server = await serveDist("", () => ({}));
});
test.afterAll(() => server.close());
test.beforeEach(() => {
  server.hits.length = 0;
});

/** What came of a Python program in the frame: how it ended, and the texts of its reports. */
interface FrameOutcome {
  readonly reason: string;
  readonly reports: readonly unknown[];
}

/**
 * Opens the built Python sandbox in a page, as the app does but without the app, and runs a whole program in it.
 * @param page at some address beside `pyodide/`.
 */
function runInPythonFrame(page: Page, code: string): Promise<FrameOutcome> {
  return page.evaluate(async (program) => {
    const load = async (name: string) => {
      const response = await fetch(`pyodide/${name}.bin`);
      if (!response.ok || !response.body) throw new Error(`${name}: ${response.status}`);
      const gzip = name === "stdlib" ? response.body : response.body.pipeThrough(new DecompressionStream("gzip"));
      return [name, await new Response(gzip).arrayBuffer()] as const;
    };
    const files = Object.fromEntries(await Promise.all(["script", "wasm", "stdlib", "snapshot"].map(load)));
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.setAttribute("credentialless", "");
    frame.src = "sandbox-python.html";
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    document.body.append(frame);
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const work = { kind: "programs", inputs: [""] };
    const job = { preamble: "", code: program, entryPoint: null, work, timeLimitMs: 600_000 };
    const reports: unknown[] = [];
    const outcome = new Promise<{ reason: string; reports: unknown[] }>((resolve) => {
      port1.onmessage = ({ data }) => {
        if (data.type === "installed") port1.postMessage({ type: "run", job: 0, program: job });
        if (data.type === "report") reports.push(JSON.parse(data.text));
        if (data.type === "end") resolve({ reason: data.reason, reports });
        if (data.type === "install-failed") resolve({ reason: data.message, reports });
      };
    });
    frame.contentWindow?.postMessage(null, "*", [port2]);
    port1.postMessage({ type: "install", files, concurrency: 1 });
    return outcome;
  }, code);
}

/** Ways to reach a server from Python, as the bodies of functions; `HOST`, `PORT` and `URL` are its address. */
const PROBES: Readonly<Record<string, string>> = {
  urllib: "import urllib.request; urllib.request.urlopen(URL + 'urllib', timeout=2).read()",
  "http.client":
    "import http.client; c = http.client.HTTPConnection(HOST, PORT, timeout=2); c.request('GET', '/client'); c.getresponse()",
  "a socket":
    "import socket; s = socket.create_connection((HOST, PORT), 2); s.sendall(b'GET /socket HTTP/1.0\\r\\n\\r\\n'); s.recv(9)",
  "a socket by number":
    "import socket; s = socket.socket(); s.settimeout(2); s.connect(('127.0.0.1', PORT)); s.sendall(b'GET /n HTTP/1.0\\r\\n\\r\\n'); s.recv(9)",
  "a datagram with an answer":
    "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('127.0.0.1', PORT)); s.recv(9)",
  "the descriptor of a socket":
    "import os, socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('127.0.0.1', PORT)); os.write(s.fileno(), b'x'); os.read(s.fileno(), 9)",
  listening: "import socket; s = socket.socket(); s.bind(('', 0)); s.listen(); s.settimeout(1); s.accept()",
  ftplib: "import ftplib; ftplib.FTP().connect(HOST, PORT, 2)",
  smtplib: "import smtplib; smtplib.SMTP(HOST, PORT, timeout=2)",
  "js.fetch": "import js; js.fetch(URL + 'js')",
  "pyodide.http": "import pyodide.http; pyodide.http.open_url(URL + 'pyodide')",
  pyodide_js: "import pyodide_js; pyodide_js.loadPackage(URL + 'package')",
  run_js: "from pyodide.code import run_js; run_js('fetch(' + repr(URL) + ')')",
  ctypes: "import ctypes; ctypes.CDLL(None).emscripten_run_script(b'fetch(\"' + URL.encode() + b'\")')",
  "a library from there":
    "import _imp, importlib.machinery as m; _imp.create_dynamic(m.ModuleSpec('x', None, origin=URL + 'x.so'))",
  "an import path": "import sys; sys.path.insert(0, URL); import nothing_of_this_name",
  webbrowser: "import webbrowser; assert webbrowser.open(URL + 'browser')",
  "a process": "import subprocess; subprocess.run(['curl', URL], check=True)",
  "a system command": "import os; assert os.system('curl ' + URL) == 0",
};

function pythonProbes({ url }: StaticServer): string {
  const { hostname, port } = new URL(url);
  const functions = Object.entries(PROBES).map(
    ([name, body], i) => `def probe_${i}():\n  ${body}\nprobes[${JSON.stringify(name)}] = probe_${i}\n`,
  );
  return `HOST, PORT, URL = ${JSON.stringify(hostname)}, ${port}, ${JSON.stringify(url)}
probes = {}
${functions.join("")}
for name, probe in probes.items():
  try:
    probe()
    print("reached", name)
  except BaseException as error:
    print(type(error).__name__, name)
`;
}

test("a Python program reaches nothing", async ({ page }) => {
  await page.goto("lab.html");
  const { reason, reports } = await runInPythonFrame(page, pythonProbes(server));
  expect(reason).toBe("done");
  const { stdout } = reports[0] as { stdout: string };
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(Object.keys(PROBES).length);
  expect(lines.filter((line) => line.startsWith("reached"))).toEqual([]);
  expect(server.hits).toEqual([]);
});

test("a worker in the frame reaches nothing, even with every global in place", async ({ page }) => {
  await page.goto("lab.html");
  await runInPythonFrame(page, "print(1)");
  const frame = page.frames().find((one) => one.url().endsWith("sandbox-python.html"));
  const outcomes = await frame?.evaluate((program) => {
    const code = `${program}\nprobe().then((outcomes) => postMessage(outcomes));`;
    const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    return new Promise<Record<string, string>>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
  }, probeProgram(server.url));
  expect(Object.keys(outcomes ?? {})).toEqual(PROBE_NAMES);
  expect(Object.values(outcomes ?? {})).not.toContain("reached");
  expect(server.hits).toEqual([]);
});

test("texts are not evaluated in the frame, nor in its workers", async ({ page }) => {
  await page.goto("lab.html");
  await runInPythonFrame(page, "print(1)");
  const frame = page.frames().find((one) => one.url().endsWith("sandbox-python.html"));
  const answers = await frame?.evaluate(async () => {
    const attempt = `(() => { try { return [0, eval][1]("1"); } catch (e) { return e.name; } })()`;
    const worker = new Worker(URL.createObjectURL(new Blob([`postMessage(${attempt})`])));
    const inWorker = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    let here: unknown;
    try {
      here = new Function("return 1")();
    } catch (thrown) {
      here = (thrown as Error).name;
    }
    return [here, inWorker];
  });
  expect(answers).toEqual(["EvalError", "EvalError"]);
});

test("the page is mute where it was framed without its sandbox", async ({ page }) => {
  // This server sends no policy header, so the page has its own origin there.
  await page.goto(`${server.url}lab.html`);
  expect((await answersUnsandboxed(page, "sandbox-python.html")).said).toEqual([]);
});

test("nothing of Python is loaded before it is needed, and its files say whose they are", async ({ page }) => {
  await page.goto(`${server.url}index.html`, { waitUntil: "networkidle" });
  expect(server.hits.filter((path) => /pyodide|python/.test(path))).toEqual([]);
  expect(await (await fetch(`${server.url}pyodide/LICENSE.txt`)).text()).toContain("Mozilla Public License 2.0");
});

test("programs run behind a plain file server, in a subfolder", async ({ page }) => {
  const plain = await serveDist("some/folder/", () => ({}));
  await page.goto(`${plain.url}lab.html`);
  const { reports } = await runInPythonFrame(page, "print(6 * 7)");
  expect(reports).toEqual([{ kind: "output", stdout: "42\n" }]);
  await plain.close();
});
