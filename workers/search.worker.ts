import { LabError } from "../src/core/errors";
import type { ScoredProblem } from "../src/core/problem";
import { runCell } from "../src/experiment/compare/run-cell";
import type { ComparisonSpec } from "../src/experiment/compare/spec";
import { evaluate } from "../src/experiment/evaluate/evaluate";
import { problemsOf } from "../src/experiment/evaluate/problem-set";
import { runExperiment } from "../src/experiment/run/run";
import { type ProblemShelves, scoredProblemOf } from "../src/experiment/run/scored-problem";
import { lazyPort } from "../src/lazy-port";
import type { ProblemStore } from "../src/ports/problem-store";
import { preparationsOf } from "../src/rpc/preparations";
import { modelOverPort } from "../src/rpc/remote-model";
import { createSearchService, type SearchInit } from "../src/rpc/search-service";
import { startWorker } from "../src/rpc/serve";
import { connectRealmHost } from "../src/sandbox/frame/realm-host";
import { createRunners } from "../src/sandbox/runners";

async function fetchNamed(url: string): Promise<readonly ScoredProblem[]> {
  const response = await fetch(url);
  if (!response.ok) throw new LabError("input/no-puzzles", "The puzzles could not be loaded.", "Reload the page.");
  return response.json();
}

/** The imported problems; what reads them is loaded when they are first asked for. */
const problemStore = lazyPort<ProblemStore>(async () => {
  const [{ LabDatabase }, { IndexedProblemStore }] = await Promise.all([
    import("../src/storage/database"),
    import("../src/storage/problems"),
  ]);
  return new IndexedProblemStore(new LabDatabase());
});

async function problemsOfComparison({ problems, limit }: ComparisonSpec): Promise<readonly ScoredProblem[]> {
  if (problems.source === "puzzles") return problemsOf({ split: problems.split, tier: problems.tier, n: limit });
  return problemStore.stored(problems.collection, limit);
}

startWorker<SearchInit>(async ({ baseUrl, model: modelPort, sandbox }) => {
  const model = await modelOverPort(modelPort);
  const runner = createRunners(connectRealmHost(sandbox), { baseUrl });
  const shelves: ProblemShelves = {
    named: () => fetchNamed(new URL("puzzles/named.json", baseUrl).href),
    imported: (collection, id) => problemStore.find(collection, id),
  };
  const { scorer } = model;
  const ports = { policy: model, runner, testGenerator: model, ...(scorer ? { scorer } : {}) };
  const now = () => performance.now();
  return createSearchService({
    prepare: (spec) =>
      preparationsOf(async (tell) => {
        const { problem } = await scoredProblemOf(spec.problem, shelves);
        await runner.warm(problem.language, tell);
      }),
    async *run({ problem: ref, config, seed }, { gate, signal }) {
      const { problem, hiddenTests } = await scoredProblemOf(ref, shelves);
      const hidden = () => Promise.resolve(hiddenTests);
      const request = {
        problem,
        config,
        seed,
        mode: "inference",
        ports,
        hiddenTests: hidden,
        now,
        signal,
        gate,
      } as const;
      return yield* runExperiment(request);
    },
    evaluate: ({ problems, ...spec }) => evaluate({ ...spec, problems: problemsOf(problems), ports, now }),
    async *runCell({ spec, cell, done }, { signal }) {
      const finished = new Set(done);
      const problems = (await problemsOfComparison(spec)).filter(({ problem }) => !finished.has(problem.id));
      yield* runCell({ spec, cell, problems, ports, now, signal });
    },
  });
});
