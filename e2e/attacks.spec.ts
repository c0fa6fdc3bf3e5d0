import { expect, test } from "@playwright/test";

/* Hostile programs among innocent ones, in the built app: none passes, and none harms the next. */

const LIMIT_MS = 500;
const tests = [{ input: [[3, 1, 2]], expected: [1, 2, 3] }];

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

test("hostile programs neither pass nor harm", async ({ page }) => {
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  await page.goto("lab.html");
  const rows = Object.entries(HOSTILE).flatMap(([id, body]) => [
    { id, code: `function solve(xs) { ${body} }`, entryPoint: "solve", tests, timeLimitMs: LIMIT_MS },
    { id: "innocent", code: "const solve = (xs) => xs.toSorted((a, b) => a - b);", entryPoint: "solve", tests },
  ]);
  const judged = await page.evaluate((all) => window.lab.judge({ rows: all }), rows);
  const verdicts = judged.rows.map(({ id, verdicts: [verdict] }) => ({
    id,
    verdict: verdict?.verdict,
    ms: verdict?.ms ?? 0,
  }));
  expect(verdicts.filter(({ id, verdict }) => (id === "innocent") !== (verdict === "passed"))).toEqual([]);
  expect(verdicts.filter(({ ms }) => ms > LIMIT_MS + 200)).toEqual([]);
  expect(judged.totals).toMatchObject({ errors: 0, verdicts: { "output-limit": 2, timeout: 4 } });
  expect(failures).toEqual([]);
});
