import type { Language, ScoredProblem } from "../src/core/problem";
import { remainingProblems, runCell } from "../src/experiment/compare/cells";
import type { ComparisonSpec } from "../src/experiment/compare/spec";
import { coverage } from "../src/experiment/evaluate/coverage";
import { evaluate, problemsOf } from "../src/experiment/evaluate/evaluate";
import { runExperiment } from "../src/experiment/run/run";
import { newRunStats } from "../src/experiment/run/run-stats";
import { fetchNamedPuzzles, type ProblemShelves, resolveProblem } from "../src/experiment/spec/problem-shelves";
import { lazyPort } from "../src/lazy-port";
import type { ProblemStore } from "../src/ports/problem-store";
import { generatePuzzle } from "../src/puzzles/generator";
import { modelOverPort } from "../src/rpc/model";
import { createSearchService, type SearchInit } from "../src/rpc/search";
import { preparationsOf } from "../src/rpc/stream";
import { startWorker } from "../src/rpc/worker";
import { connectRealmHost } from "../src/sandbox/frame/realm-host";
import { createRunners } from "../src/sandbox/runners";
import { collect } from "../src/selfplay/collect";

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
  const shelves: ProblemShelves<ScoredProblem> = {
    named: async (id) =>
      (await fetchNamedPuzzles(new URL("puzzles/named.json", baseUrl).href)).find(({ problem }) => problem.id === id),
    generated: async ({ split, tier, index, seed }) => generatePuzzle(split, tier, index, seed),
    imported: (collection, id) => problemStore.find(collection, id),
    own: (problem) => problem,
  };
  const { scorer } = model;
  const ports = { policy: model, runner, testGenerator: model, ...(scorer ? { scorer } : {}) };
  const now = () => performance.now();
  /** Gets a language's sandbox ready, which may be a download, and tells how that goes; ends when it is stopped. */
  async function* warm(language: Language, signal: AbortSignal) {
    for await (const preparation of preparationsOf((tell) => runner.warm(language, tell), signal)) {
      yield { preparation };
    }
  }
  return createSearchService({
    async *run({ problem: ref, config, seed }, { gate, signal }) {
      const { problem, hiddenTests } = await resolveProblem(ref, shelves);
      yield* warm(problem.language, signal);
      const stats = newRunStats();
      if (signal.aborted) return stats;
      await model.refresh();
      const request = {
        problem,
        config,
        seed,
        mode: "inference",
        ports,
        now,
        signal,
        gate,
        stats,
        // A trained scorer reads a token for each step; a prompted one would be asked a question, and paid, for each.
        watch: (model.info.protocol ?? "tiny") === "tiny",
      } as const;
      return yield* runExperiment({ ...request, hiddenTests: async () => hiddenTests });
    },
    async *evaluate({ problems, ...spec }) {
      await model.refresh();
      return yield* evaluate({ ...spec, problems: problemsOf(problems), ports, now });
    },
    async *coverage({ problems, ...spec }) {
      await model.refresh();
      return yield* coverage({ ...spec, problems: problemsOf(problems), ports, now });
    },
    async *collect({ spec, done }, { signal }) {
      yield* warm("javascript", signal);
      if (signal.aborted) return;
      await model.refresh();
      yield* collect({ ...spec, done: new Set(done), ports, now, signal });
    },
    async *reinforce(work, { signal }) {
      yield* warm("javascript", signal);
      if (signal.aborted) return { reason: "stopped", collapse: null };
      await model.refresh();
      const { reinforceHere } = await import("./reinforce-here");
      return yield* reinforceHere(work, { ports, model, baseUrl, now, signal });
    },
    async *runCell(work, { signal }) {
      const problems = await problemsOfComparison(work.spec);
      const [first] = remainingProblems({ ...work, problems });
      if (first === undefined) return;
      yield* warm(first.problem.language, signal);
      if (signal.aborted) return;
      await model.refresh();
      yield* runCell({ ...work, problems, ports, now, signal });
    },
  });
});
