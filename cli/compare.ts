import type { Tier } from "../src/core/problem";
import {
  COMPARISON_VERSION,
  type ComparisonSpec,
  type ComparisonStrategy,
  parseComparisonSpec,
} from "../src/experiment/compare/spec";
import type { CompareRequest } from "../src/lab";
import { readDatasetFile } from "./dataset";
import { COMPARISON_DEFAULTS } from "./options";

/** What a comparison is made of on the command line. */
export interface ComparisonTableOptions {
  /** A file or an address, or `puzzles`. */
  readonly problems: string;
  readonly format?: string;
  /** Of the puzzles. */
  readonly tier: Tier | "all";
  readonly model?: readonly string[];
  readonly strategy?: readonly ComparisonStrategy[];
  readonly budgetTokens: number;
  readonly limit: number;
  readonly freshSamples: number;
  readonly seed: number;
}

/** The comparison to ask for. @throws LabError `input/*` when the file cannot be read or a setting is out of range. */
export async function comparisonTableRequest(
  given: ComparisonTableOptions,
): Promise<Pick<CompareRequest, "spec" | "dataset">> {
  const { problems, format, tier, model, strategy, budgetTokens, limit, freshSamples, seed } = given;
  const settings = {
    version: COMPARISON_VERSION,
    models: [...(model ?? ["tiny"])],
    strategies: [...(strategy ?? COMPARISON_DEFAULTS.strategies)],
    limit,
    budgetTokens,
    freshSamples,
    seed,
    price: null,
  } satisfies Partial<ComparisonSpec>;
  if (problems === "puzzles") {
    return {
      spec: parseComparisonSpec({ ...settings, problems: { source: "puzzles", split: "test", tier } }),
      dataset: null,
    };
  }
  const dataset = await readDatasetFile({
    file: problems,
    ...(format === undefined ? {} : { format }),
    limit: settings.limit,
  });
  const spec = parseComparisonSpec({
    ...settings,
    problems: { source: "imported", collection: dataset.collection.id },
  });
  return { spec, dataset: { collection: dataset.collection, problems: dataset.problems } };
}
