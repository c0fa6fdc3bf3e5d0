/** Running: experiments, programs, comparisons, and the problems they are about. */
import { Option } from "commander";
import type { Language } from "../../src/core/problem";
import type { BackendChoice } from "../../src/rpc/model";
import type { ComparisonOptions } from "../compare";
import type { DatasetGiven } from "../dataset";
import { parseProblemRef, writeOutputFile } from "../input";
import {
  backendOption,
  budgetOption,
  COMPARISON_DEFAULTS,
  comparisonStrategiesOption,
  countOption,
  formatOption,
  freshSamplesOption,
  limitOption,
  modelOption,
  modelsOption,
  numberWithin,
  parallelOption,
  seedOption,
  simulationsOption,
  splitOption,
  stopAtPassOption,
  strategyOption,
  tierOption,
  withoutReplacementOption,
} from "../options";
import {
  ask,
  type Bringing,
  bringOption,
  brought,
  command,
  endpointSettings,
  type Given,
  log,
  print,
  withCheckpoints,
  withLab,
} from "../program";

interface ComparisonGiven extends ComparisonOptions {
  readonly json?: boolean;
  readonly save?: string;
  readonly backend: BackendChoice;
  readonly parallel?: number;
}

type SolveGiven = Given<"solve"> & Bringing & { readonly save?: string; readonly parallel?: number };

command("solve", "runs one experiment and judges its answer")
  .requiredOption(
    "--problem <id or file.json>",
    "a problem's id, or a file with a problem of your own",
    parseProblemRef,
  )
  .addOption(modelOption())
  .addOption(strategyOption().default("mcts"))
  .addOption(simulationsOption())
  .addOption(stopAtPassOption())
  .addOption(withoutReplacementOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .addOption(parallelOption())
  .option("--save <file>", "write the run to a file that the app can open")
  .addOption(bringOption())
  .action(async ({ json, save, checkpoint, parallel, ...given }: SolveGiven) => {
    const { request, options } = await withCheckpoints(given, checkpoint);
    const { report, file } = await ask("solve", { ...request, endpoint: endpointSettings(parallel) }, options);
    if (save) writeOutputFile(save, file);
    print(report, json);
  });

command("problems", "lists problems")
  .addOption(new Option("--set <name>", "which problems").choices(["named", "generated"]).default("named"))
  .addOption(tierOption("all"))
  .addOption(countOption(100))
  .action(async ({ json, ...request }: Given<"problems">) => print(await ask("problems", request), json));

command("judge", "runs programs on tests in the sandbox")
  .addOption(
    new Option("--language <name>", "the programs' language").choices(["javascript", "python"]).default("javascript"),
  )
  .requiredOption(
    "--file <cases.jsonl>",
    "rows {id, code, entryPoint?, preamble?, timeLimitMs?, tests: [{input: [args], expected}]}; Python also {stdin, stdout} and " +
      "{assertion, setup?}; preamble is code that runs before the program, timeLimitMs how long each call or run may take (1 to 60000)",
  )
  .action(async ({ json, file, language }: { readonly json?: boolean; readonly file: string; language: Language }) => {
    const { judgeFile, openCases } = await import("../judge");
    const cases = await openCases(file);
    print(await withLab((lab) => judgeFile(cases, language, lab, log)), json);
  });

command("dataset", "reads a file of problems and tells what is in it")
  .requiredOption("--file <file or address>", "JSON, JSON lines, either of them gzipped, or Parquet")
  .addOption(formatOption())
  .option("--visible <number>", "tests that a search may see", numberWithin({ min: 0, max: 100, whole: true }))
  .addOption(limitOption())
  .option("--check", "run the reference solutions on the problems' tests")
  .action(async ({ json, check, ...given }: DatasetGiven & { readonly json?: boolean; readonly check?: boolean }) => {
    const { readDatasetFile, datasetReport, checkDataset } = await import("../dataset");
    const dataset = await readDatasetFile(given);
    print(check ? await checkDataset(dataset, (problems) => ask("check", { problems })) : datasetReport(dataset), json);
  });

command("compare", "compares strategies and models at one token budget, as the paper's Table 1")
  .alias("bench-table")
  .option("--problems <file, address or puzzles>", "a file of problems, or puzzles for generated list puzzles")
  .addOption(formatOption())
  .addOption(splitOption())
  .addOption(tierOption("all"))
  .addOption(modelsOption())
  .addOption(comparisonStrategiesOption())
  .addOption(budgetOption())
  .option("--no-stop-at-pass", "spend the whole budget on each problem, also after a program has passed")
  .addOption(limitOption(COMPARISON_DEFAULTS.limit))
  .addOption(freshSamplesOption())
  .addOption(parallelOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .option("--save <file>", "write the comparison, outcomes included, to a JSON file, and keep it up to date on the way")
  .option("--resume <file>", "go on with a saved comparison: its settings, and its file kept up to date")
  .option("--retry-errors", "with --resume: do the problems again that ended with an error")
  .addOption(bringOption())
  .action(async ({ json, backend, parallel, checkpoint, ...given }: ComparisonGiven & Bringing) => {
    const { comparisonJob, keepComparison } = await import("../compare");
    const found = await brought(checkpoint);
    const job = await comparisonJob({ ...(found ? { model: [found.model] } : {}), ...given });
    const file = keepComparison(job, given.save ?? given.resume);
    const { spec, dataset, done } = job;
    try {
      const request = { spec, dataset, done, backend, endpoint: endpointSettings(parallel) };
      const options = { onOutcome: file.add, ...(found ? { checkpoints: found.files } : {}) };
      print(file.finish(await ask("compare", request, options)), json);
    } finally {
      file.flush();
    }
  });
