import { createFrameHost } from "../../src/sandbox/frame/realm-host";
import { PyodideExecutor } from "../../src/sandbox/python/host/pyodide-executor";
import { fetchPyodideFiles } from "../../src/sandbox/python/host/pyodide-files";
import type { CandidateJob, FromSupervisor, RealmFiles, ToSupervisor } from "../../src/sandbox/python/wire";
import { quantiles, timed } from "../timing";

/*
 * The page's half of python-executor.bench.ts. Programs are short and right: what is measured is the sandbox.
 */

const LIMIT_MS = 300;
const baseUrl = `${location.origin}/`;

const program = (code: string, inputs: readonly string[]): CandidateJob => ({
  preamble: "",
  code,
  entryPoint: null,
  work: { kind: "programs", inputs },
  timeLimitMs: LIMIT_MS,
});
const HELLO = program("print(int(input()) + 1)", ["1\n"]);
const CALLS: CandidateJob = {
  ...program("def f(xs): return [2 * x for x in xs]", []),
  entryPoint: "f",
  work: { kind: "calls", calls: Array(10).fill({ name: "f", arguments: '[[[1,2,3]],{"dict":[]}]' }) },
};

/** A frame with interpreters, and the frame's own words. */
async function openFrame(files: RealmFiles) {
  const host = createFrameHost();
  const port = await host.openRealmPort("python");
  const listeners = new Set<(message: FromSupervisor) => void>();
  port.onmessage = ({ data }: MessageEvent<FromSupervisor>) => {
    for (const listener of listeners) listener(data);
  };
  const heard = (wanted: (message: FromSupervisor) => boolean) =>
    new Promise<void>((resolve) => {
      const listener = (message: FromSupervisor) => {
        if (!wanted(message)) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
    });
  const send = (message: ToSupervisor) => port.postMessage(message);
  await heard(({ type }) => type === "ready");
  const installed = heard(({ type }) => type === "installed");
  const start = performance.now();
  send({ type: "install", files, concurrency: 1 });
  await installed;
  const openMs = performance.now() - start;
  return { send, heard, openMs, close: () => host.closeRealm("python") };
}

/** Opening a frame (compiling, then two interpreters one after the other), and starting one interpreter more. */
async function startTimes(files: RealmFiles, times: number) {
  const opens: number[] = [];
  const starts: number[] = [];
  for (let i = 0; i < times; i++) {
    const { send, heard, openMs, close } = await openFrame(files);
    opens.push(openMs);
    const settle = () => new Promise((resolve) => setTimeout(resolve, 3_000));
    await settle();
    // Two realms are there; both end themselves, so the third program waits for one that starts when the first has
    // ended.
    const ended = heard((message) => message.type === "end" && message.job === 0);
    const begun = heard((message) => message.type === "begin" && message.job === 2);
    for (const job of [0, 1]) send({ type: "run", job, program: program("import os\nos._exit(0)", [""]) });
    send({ type: "run", job: 2, program: HELLO });
    await ended;
    starts.push(await timed(() => begun));
    close();
  }
  return { openMs: quantiles(opens), realmMs: quantiles(starts) };
}

/** Programs per second with a warm executor, all handed in at once. */
async function throughput(executor: PyodideExecutor, job: CandidateJob, programs: number): Promise<number> {
  await executor.run(job);
  const ms = await timed(() => Promise.all(Array.from({ length: programs }, () => executor.run(job))));
  return Math.round((10_000 * programs) / ms) / 10;
}

/** A loop: how long after its limit its end is told, and how long the next program then takes. */
async function stopTimes(executor: PyodideExecutor, code: string, times: number) {
  const beyond: number[] = [];
  const next: number[] = [];
  for (let i = 0; i < times; i++) {
    beyond.push((await timed(() => executor.run(program(code, [""])))) - LIMIT_MS);
    next.push(await timed(() => executor.run(HELLO)));
  }
  return { beyondLimitMs: quantiles(beyond), nextProgramMs: quantiles(next) };
}

/** All figures. */
export async function measurePythonExecutor(): Promise<Readonly<Record<string, unknown>>> {
  // The server makes the files on their first use.
  await fetchPyodideFiles(baseUrl, () => {});
  let bytes = 0;
  const downloadMs = await timed(() =>
    fetchPyodideFiles(baseUrl, ({ download }) => {
      bytes = download?.totalBytes ?? 0;
    }),
  );
  const files = await fetchPyodideFiles(baseUrl, () => {});
  const fromSnapshot = await startTimes(files, 5);
  const fromNothing = await startTimes({ ...files, snapshot: null }, 3);
  const executor = new PyodideExecutor(createFrameHost(), { baseUrl });
  const warmMs = await timed(() => executor.warm());
  const wholePrograms = await throughput(executor, HELLO, 200);
  const functionsOfTenCalls = await throughput(executor, CALLS, 200);
  const rewind = program("print(1)", Array(100).fill(""));
  const inputMs = (await timed(() => executor.run(rewind))) / 100;
  const figures = {
    download: { bytes, localMs: downloadMs },
    warmMs,
    start: { fromSnapshot, fromNothing },
    programsPerSecond: { wholePrograms, functionsOfTenCalls },
    msPerInputWithRewind: inputMs,
    loopInPython: await stopTimes(executor, "while True: pass", 20),
    loopInC: await stopTimes(executor, "sum(range(10**13))", 10),
  };
  executor.close();
  return figures;
}
