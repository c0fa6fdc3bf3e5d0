import type { ProgramTest } from "../../../core/problem";
import type { Verdict } from "../../../core/verdict";
import type { CandidateProgram, RunJob } from "./candidate-program";
import { type CandidateItem, endingVerdict, itemsFor } from "./report-verdict";
import { sameOutput } from "./same-output";

/** Characters of an output that a verdict still carries. */
const TEXT_LIMIT = 4_000;

/** Judges runs of a whole program, each from the start. Outputs are compared here, outside its realm. */
export async function judgePrograms(
  run: RunJob,
  program: CandidateProgram,
  tests: readonly ProgramTest[],
): Promise<readonly Verdict[]> {
  const inputs = tests.map(({ stdin }) => stdin);
  const { load, items } = await run({ ...program, entryPoint: null, work: { kind: "programs", inputs } });
  const all = load === null ? itemsFor(tests.length, items) : tests.map((): CandidateItem => ({ report: load, ms: 0 }));
  return all.map((item, i) => programVerdict(item, tests[i] as ProgramTest));
}

function programVerdict({ report, ms }: CandidateItem, { stdout }: ProgramTest): Verdict {
  const expected = short(stdout);
  if (report.kind !== "output") return { ...endingVerdict(report, ms), expected };
  return { verdict: sameOutput(report.stdout, stdout) ? "passed" : "failed", expected, got: short(report.stdout), ms };
}

function short(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT)}…`;
}
