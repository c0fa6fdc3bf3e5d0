/** Measuring: strategies, policies, generated tests, step scorers; and the report of all that was measured. */
import { join } from "node:path";
import { Option } from "commander";
import type { StrategyName } from "../../src/core/config";
import { formatGoldStep } from "../../src/core/data/gold";
import { LabError } from "../../src/core/errors";
import { LIMITS } from "../../src/experiment/spec/limits";
import type { EvalRequest, Lab } from "../../src/lab";
import { TEST_METHODS } from "../../src/lab/tests";
import type { BackendChoice } from "../../src/rpc/model";
import type { EvalTestsGiven } from "../generated-tests";
import { writeOutputFile } from "../input";
import {
  backendOption,
  budgetOption,
  checkpointOption,
  countOption,
  modelOption,
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
  command,
  conclude,
  endpointSettings,
  type Keeping,
  keeping,
  log,
  print,
  withCheckpoints,
} from "../program";

interface EvalGiven extends Omit<EvalRequest, "strategy">, Bringing, Keeping {
  readonly strategy?: StrategyName;
  readonly samples?: number;
  readonly parallel?: number;
}

/** An evaluation of a policy draws whole samples; what has a search has no pass@k. */
function evalRequest({
  samples,
  strategy,
  simulations,
  ...given
}: Omit<EvalGiven, keyof (Bringing & Keeping) | "parallel">) {
  if (samples === undefined) {
    const own = { ...given, strategy: strategy ?? "mcts", ...(simulations === undefined ? {} : { simulations }) };
    return { method: "eval", request: own } as const;
  }
  if (simulations !== undefined || (strategy !== undefined && strategy !== "sample" && strategy !== "vanilla")) {
    const message = "Samples are drawn without a search: of whole paths (sample) or of code at once (vanilla).";
    throw new LabError("input/strategy", message, "Leave out --simulations, and other strategies.");
  }
  return { method: "coverage", request: { ...given, strategy: strategy ?? "sample", simulations: samples } } as const;
}

keeping(command("eval", "runs a strategy over generated problems and reports Pass@1"))
  .addOption(splitOption())
  .addOption(tierOption("all"))
  .addOption(countOption(100))
  .addOption(strategyOption())
  .addOption(simulationsOption())
  .option(
    "--samples <number>",
    "without a search: Pass@1 of the greedy answer, and pass@k of so many samples",
    numberWithin({ min: 1, max: 1024, whole: true }),
  )
  .option(
    "--temperature <number>",
    "of sampling (default: the strategy's own)",
    numberWithin(LIMITS.sampling.temperature),
  )
  .addOption(stopAtPassOption())
  .addOption(withoutReplacementOption())
  .addOption(seedOption())
  .addOption(modelOption())
  .addOption(parallelOption())
  .addOption(backendOption())
  .addOption(bringOption())
  .action(async ({ json, out, name, checkpoint, parallel, ...given }: EvalGiven) => {
    const { method, request: plain } = evalRequest(given);
    const { request, options, records } = await withCheckpoints(plain, checkpoint);
    const report = { ...(await ask(method, { ...request, endpoint: endpointSettings(parallel) }, options)) };
    const { seed, model = "tiny", ...settings } = request;
    conclude(
      { json, out, name },
      { kind: method, model, seed, settings: { ...settings }, checkpoints: records, report },
    );
  });

interface EvalTestsCommand extends Omit<EvalTestsGiven, "testsPerPuzzle">, Keeping {
  readonly tests: number;
  readonly backend: BackendChoice;
}

keeping(command("eval-tests", "measures the tests that a tiny model writes for generated problems"))
  .addOption(checkpointOption())
  .addOption(new Option("--split <name>", "which problems").choices(["test", "validation"]).default("validation"))
  .addOption(tierOption("all"))
  .option("--n <number>", "problems of each tier", numberWithin({ min: 1, max: 10_000, whole: true }), 100)
  .option("--tests <number>", "tests asked for each problem", numberWithin({ min: 1, max: 64, whole: true }), 4)
  .addOption(
    new Option(
      "--method <name>",
      "how it is asked (default: planned for a test-case generator's checkpoint, else direct)",
    ).choices(TEST_METHODS),
  )
  .addOption(seedOption())
  .addOption(backendOption())
  .action(async ({ json, out, name, tests, backend, ...given }: EvalTestsCommand) => {
    const { evalTestsRequest } = await import("../generated-tests");
    const { request, records } = await evalTestsRequest({ ...given, testsPerPuzzle: tests });
    const report = { ...(await ask("evalTests", { ...request, backend })) };
    const { weights: _, seed, ...settings } = request;
    const model = records[0] ? `tiny+tests@${records[0].id}` : "tiny";
    conclude({ json, out, name }, { kind: "eval-tests", model, seed, settings, checkpoints: records, report });
  });

