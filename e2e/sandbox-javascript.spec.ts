import { expect, type Page, test } from "@playwright/test";
import type { Lab } from "../src/lab";
import { answersUnsandboxed, PROBE_NAMES, probeProgram } from "./sandbox-probes";
import { type StaticServer, serveDist } from "./static-server";

/*
 * The JavaScript sandbox (threat model in src/sandbox/javascript/host/javascript-runner.ts), attacked in the built app.
 * Claims 1 and 2 are watched by a server: nothing gets out, nothing is kept. The same probes in a plain worker show that
 * they would reach it.
 */

type Outcomes = Readonly<Record<string, string>>;
let server: StaticServer;

test.beforeAll(async () => {
  server = await serveDist("", () => ({}));
});
test.afterAll(() => server.close());
test.beforeEach(() => {
  server.hits.length = 0;
});

/** Runs the probes in a worker made by the page or frame it is called in, without any of the sandbox's precautions. */
function probeInWorker(program: string): Promise<Outcomes> {
  const code = `${program}\nprobe().then((outcomes) => postMessage(outcomes));`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
}

const reached = (outcomes: Outcomes) => Object.keys(outcomes).filter((name) => outcomes[name] === "reached");

/** A frame of the built sandbox page, opened as the app opens it. */
async function openSandbox(page: Page) {
  await page.goto("lab.html");
  await page.evaluate(async () => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = "sandbox-js.html";
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    document.body.append(frame);
    await loaded;
  });
  const frame = page.frames().find((one) => one.url().endsWith("sandbox-js.html"));
  if (!frame) throw new Error("No sandbox frame");
  return frame;
}

test("a plain worker reaches the server and the storage (the control)", async ({ page }) => {
  await page.goto(`${server.url}nothing.html`);
  const outcomes = await page.evaluate(probeInWorker, probeProgram(server.url));
  expect(reached(outcomes).length).toBeGreaterThanOrEqual(8);
  expect(reached(outcomes)).toEqual(expect.arrayContaining(["fetch", "XMLHttpRequest", "indexedDB", "caches"]));
  expect(new Set(server.hits).size).toBeGreaterThanOrEqual(8);
});

test("a worker in the sandbox frame reaches nothing, even with every global in place", async ({ page }) => {
  const frame = await openSandbox(page);
  const outcomes = await frame.evaluate(probeInWorker, probeProgram(server.url));
  expect(Object.keys(outcomes)).toEqual(PROBE_NAMES);
  expect(reached(outcomes)).toEqual([]);
  expect(server.hits).toEqual([]);
});

test("the sandbox frame itself reaches nothing and keeps nothing", async ({ page }) => {
  const frame = await openSandbox(page);
  const state = await frame.evaluate(async (target) => {
    const attempt = async (run: () => unknown) => {
      try {
        await run();
        return "reached";
      } catch {
        return "refused";
      }
    };
    return {
      origin: self.origin,
      isolated: crossOriginIsolated,
      fetch: await attempt(() => fetch(target, { mode: "no-cors" })),
      parent: await attempt(() => window.parent.document.title),
      cookie: await attempt(() => document.cookie),
      localStorage: await attempt(() => localStorage.length),
      script: await attempt(() => {
        const script = document.createElement("script");
        script.textContent = "window.injected = true";
        document.body.append(script);
        if (!("injected" in window)) throw new Error("refused");
      }),
    };
  }, server.url);
  expect(state).toEqual({
    origin: "null",
    isolated: false,
    fetch: "refused",
    parent: "refused",
    cookie: "refused",
    localStorage: "refused",
    script: "refused",
  });
  expect(server.hits).toEqual([]);
});

test("a candidate reaches nothing", async ({ page }) => {
  await page.goto("lab.html");
  const code = `${probeProgram(server.url)}\nconst solve = probe;`;
  const row = { id: "probes", code, entryPoint: "solve", tests: [{ input: [], expected: 0 }], timeLimitMs: 60_000 };
  const judged = await page.evaluate((rows) => window.lab.judge({ rows }), [row]);
  const outcomes = judged.rows[0]?.verdicts[0]?.got as unknown as Outcomes;
  expect(Object.keys(outcomes)).toEqual(PROBE_NAMES);
  expect(reached(outcomes)).toEqual([]);
  expect(server.hits).toEqual([]);
});

test("candidates of one frame do not meet, nor the app", async ({ page }) => {
  const frame = await openSandbox(page);
  await page.evaluate(() => {
    const heard: unknown[] = [];
    const channel = new BroadcastChannel("lab");
    channel.onmessage = ({ data }) => heard.push(data);
    Object.assign(window, { heard });
  });
  await frame.evaluate(() => new BroadcastChannel("lab").postMessage("from the sandbox"));
  await page.evaluate(() => new BroadcastChannel("lab").postMessage("from the app"));
  await page.waitForFunction(() => "heard" in window && (window.heard as unknown[]).includes("from the app"));
  expect(await page.evaluate(() => "heard" in window && window.heard)).toEqual(["from the app"]);
});

