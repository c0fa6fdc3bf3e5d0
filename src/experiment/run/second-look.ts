import { deriveSeed } from "../../core/rng";
import type { RunEvent, SecondLook } from "../../core/run/events";
import { type RunState, stepsTo } from "../../core/run/tree";
import type { Contender } from "../../core/search/answer";
import { finalistsOf, rankFinalists, secondLook, supportOf, type Tried } from "../../core/search/finalists";
import { scorePaths } from "./round";
import { promptedSince, type Run, waitFor } from "./run-in-progress";
import { countPrompts } from "./run-stats";
import { addedTests, Judge, usableTests } from "./tests";

/** Tests that are written to tell finalists apart: most of them do not. */
const TESTS_FOR_FINALISTS = 12;

/**
 * Chooses the answer anew among the programs that the search could not tell apart, where the settings want it and there are several.
 * Whoever stops the run keeps the search's own answer.
 * @throws what the ports throw.
 */
export async function lookAgain(run: Run, end: RunState): Promise<readonly RunEvent[]> {
  const by = secondLook(run.request.config);
  const finalists = by === null || run.stopped ? [] : finalistsOf(end, by);
  if (by === null || finalists.length === 0) return [];
  const before = { ...run.stats };
  try {
    const seen = await (by === "scorer" ? askScorer(run, end, finalists) : tryOnNewTests(run, end, finalists, by));
    return [...promptedSince(run.stats, before), { type: "finalistsCompared", by, ...seen }];
  } catch (thrown) {
    if (run.stopped) return [];
    throw thrown;
  }
}

type Seen = Pick<Extract<RunEvent, { readonly type: "finalistsCompared" }>, "tests" | "tokens" | "finalists">;

async function askScorer(run: Run, end: RunState, finalists: readonly Contender[]): Promise<Seen> {
  const { problem, ports } = run.request;
  const workers = { scorer: ports.scorer ?? null, problem, stats: run.stats };
  const paths = finalists.map(({ nodeId }) => stepsTo(end, nodeId));
  const estimates = await waitFor(run, "modelMs", () => scorePaths(paths, workers, run.controller.signal));
  const untried = finalists.map((finalist): Tried => ({ ...finalist, verdicts: [] }));
  // Of whom it says nothing, it thinks nothing.
  const support = estimates.map((estimate) => (Number.isNaN(estimate) ? 0 : estimate));
  return { tests: [], tokens: 0, finalists: rankFinalists(untried, support) };
}

/** Has new tests written, as all are: from the statement and the visible tests alone; and runs the finalists on them. */
async function tryOnNewTests(
  run: Run,
  end: RunState,
  finalists: readonly Contender[],
  by: Exclude<SecondLook, "scorer">,
): Promise<Seen> {
  const { problem, ports, seed } = run.request;
  const { signal } = run.controller;
  const testsSeed = deriveSeed(seed, "finalists");
  const written = await waitFor(run, "modelMs", async () =>
    ports.testGenerator?.generate(problem, TESTS_FOR_FINALISTS, testsSeed, signal),
  );
  if (written?.prompts) countPrompts(run.stats, written.prompts);
  const known = [...problem.visibleTests, ...end.generatedTests];
  const tests = usableTests({ ...problem, visibleTests: known }, written?.tests ?? []);
  const judge = new Judge(ports.runner, problem, addedTests(tests, end.generatedTests.length), run.stats);
  const verdicts = await waitFor(run, "judgeMs", () =>
    Promise.all(finalists.map(({ code }) => judge.judge(code, signal))),
  );
  const tried = finalists.map((finalist, index): Tried => ({ ...finalist, verdicts: verdicts[index] ?? [] }));
  return { tests, tokens: written?.tokens ?? 0, finalists: rankFinalists(tried, supportOf(tried, by)) };
}
