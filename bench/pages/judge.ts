import type { TestCase } from "../../src/core/problem";
import { createFrameHost } from "../../src/sandbox/frame/realm-host";
import { JavaScriptRunner } from "../../src/sandbox/javascript/host/javascript-runner";
import type { FromSupervisor, ToSupervisor } from "../../src/sandbox/javascript/wire";
import { quantiles, timed } from "../timing";

/*
 * The page's half of judge.bench.ts. Programs are short and right, as a list puzzle's are: what is measured is the sandbox.
 */

const TESTS: readonly TestCase[] = Array.from({ length: 10 }, (_, i) => ({
  input: [[i, 1, 2]],
  expected: [2 * i, 2, 4],
}));
const PROGRAM = "function solve(xs) { return xs.map((x) => 2 * x); }";
const LOOP = "function solve() { for (;;); }";
const LIMIT_MS = 200;

const judgeOne = (runner: JavaScriptRunner, code: string, tests = TESTS) =>
  runner.judge({ language: "javascript", code, entryPoint: "solve", tests, timeLimitMs: LIMIT_MS });

async function repeat(times: number, sample: () => Promise<number>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < times; i++) samples.push(await sample());
  return samples;
}

/** Programs per second with a warm sandbox, all handed in at once. */
async function throughput(programs: number): Promise<number> {
  const runner = new JavaScriptRunner(createFrameHost());
  await judgeOne(runner, PROGRAM);
  const ms = await timed(() => Promise.all(Array.from({ length: programs }, () => judgeOne(runner, PROGRAM))));
  runner.close();
  return Math.round((10_000 * programs) / ms) / 10;
}

/** From "open a sandbox" to "ready for a program". */
async function openTime(): Promise<number> {
  const runner = new JavaScriptRunner(createFrameHost());
  const ms = await timed(() => runner.warm());
  runner.close();
  return ms;
}

/** From a program's arrival to its start when no warm realm is left: three at once, and the sandbox keeps two. */
async function spawnTimes(times: number): Promise<readonly number[]> {
  const host = createFrameHost();
  const port = await host.openRealmPort("javascript");
  const send = (message: ToSupervisor) => port.postMessage(message);
  let heard: (message: FromSupervisor) => void = () => {};
  port.onmessage = ({ data }: MessageEvent<FromSupervisor>) => heard(data);
  const samples = await repeat(times, async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    return new Promise((resolve) => {
      heard = (message) => {
        if (message.type === "begin" && message.job === 2 && message.index === -1) resolve(performance.now() - start);
      };
      for (const job of [0, 1, 2]) send({ type: "run", job, code: PROGRAM, entryPoint: "solve", inputs: [] });
    });
  });
  host.closeRealm("javascript");
  return samples;
}

/** A loop: how long after its limit its verdict comes, and how long the next program then takes (a new frame included). */
async function stopTimes(times: number) {
  const runner = new JavaScriptRunner(createFrameHost());
  await judgeOne(runner, PROGRAM);
  const one = TESTS.slice(0, 1);
  const beyond: number[] = [];
  const recovery: number[] = [];
  for (let i = 0; i < times; i++) {
    beyond.push((await timed(() => judgeOne(runner, LOOP, one))) - LIMIT_MS);
    recovery.push(await timed(() => judgeOne(runner, PROGRAM, one)));
  }
  runner.close();
  return { beyondLimitMs: quantiles(beyond), nextVerdictMs: quantiles(recovery) };
}

/** All figures. */
export async function measureJudge(): Promise<Readonly<Record<string, unknown>>> {
  const programsPerSecond = await throughput(300);
  return {
    programsPerSecond,
    testsPerProgram: TESTS.length,
    openMs: quantiles(await repeat(10, openTime)),
    spawnMs: quantiles(await spawnTimes(30)),
    ...(await stopTimes(20)),
  };
}
