import type { Tier } from "../src/core/problem";
import { BENCH_VERSION, type BenchSpec, parseBenchSpec } from "../src/experiment/bench/spec";
import type { BenchStrategy } from "../src/experiment/bench/strategies";
import type { CompareRequest } from "../src/lab";
import { readDatasetFile } from "./dataset";
import { BENCH_DEFAULTS } from "./options";

/** What a comparison is made of on the command line. */
export interface BenchTableOptions {
  /** A file or an address, or `puzzles`. */
  readonly problems: string;
  readonly format?: string;
  /** Of the puzzles. */
  readonly tier: Tier | "all";
  readonly model?: readonly string[];
  readonly strategy?: readonly BenchStrategy[];
  readonly budgetTokens: number;
  readonly limit: number;
  readonly freshSamples: number;
  readonly seed: number;
}

/** The comparison to ask for. @throws LabError `input/*` when the file cannot be read or a setting is out of range. */
export async function benchTableRequest(given: BenchTableOptions): Promise<Pick<CompareRequest, "spec" | "dataset">> {
  const { problems, format, tier, model, strategy, budgetTokens, limit, freshSamples, seed } = given;
  const settings = {
    version: BENCH_VERSION,
    models: [...(model ?? ["tiny"])],
    strategies: [...(strategy ?? BENCH_DEFAULTS.strategies)],
    limit,
    budgetTokens,
    freshSamples,
    seed,
    price: null,
  } satisfies Partial<BenchSpec>;
  if (problems === "puzzles") {
    return {
      spec: parseBenchSpec({ ...settings, problems: { source: "puzzles", split: "test", tier } }),
      dataset: null,
    };
  }
  const dataset = await readDatasetFile({
    file: problems,
    ...(format === undefined ? {} : { format }),
    limit: settings.limit,
  });
  const spec = parseBenchSpec({ ...settings, problems: { source: "imported", collection: dataset.collection.id } });
  return { spec, dataset: { collection: dataset.collection, problems: dataset.problems } };
}
