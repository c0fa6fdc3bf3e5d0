import { LabError } from "../src/core/errors";
import type { ScoredProblem } from "../src/core/problem";
import { evaluate } from "../src/experiment/evaluate";
import { problemsOf } from "../src/experiment/problem-set";
import { runExperiment } from "../src/experiment/run";
import { scoredProblemOf } from "../src/experiment/scored-problem";
import { modelOverPort } from "../src/rpc/remote-model";
import { createSearchService, type SearchInit } from "../src/rpc/search-service";
import { startWorker } from "../src/rpc/serve";
import { JavaScriptRunner } from "../src/sandbox/javascript-runner";
import { connectRealmHost } from "../src/sandbox/realm-host";

async function fetchNamed(url: string): Promise<readonly ScoredProblem[]> {
  const response = await fetch(url);
  if (!response.ok) throw new LabError("input/no-puzzles", "The puzzles could not be loaded.", "Reload the page.");
  return response.json();
}

startWorker<SearchInit>(async ({ baseUrl, model: modelPort, sandbox }) => {
  const model = await modelOverPort(modelPort);
  const runner = new JavaScriptRunner(connectRealmHost(sandbox));
  const loadNamed = () => fetchNamed(new URL("puzzles/named.json", baseUrl).href);
  const ports = { policy: model, runner, testGenerator: model };
  const now = () => performance.now();
  return createSearchService({
    async *run({ problem: ref, config, seed }, { gate, signal }) {
      const { problem, hiddenTests } = await scoredProblemOf(ref, loadNamed);
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
  });
});
