import { toErrorData } from "./core/errors";
import type { Tier } from "./core/problem";
import { type JudgedCases, judgeCases } from "./sandbox/cases";
import { createFrameHost } from "./sandbox/frame";
import { JavaScriptRunner } from "./sandbox/javascript-runner";
import { ProblemCatalog } from "./store/problem-catalog";

const TIERS: readonly Tier[] = ["described", "hinted", "examples"];

/** What `npm run lab` can ask of the headless page: the app without its interface. */
export interface Lab {
  problems(request: ProblemsRequest): Promise<ProblemsReport>;
  judge(request: JudgeRequest): Promise<JudgedCases>;
}

export interface ProblemsRequest {
  readonly set: "named" | "generated";
  readonly tier: Tier | "all";
  /** Generated problems of each tier, from the test split. */
  readonly n: number;
}

export interface ProblemsReport {
  readonly problems: readonly { readonly id: string; readonly title: string; readonly tier: Tier | null }[];
}

export interface JudgeRequest {
  /** See `judgeCases`. */
  readonly rows: readonly unknown[];
}

declare global {
  interface Window {
    lab: Lab;
    /** Calls a method of `lab`; what it throws comes back as data, because it has to cross into another process. */
    callLab(method: keyof Lab, request: unknown): Promise<LabOutcome>;
    /** Given by whoever drives the page: takes a line of progress. */
    labProgress?(line: string): void;
  }
}

/** How a call ended. */
export type LabOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ReturnType<typeof toErrorData> };

const catalog = new ProblemCatalog(new URL("puzzles/named.json", document.baseURI).href);
const say = (line: string) => window.labProgress?.(line);

async function problems({ set, tier, n }: ProblemsRequest): Promise<ProblemsReport> {
  const wanted = TIERS.filter((each) => tier === "all" || each === tier);
  const found = set === "named" ? await catalog.named() : await generated(wanted, n);
  return {
    problems: found
      .filter((problem) => problem.tier === undefined || wanted.includes(problem.tier))
      .map(({ id, title, tier }) => ({ id, title, tier: tier ?? null })),
  };
}

function generated(tiers: readonly Tier[], n: number) {
  const refs = tiers.flatMap((tier) =>
    Array.from({ length: n }, (_, index) => ({ split: "test", tier, index, seed: 0 }) as const),
  );
  return Promise.all(refs.map((ref) => catalog.generated(ref)));
}

async function judge({ rows }: JudgeRequest): Promise<JudgedCases> {
  const runner = new JavaScriptRunner(createFrameHost());
  let done = 0;
  try {
    return await judgeCases(runner, rows, {
      onRow: () => {
        done++;
        if (done % 50 === 0) say(`Judged ${done} of ${rows.length} rows.`);
      },
    });
  } finally {
    await runner.close();
  }
}

window.lab = { problems, judge };
window.callLab = async (method, request) => {
  try {
    const call = window.lab[method] as (request: unknown) => Promise<unknown>;
    return { ok: true, value: await call(request) };
  } catch (thrown) {
    return { ok: false, error: toErrorData(thrown) };
  }
};
