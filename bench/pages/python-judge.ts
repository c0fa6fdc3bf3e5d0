import type { TestCase } from "../../src/core/problem";
import { importDataset } from "../../src/datasets/import";
import { checkReferences } from "../../src/datasets/references";
import { createFrameHost } from "../../src/sandbox/frame/realm-host";
import { createRunners, type LanguageRunners } from "../../src/sandbox/runners";

/*
 * The page's half of python-judge.bench.ts. For throughput, programs are short and right, as most solutions of MBPP
 * are: what is measured is the sandbox.
 */

/** A benchmark file. */
interface DataFile {
  readonly name: string;
  readonly text: string;
}

interface Candidates {
  readonly code: string;
  readonly entryPoint: string | null;
  readonly tests: readonly TestCase[];
}

const CANDIDATES: Readonly<Record<string, Candidates>> = {
  assertions: {
    code: "def solve(xs):\n    return sorted(set(xs))",
    entryPoint: "solve",
    tests: [1, 2, 3].map((n) => ({ assertion: `assert solve([${n}, 0, ${n}]) == [0, ${n}]` })),
  },
  calls: {
    code: "def solve(xs):\n    return sorted(set(xs))",
    entryPoint: "solve",
    tests: [1, 2, 3].map((n) => ({ input: [[n, 0, n]], expected: [0, n] })),
  },
  programs: {
    code: "n = int(input())\nprint(*sorted(set(map(int, input().split()))))",
    entryPoint: null,
    tests: [1, 2, 3].map((n) => ({ stdin: `3\n${n} 0 ${n}\n`, stdout: `0 ${n}\n` })),
  },
};

/** Programs per second, all handed in at once. No two are the same text, as those of a search are not. */
async function perSecond(runners: LanguageRunners, { code, ...rest }: Candidates, programs: number): Promise<number> {
  const start = performance.now();
  const judged = await Promise.all(
    Array.from({ length: programs }, (_, i) =>
      runners.judge({ language: "python", code: `${code}\n# ${i}`, ...rest, timeLimitMs: 10_000 }),
    ),
  );
  const ms = performance.now() - start;
  if (judged.flat().some(({ verdict }) => verdict !== "passed")) throw new Error("A right program did not pass.");
  return (1_000 * programs) / ms;
}

/** Wall milliseconds of one test that calls its program a thousand times, the least of 5. */
async function thousandCallsMs(runners: LanguageRunners): Promise<number> {
  const program = {
    language: "python",
    code: "def solve(x):\n    return [x]",
    entryPoint: "solve",
    tests: [{ assertion: "for i in range(1000):\n    assert solve(i) == [i]" }],
    timeLimitMs: 10_000,
  } as const;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const [verdict] = await runners.judge(program);
    if (verdict?.verdict !== "passed") throw new Error("A right program did not pass.");
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

async function check(runners: LanguageRunners, { name, text }: DataFile) {
  const { problems } = await importDataset({ kind: "file", name, data: new Blob([text]) }, {});
  const { rows, passed, failed, wallMs } = await checkReferences(problems, runners);
  return { rows, passed, failed, wallMs };
}

/** All figures. */
export async function measurePythonJudge(files: readonly DataFile[]): Promise<Readonly<Record<string, unknown>>> {
  const baseUrl = new URL("./", document.baseURI).href;
  const runners = createRunners(createFrameHost(), { baseUrl });
  const start = performance.now();
  await runners.warm("python");
  const openMs = performance.now() - start;
  // The browser goes on compiling the interpreters while they run, for some seconds.
  for (const candidates of Object.values(CANDIDATES)) await perSecond(runners, candidates, 100);
  const programsPerSecond: Record<string, number> = {};
  for (const [kind, candidates] of Object.entries(CANDIDATES)) {
    programsPerSecond[kind] = await perSecond(runners, candidates, 300);
  }
  const thousandCalls = await thousandCallsMs(runners);
  const checks: Record<string, unknown> = {};
  for (const file of files) checks[file.name] = await check(runners, file);
  runners.close();
  return { openMs, testsPerProgram: 3, programsPerSecond, thousandCallsMs: thousandCalls, checks };
}