test("the sandbox page is mute where it was framed without its sandbox", async ({ page }) => {
  // This server sends no policy header, so the page has its own origin there.
  await page.goto(`${server.url}lab.html`);
  expect(await answersUnsandboxed(page, "sandbox-js.html")).toEqual({ origin: new URL(server.url).origin, said: [] });
});

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

for (const [name, headers, isolated] of [
  ["a plain file server", () => ({}), false],
  [
    "an isolated app whose server knows nothing of the sandbox page",
    (path: string) => (path.startsWith("sandbox") ? {} : ISOLATED),
    true,
  ],
] as const) {
  test(`programs are judged behind ${name}, in a subfolder`, async ({ page }) => {
    const plain = await serveDist("some/folder/", headers);
    await page.goto(`${plain.url}lab.html`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolated);
    const row = {
      id: 1,
      code: "const solve = (x) => x + 1",
      entryPoint: "solve",
      tests: [{ input: [1], expected: 2 }],
      timeLimitMs: 60_000,
    };
    const judged = await page.evaluate((rows) => window.lab.judge({ rows }), [row]);
    expect(judged.totals).toMatchObject({ solved: 1 } satisfies Partial<Awaited<ReturnType<Lab["judge"]>>["totals"]>);
    await plain.close();
  });
}

/** Bodies of `solve(xs)`, or whole programs. */
const HOSTILE: Readonly<Record<string, string>> = {
  "poisoned prototypes":
    "Array.prototype.toSorted = Array.prototype.sort = () => [1, 2, 3]; JSON.stringify = () => '[1,2,3]'",
  "toJSON everywhere": "Object.prototype.toJSON = Array.prototype.toJSON = () => [1, 2, 3]; return [0]",
  "a proxy": "return new Proxy([1, 2, 3], {})",
  getters: "return Object.defineProperty([0, 2, 3], 0, { get: () => 1, enumerable: true })",
  "a fake message": `postMessage('R["value",[1,2,3]]'); return [1, 2, 3]`,
  "a loop": "for (;;);",
  "a loop of promises": "return (async () => { for (;;) await 0; })()",
  "a bomb": "const kept = []; for (;;) kept.push(new Array(1e5).fill(Math.random()))",
  "a flood": "for (;;) console.log('x'.repeat(1e4))",
  "a long answer": "return 'x'.repeat(5e6)",
  "late errors":
    "setInterval(() => { throw new Error('x'); }); Promise.reject(new Error('y')); return new Promise(() => {})",
  "a deep recursion": "const f = () => f(); return f()",
  "a throwing object": "throw { get message() { throw this; } }",
  network: "return fetch('/puzzles/named.json').then(() => [1, 2, 3])",
};

/** How those end that never end by themselves; all others fail, or raise an error. */
const STOPPED: Readonly<Record<string, string>> = {
  "a loop": "timeout",
  "a loop of promises": "timeout",
  "late errors": "timeout",
  "a flood": "output-limit",
  "a long answer": "output-limit",
};

test("hostile programs among innocent ones neither pass nor harm", async ({ page }) => {
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto("lab.html");
  const tests = [{ input: [[3, 1, 2]], expected: [1, 2, 3] }];
  const endless = (id: string) => STOPPED[id] === "timeout" || id === "a bomb";
  const rows = Object.entries(HOSTILE).flatMap(([id, body]) => [
    {
      id,
      code: `function solve(xs) { ${body} }`,
      entryPoint: "solve",
      tests,
      timeLimitMs: endless(id) ? 500 : 60_000,
    },
    {
      id: "innocent",
      code: "const solve = (xs) => xs.toSorted((a, b) => a - b);",
      entryPoint: "solve",
      tests,
      timeLimitMs: 60_000,
    },
  ]);
  const judged = await page.evaluate((all) => window.lab.judge({ rows: all }), rows);
  const verdicts = judged.rows.map(({ id, verdicts: [verdict] }) => ({
    id: String(id),
    verdict: verdict?.verdict ?? "",
  }));
  expect(verdicts.filter(({ id, verdict }) => (id === "innocent") !== (verdict === "passed"))).toEqual([]);
  for (const { id, verdict } of verdicts) if (id in STOPPED) expect([id, verdict]).toEqual([id, STOPPED[id]]);
  expect(judged.totals.errors).toBe(0);
  expect(failures).toEqual([]);
});
