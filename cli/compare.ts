import { LabError } from "../src/core/errors";
import type { Tier } from "../src/core/problem";
import type { ComparisonOutcome } from "../src/experiment/compare/cells";
import { parseComparisonFile, toJson } from "../src/experiment/compare/comparison-file";
import {
  COMPARISON_VERSION,
  type ComparisonSpec,
  type ComparisonStrategy,
  parseComparisonSpec,
} from "../src/experiment/compare/spec";
import type { CompareRequest } from "../src/lab";
import { readDatasetFile } from "./dataset";
import { readInputFile, writeOutputFile } from "./input";
import { COMPARISON_DEFAULTS } from "./options";

/** What a comparison is made of on the command line. */
export interface ComparisonOptions {
  /** A file or an address, or `puzzles`. */
  readonly problems?: string;
  readonly format?: string;
  /** Of the puzzles, these two. */
  readonly split: "test" | "validation";
  readonly tier: Tier | "all";
  readonly model?: readonly string[];
  readonly strategy?: readonly ComparisonStrategy[];
  readonly budgetTokens: number;
  readonly stopAtPass: boolean;
  readonly limit: number;
  readonly freshSamples: number;
  readonly seed: number;
  /** A file to go on with; it holds the settings, all but where imported problems lie. */
  readonly resume?: string;
  readonly retryErrors?: boolean;
}

/** A comparison to begin, or to go on with. */
export interface CommandJob extends Pick<CompareRequest, "dataset" | "done"> {
  readonly spec: ComparisonSpec;
}

/** The comparison to do. @throws LabError `input/*` when a file cannot be read or a setting is out of range. */
export async function comparisonJob(given: ComparisonOptions): Promise<CommandJob> {
  return given.resume === undefined ? newJob(given) : resumedJob(given, given.resume);
}

async function newJob(given: ComparisonOptions): Promise<CommandJob> {
  const { problems, split, tier, model, strategy, budgetTokens, stopAtPass, limit, freshSamples, seed } = given;
  if (problems === undefined) {
    const hint = "Name a file, an address or puzzles; or go on with a saved comparison (--resume).";
    throw new LabError("input/no-problems", "Option --problems is not given.", hint);
  }
  const settings = {
    version: COMPARISON_VERSION,
    models: [...(model ?? ["tiny"])],
    strategies: [...(strategy ?? COMPARISON_DEFAULTS.strategies)],
    limit,
    budgetTokens,
    stopAtPass,
    freshSamples,
    seed,
    price: null,
  } satisfies Partial<ComparisonSpec>;
  if (problems === "puzzles") {
    const spec = parseComparisonSpec({ ...settings, problems: { source: "puzzles", split, tier } });
    return { spec, dataset: null, done: [] };
  }
  const dataset = await datasetOf(problems, given, limit);
  const spec = parseComparisonSpec({
    ...settings,
    problems: { source: "imported", collection: dataset.collection.id },
  });
  return { spec, dataset, done: [] };
}

async function resumedJob(given: ComparisonOptions, path: string): Promise<CommandJob> {
  const { spec, outcomes } = parseComparisonFile(readInputFile(path));
  const done = given.retryErrors === true ? outcomes.filter(({ ended }) => ended !== "error") : outcomes;
  if (spec.problems.source === "puzzles") return { spec, dataset: null, done };
  const { collection } = spec.problems;
  const { problems } = given;
  if (problems === undefined) {
    const message = `The comparison is about the problems of "${collection}", which the file does not hold.`;
    throw new LabError("input/no-problems", message, "Name their file or address with --problems.");
  }
  const dataset = await datasetOf(problems, given, spec.limit);
  if (dataset.collection.id !== collection) {
    const message = `The comparison is about the problems of "${collection}", not of "${dataset.collection.id}".`;
    throw new LabError("input/unknown-collection", message, "Name their file or address with --problems.");
  }
  return { spec, dataset, done };
}

async function datasetOf(file: string, { format }: ComparisonOptions, limit: number) {
  const options = format === undefined ? {} : { format };
  const { collection, problems } = await readDatasetFile({ file, ...options, limit });
  return { collection, problems };
}

/** How often a comparison's file is written on the way, in milliseconds. */
const WRITE_EVERY_MS = 2_000;

/** Keeps a comparison's file up to date, so that one that is broken off can be gone on with; without a path, nothing is written. */
export function keepComparison({ spec, dataset, done }: CommandJob, path: string | undefined) {
  const outcomes = [...done];
  const total = dataset === null ? spec.limit : Math.min(spec.limit, dataset.problems.length);
  let isDirty = false;
  let written = Number.NEGATIVE_INFINITY;
  const flush = () => {
    if (path !== undefined && isDirty) writeOutputFile(path, toJson(spec, outcomes, total));
    isDirty = false;
    written = performance.now();
  };
  return {
    /** Takes an outcome as the page tells it. */
    add: (outcome: string) => {
      outcomes.push(JSON.parse(outcome) as ComparisonOutcome);
      isDirty = true;
      if (performance.now() - written >= WRITE_EVERY_MS) flush();
    },
    /** Writes what was not written yet. */
    flush,
    /** Writes the whole comparison and gives back what is to be printed of it. */
    finish: (text: string): unknown => {
      if (path !== undefined) writeOutputFile(path, text);
      isDirty = false;
      const { outcomes: _, ...table } = JSON.parse(text) as { readonly outcomes: unknown };
      return table;
    },
  };
}