interface EvalScorerGiven extends Keeping {
  readonly trees: string;
  readonly gold?: string;
  readonly model: string;
  readonly seed: number;
  readonly backend: BackendChoice;
}

interface GoldSetGiven extends Omit<EvalScorerGiven, "gold"> {
  readonly out: string;
  readonly steps: number;
  readonly rollouts: number;
}

type BreakEvenCommand = Omit<Parameters<Lab["breakEven"]>[0], "noises"> &
  Keeping & { readonly noise?: readonly number[] };

/** AUC 1, 0.99, 0.92, 0.84, 0.76 and 0.68. */
const NOISES: readonly number[] = [0, 0.3, 0.5, 0.7, 1, 1.5];

const treesOption = () =>
  new Option(
    "--trees <file or folder>",
    "trees that lab collect has written, of problems held out",
  ).makeOptionMandatory();

command("gold-set", "finishes the paths of steps many times over, to know what they are worth")
  .addOption(treesOption())
  .requiredOption("--out <file.jsonl>", "where the steps go, one a line")
  .option("--steps <number>", "how many steps", numberWithin({ min: 1, max: 10_000, whole: true }), 300)
  .option("--rollouts <number>", "rollouts of each", numberWithin({ min: 1, max: 1_000, whole: true }), 64)
  .addOption(modelOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .addOption(bringOption())
  .action(async ({ json, out, trees: path, checkpoint, ...given }: GoldSetGiven & Bringing) => {
    const { goldSetReport, readTrees } = await import("../scorer");
    const { request, options } = await withCheckpoints(given, checkpoint);
    const gold = await ask("goldSet", { ...request, trees: readTrees(path, log) }, options);
    writeOutputFile(out, gold.map((step) => `${formatGoldStep(step)}\n`).join(""));
    print({ ...goldSetReport(gold), out }, json);
  });

keeping(command("eval-scorer", "measures a step scorer on held-out trees, and what it would have to beat"))
  .addOption(treesOption())
  .option("--gold <file.jsonl>", "steps that lab gold-set has written, for calibration")
  .addOption(modelOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .addOption(bringOption())
  .action(
    async ({ trees: path, gold: goldPath, checkpoint, json, out, name, ...given }: EvalScorerGiven & Bringing) => {
      const { readGoldSet, readTrees } = await import("../scorer");
      const { request, options, records } = await withCheckpoints(given, checkpoint);
      const gold = goldPath === undefined ? [] : readGoldSet(goldPath, log);
      const trees = readTrees(path, log);
      const report = { ...(await ask("evalScorer", { ...request, trees, gold }, options)) };
      const { model, seed } = request;
      const settings = { trees: trees.length, gold: gold.length };
      conclude({ json, out, name }, { kind: "eval-scorer", model, seed, settings, checkpoints: records, report });
    },
  );

keeping(
  command("break-even", "tells how good a value of steps must be before tree search by it pays: the truth, with noise"),
)
  .addOption(new Option("--split <name>", "which problems").choices(["test", "validation"]).default("validation"))
  .addOption(tierOption("all"))
  .option("--n <number>", "problems of each tier", numberWithin({ min: 1, max: 10_000, whole: true }), 40)
  .addOption(budgetOption())
  .option(
    "--noise <number...>",
    "standard deviations of the noise in the truth, which is 0 or 1 (default: 0 0.3 0.5 0.7 1 1.5)",
    (text, before: readonly number[] | undefined) => [
      ...(before ?? []),
      numberWithin({ min: 0, max: 100, whole: false })(text),
    ],
  )
  .addOption(modelOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .addOption(bringOption())
  .action(async ({ noise = NOISES, checkpoint, json, out, name, ...given }: BreakEvenCommand & Bringing) => {
    const { request, options, records } = await withCheckpoints(given, checkpoint);
    const report = { ...(await ask("breakEven", { ...request, noises: noise }, options)) };
    const { model, seed, ...settings } = request;
    conclude({ json, out, name }, { kind: "break-even", model, seed, settings, checkpoints: records, report });
  });

command("report", "writes a report of all results in a folder: evaluations, comparisons, trainings, data sets, tests")
  .argument("<folder>", "where commands have kept their results (--out, --save)")
  .option("--out <file.md>", "where it goes, with a folder of its charts beside it (default: report.md in the folder)")
  .option("--baseline <name>", "the evaluation that others are compared with", "tiny")
  .action(
    async (folder: string, given: { readonly json?: boolean; readonly out?: string; readonly baseline: string }) => {
      const [{ readResults }, { reportOf, writeReport }] = await Promise.all([
        import("../report/read"),
        import("../report/report"),
      ]);
      const report = reportOf(readResults(folder), given.baseline);
      const out = given.out ?? join(folder, "report.md");
      writeReport(report, out);
      const sections = report.sections.map(({ title }) => title);
      print(given.json ? { out, ...report } : { out, sections, skipped: report.skipped }, given.json);
    },
  );
