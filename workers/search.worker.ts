import { LabError } from "../src/core/errors";
import type { ScoredProblem } from "../src/core/problem";
import { runCell } from "../src/experiment/bench/run-cell";
import type { BenchSpec } from "../src/experiment/bench/spec";
import { evaluate } from "../src/experiment/evaluate";
import { problemsOf } from "../src/experiment/problem-set";
import { runExperiment } from "../src/experiment/run";
import { type ProblemShelves, scoredProblemOf } from "../src/experiment/scored-problem";
import { lazyPort } from "../src/lazy-port";
import type { ProblemStore } from "../src/ports/problem-store";
import { preparationsOf } from "../src/rpc/preparations";
import { modelOverPort } from "../src/rpc/remote-model";
import { createSearchService, type SearchInit } from "../src/rpc/search-service";
import { startWorker } from "../src/rpc/serve";
import { connectRealmHost } from "../src/sandbox/realm-host";
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
    import("../src/storage/problem-store"),
  ]);
  return new IndexedProblemStore(new LabDatabase());
});

async function problemsOfBench({ problems, limit }: BenchSpec): Promise<readonly ScoredProblem[]> {
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
      const problems = (await problemsOfBench(spec)).filter(({ problem }) => !finished.has(problem.id));
      yield* runCell({ spec, cell, problems, ports, now, signal });
    },
  });
});
