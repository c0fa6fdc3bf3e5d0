import { type CDPSession, expect, test } from "@playwright/test";
import { chromiumLaunchOptions, findChromium } from "../cli/chromium";
import type { JudgedCases } from "../src/sandbox/cases";

/*
 * Claim 6 of the sandbox's threat model. The small heap lets a bomb go off at once. Playwright takes the death of a
 * frame's process for that of the page and closes its own connection to it, so the page is asked over another one.
 */

const options = chromiumLaunchOptions(findChromium());
test.use({ launchOptions: { ...options, args: [...options.args, "--js-flags=--max-old-space-size=200"] } });

const tests = [{ input: [[1, 2]], expected: 2 }];
const row = (id: string, code: string, timeLimitMs: number) => ({ id, code, entryPoint: "solve", tests, timeLimitMs });
const innocent = (id: string) => row(id, "const solve = (xs) => xs.length;", 60_000);
const BOMB = "function solve() { const kept = []; for (;;) kept.push(new Array(2 ** 23).fill(1.5)); }";

async function judge(session: CDPSession, rows: readonly unknown[]): Promise<JudgedCases> {
  const expression = `window.lab.judge(${JSON.stringify({ rows })})`;
  const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  return result.value;
}

test("a heap bomb ends itself and nobody else", async ({ page }) => {
  await page.goto("lab.html");
  const session = await page.context().newCDPSession(page);
  // It goes off within a second; that its process is gone shows when its time is over.
  const rows = [
    innocent("before"),
    row("bomb", BOMB, 15_000),
    ...Array.from({ length: 8 }, (_, i) => innocent(`after ${i}`)),
  ];
  const judged = await judge(session, rows);
  expect(judged.rows.map(({ id, verdicts }) => [id, verdicts[0]?.verdict])).toEqual(
    rows.map(({ id }) => [id, id === "bomb" ? "memory" : "passed"]),
  );
  expect((await judge(session, [innocent("later")])).totals.solved).toBe(1);
});
