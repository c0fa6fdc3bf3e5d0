import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { StrategyName } from "../src/core/config";
import { formatGoldStep } from "../src/core/data/gold";
import { LabError } from "../src/core/errors";
import type { Language } from "../src/core/problem";
import { LIMITS } from "../src/experiment/spec/limits";
import { familyOf } from "../src/experiment/spec/model-family";
import { strategyConfig } from "../src/experiment/spec/presets";
import type { EvalRequest, Lab } from "../src/lab";
import { TEST_METHODS, TEST_PAIR_KINDS } from "../src/lab/tests";
import type { EndpointSettings } from "../src/ports/endpoint";
import type { Split } from "../src/puzzles/splits";
import type { BackendChoice } from "../src/rpc/model";
import type { CollectSpec } from "../src/selfplay/collect";
import { PATHS_PER_PROBLEM } from "../src/selfplay/dataset";
import type { TrainingTaskName } from "../src/training/presets";
import type { ComparisonOptions } from "./compare";
import type { DatasetGiven } from "./dataset";
import type { EvalTestsGiven, TestPairsGiven } from "./generated-tests";
import { parseProblemRef, readJsonLines, writeOutputFile } from "./input";
import {
  backendOption,
  budgetOption,
  COMPARISON_DEFAULTS,
  comparisonStrategiesOption,
  countOption,
  formatOption,
  freshSamplesOption,
  kindText,
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
} from "./options";
import { commandLine, writeResult } from "./result-file";
import type { TrainGiven } from "./train-command";

const log = (line: string) => process.stderr.write(`${line}\n`);

/** Prints the one JSON object. */
function print(value: unknown, json: boolean | undefined): void {
  process.stdout.write(`${JSON.stringify(value, null, json ? 0 : 2)}\n`);
}

/** What a call may come with. */
interface AskOptions {
  readonly onOutcome?: (outcome: string) => void;
  /** Checkpoints to keep in the page first, in base64. */
  readonly checkpoints?: readonly string[];
}

/** Checkpoints that were named, and the model that they make; nothing is loaded where there are none. */
async function brought(paths: readonly string[] | undefined) {
  if (paths === undefined) return null;
  const { bringCheckpoints } = await import("./checkpoints");
  return bringCheckpoints(paths);
}

/** Opens the headless page, calls one of its methods and returns what it answers. */
async function ask<K extends keyof Lab>(
  method: K,
  request: Parameters<Lab[K]>[0],
  { onOutcome, checkpoints = [] }: AskOptions = {},
): Promise<Awaited<ReturnType<Lab[K]>>> {
  // Loaded here, so that bad input is refused at once.
  const { openLab } = await import("./browser");
  const lab = await openLab(log, onOutcome);
  try {
    if (checkpoints.length > 0) await lab.call("keep", checkpoints);
    return await lab.call(method, request);
  } finally {
    await lab.close();
  }
}

/** A command that brings checkpoints. */
interface Bringing {
  readonly checkpoint?: readonly string[];
}

const bringOption = () =>
  new Option(
    "--checkpoint <path...>",
    "checkpoints to bring, as lab train writes them or the app exports them; in place of tiny they play what they are for",
  );

/** A request with the checkpoints that it names: where the model is just tiny, they are it. */
async function withCheckpoints<R extends { readonly model?: string }>(request: R, paths: Bringing["checkpoint"]) {
  const found = await brought(paths);
  if (found === null) return { request, options: {}, records: [] };
  const { files, model, records } = found;
  const isPlain = request.model === undefined || request.model === "tiny";
  return { request: isPlain ? { ...request, model } : request, options: { checkpoints: files }, records };
}

/** A command whose result can be kept for a report. */
interface Keeping {
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  readonly name?: string | undefined;
}

/** Adds what {@link Keeping} has. */
const keeping = (of: Command): Command =>
  of
    .option("--out <file>", "keep the result where lab report reads it")
    .option("--name <text>", "what a report calls it (default: the model)");

/** Prints a result, without what is only for other programs, and keeps all of it where `--out` says. */
function conclude(
  { json, out, name }: Keeping,
  result: Omit<Parameters<typeof writeResult>[1], "command" | "name"> & { readonly model: string },
): void {
  const { outcomes: _, ...shown } = result.report;
  print(shown, json);
  const { model, ...kept } = result;
  if (out) writeResult(out, { ...kept, name: name ?? model, command: commandLine(program.args) });
}

/** Options of a subcommand: what the page's method is asked, and how to print the answer. */
type Given<K extends keyof Lab> = Parameters<Lab[K]>[0] & { readonly json?: boolean };

/** Tokens that a training run may take. */
const TOKENS = { min: 1_000, max: 1_000_000_000, whole: true };

interface ComparisonGiven extends ComparisonOptions {
  readonly json?: boolean;
  readonly save?: string;
  readonly backend: BackendChoice;
  readonly parallel?: number;
}

/** The key comes from the environment, so that it stands in no list of commands. */
function endpointSettings(parallelRequests: number | undefined): EndpointSettings {
  const apiKey = process.env.LAB_API_KEY;
  return {
    ...(apiKey ? { apiKey } : {}),
    ...(parallelRequests === undefined ? {} : { parallelRequests }),
  };
}

interface EvalTestsCommand extends Omit<EvalTestsGiven, "testsPerPuzzle">, Keeping {
  readonly tests: number;
  readonly backend: BackendChoice;
}

interface TestPairsCommand extends TestPairsGiven {
  readonly json?: boolean;
  readonly out: string;
  readonly backend: BackendChoice;
}

interface CollectGiven extends Pick<CollectSpec, "tier" | "problems" | "passes" | "seed" | "unverified"> {
  readonly split: Split;
  readonly json?: boolean;
  readonly out: string;
  readonly model: string;
  readonly backend: BackendChoice;
  readonly simulations?: number;
}

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

const program = new Command("npm run lab --")
  .description("Drives the app headless in Chromium. Prints one JSON object on stdout, progress on stderr.")
  .exitOverride()
  .configureOutput({ outputError: () => {} });

/** A subcommand; each takes `--json`. */
function command(name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "print the object on a single line");
}

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
  .option("--save <file>", "write the run to a file that the app can open")
  .addOption(bringOption())
  .action(async ({ json, save, checkpoint, ...given }: Given<"solve"> & Bringing & { readonly save?: string }) => {
    const { request, options } = await withCheckpoints(given, checkpoint);
    const { report, file } = await ask("solve", { ...request, endpoint: endpointSettings(undefined) }, options);
    if (save) writeOutputFile(save, file);
    print(report, json);
  });

interface EvalGiven extends Omit<EvalRequest, "strategy">, Bringing, Keeping {
  readonly strategy?: StrategyName;
  readonly samples?: number;
}

/** An evaluation of a policy draws whole samples; what has a search has no pass@k. */
function evalRequest({ samples, strategy, simulations, ...given }: Omit<EvalGiven, keyof (Bringing & Keeping)>) {
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
  .addOption(backendOption())
  .addOption(bringOption())
  .action(async ({ json, out, name, checkpoint, ...given }: EvalGiven) => {
    const { method, request: plain } = evalRequest(given);
    const { request, options, records } = await withCheckpoints(plain, checkpoint);
    const report = { ...(await ask(method, request, options)) };
    const { seed, model = "tiny", ...settings } = request;
    conclude(
      { json, out, name },
      { kind: method, model, seed, settings: { ...settings }, checkpoints: records, report },
    );
  });

const checkpointOption = () =>
  new Option("--checkpoint <file>", "tiny, or a file: a training's checkpoint or a model.safetensors").default("tiny");

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
    const { evalTestsRequest } = await import("./generated-tests");
    const { request, records } = await evalTestsRequest({ ...given, testsPerPuzzle: tests });
    const report = { ...(await ask("evalTests", { ...request, backend })) };
    const { weights: _, seed, ...settings } = request;
    const model = records[0] ? `tiny+tests@${records[0].id}` : "tiny";
    conclude({ json, out, name }, { kind: "eval-tests", model, seed, settings, checkpoints: records, report });
  });

command("test-pairs", "writes preference pairs for a test-case generator, from training problems")
  .requiredOption("--out <file.jsonl>", "where they go, one a line: prompt, chosen, rejected")
  .addOption(
    new Option("--kind <name>", "outputs exchanged between inputs, or what the model gets wrong")
      .choices(TEST_PAIR_KINDS)
      .default("drawn"),
  )
  .addOption(checkpointOption())
  .option("--puzzles <number>", "training problems", numberWithin({ min: 1, max: 100_000, whole: true }), 500)
  .addOption(seedOption())
  .addOption(backendOption())
  .action(async ({ json, out, backend, ...given }: TestPairsCommand) => {
    const { testPairsRequest } = await import("./generated-tests");
    const pairs = await ask("testPairs", { ...(await testPairsRequest(given)), backend });
    writeOutputFile(out, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
    print({ pairs: pairs.length, out }, json);
  });

command("judge", "runs programs on tests in the sandbox")
  .addOption(
    new Option("--language <name>", "the programs' language").choices(["javascript", "python"]).default("javascript"),
  )
  .requiredOption(
    "--file <cases.jsonl>",
    "rows {id, code, entryPoint, tests: [{input: [args], expected}]}; Python also {stdin, stdout} and {assertion}",
  )
  .action(async ({ json, file, language }: { readonly json?: boolean; readonly file: string; language: Language }) =>
    print(await ask("judge", { language, rows: readJsonLines(file) }), json),
  );

command("dataset", "reads a file of problems and tells what is in it")
  .requiredOption("--file <file or address>", "JSON, JSON lines, either of them gzipped, or Parquet")
  .addOption(formatOption())
  .option("--visible <number>", "tests that a search may see", numberWithin({ min: 0, max: 100, whole: true }))
  .addOption(limitOption())
  .option("--check", "run the reference solutions on the problems' tests")
  .action(async ({ json, check, ...given }: DatasetGiven & { readonly json?: boolean; readonly check?: boolean }) => {
    const { readDatasetFile, datasetReport, checkDataset } = await import("./dataset");
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
    const { comparisonJob, keepComparison } = await import("./compare");
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

command("collect", "writes reasoning data: tree search on training problems, with their own tests")
  .requiredOption("--out <folder>", "where the data set goes; what is there already is gone on with")
  .option("--problems <number>", "how many problems", numberWithin(LIMITS.comparison.limit), 100)
  .addOption(
    new Option("--split <name>", "which of them; all but train are for measuring")
      .choices(["train", "validation", "test"])
      .default("train"),
  )
  .addOption(tierOption("all"))
  .addOption(modelOption())
  .addOption(simulationsOption())
  .option(
    "--passes <number>",
    "a search ends when so many different programs pass",
    numberWithin({ min: 1, max: 10_000, whole: true }),
    PATHS_PER_PROBLEM,
  )
  .option("--unverified", "samples in place of a search, to be imitated whether they pass or not: a control")
  .addOption(seedOption())
  .addOption(backendOption())
  .addOption(bringOption())
  .action(async ({ json, out, backend, simulations, checkpoint, ...rest }: CollectGiven & Bringing) => {
    const { openDataset } = await import("./collect");
    const { request, options } = await withCheckpoints({ model: rest.model }, checkpoint);
    const { model } = request;
    const { split, tier, problems, passes, seed, unverified } = rest;
    const search = unverified
      ? strategyConfig("best-of-n", simulations ?? PATHS_PER_PROBLEM, familyOf(model))
      : strategyConfig("mcts", simulations, familyOf(model));
    const config = { ...search, numGeneratedTests: 0 };
    const which = split === "train" ? {} : { split };
    const spec = { ...which, tier, problems, config, passes, seed, ...(unverified ? { unverified } : {}) };
    const dataset = await openDataset(out, spec, model, log);
    const info = await ask(
      "collect",
      { spec, done: dataset.done, model, backend },
      { ...options, onOutcome: dataset.add },
    );
    print(await dataset.finish(info), json);
  });

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
    const { goldSetReport, readTrees } = await import("./scorer");
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
      const { readGoldSet, readTrees } = await import("./scorer");
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
        import("./report/read"),
        import("./report/report"),
      ]);
      const report = reportOf(readResults(folder), given.baseline);
      const out = given.out ?? join(folder, "report.md");
      writeReport(report, out);
      const sections = report.sections.map(({ title }) => title);
      print(given.json ? { out, ...report } : { out, sections, skipped: report.skipped }, given.json);
    },
  );

command("problems", "lists problems")
  .addOption(new Option("--set <name>", "which problems").choices(["named", "generated"]).default("named"))
  .addOption(tierOption("all"))
  .addOption(countOption(100))
  .action(async ({ json, ...request }: Given<"problems">) => print(await ask("problems", request), json));

const trainingBackendOption = () =>
  new Option(
    "--backend <name>",
    "what it trains on; auto is simd-threads where threads are possible, else simd, else jax-js on Wasm",
  )
    .choices(["auto", "simd", "simd-threads", "webgpu", "wasm", "wasm-threads"])
    .default("auto");

/** Trains; loaded here, because the other commands need no training code. */
async function runTraining(name: TrainingTaskName, { json, ...given }: TrainGiven & { readonly json?: boolean }) {
  const [{ train }, { trainCommand }] = await Promise.all([import("./train"), import("./train-command")]);
  print(await train({ ...trainCommand(name, given), told: commandLine(program.args) }, log), json);
}

/** A training command. */
function trainingCommand(name: string, description: string): Command {
  return command(name, description)
    .addOption(seedOption())
    .option("--tokens <number>", "tokens of the whole run, padding not counted", numberWithin(TOKENS))
    .option("--learning-rate <number>", "its peak", numberWithin({ min: 0, max: 1, exclusive: true, whole: false }))
    .option("--work <folder>", "folder of checkpoints and the loss curve (default: beside the others in .cache)")
    .option("--fresh", "begin anew instead of resuming")
    .addOption(trainingBackendOption())
    .option("--notes <text>", "what a reader of the training record should know", "");
}

trainingCommand("pretrain", "trains the base model, from the newest checkpoint if there is one; takes hours")
  .option("--out <folder>", "where the finished model goes (default: where the app takes it from)")
  .option(
    "--from <model>",
    "weights to begin with: a folder, zip or safetensors; the curriculum is then taken at its end",
  )
  .action((given) => runTraining("base", given));

trainingCommand("train", "trains a policy, a test-case generator or a process reward model")
  .argument("<kind>", "policy, tcg or prm", kindText)
  .option(
    "--data <file or folder>",
    "records, one JSON object a line, in TRL's shapes; of a folder, train.jsonl and validation.jsonl",
  )
  .option("--corpus <name>", "in place of data: an endless corpus")
  .option("--validation <file>", "records to evaluate on (default: a tenth of the problems)")
  .addOption(new Option("--objective <name>", "what is minimised").choices(["sft", "dpo", "pointwise", "pairwise"]))
  .option("--from <model>", "what it begins with: tiny, or a folder, zip or safetensors of a checkpoint", "tiny")
  .requiredOption("--out <folder>", "where the finished model goes")
  .option(
    "--epochs <number>",
    "passes over the data",
    numberWithin({ min: 0, max: 1000, exclusive: true, whole: false }),
  )
  .option(
    "--batches-per-step <number>",
    "batches of one optimiser step",
    numberWithin({ min: 1, max: 1000, whole: true }),
  )
  .option(
    "--replay <share>",
    "sft: of the examples, texts of the base",
    numberWithin({ min: 0, max: 0.9, whole: false }),
  )
  .option(
    "--beta <number>",
    "dpo: the smaller, the farther from where it began",
    numberWithin({ min: 0, max: 100, exclusive: true, whole: false }),
  )
  .option(
    "--nll-weight <number>",
    "dpo: of the chosen answer's likelihood",
    numberWithin({ min: 0, max: 100, whole: false }),
  )
  .addOption(
    new Option("--labels <name>", "prm, pointwise: what a step is taken for").choices(["counts", "soft", "hard"]),
  )
  .option("--margin <number>", "prm, pairwise: how far apart", numberWithin({ min: 0, max: 100, whole: false }))
  .option("--frozen <prefix...>", "tensors whose names begin so are not trained, such as model.")
  .action((kind: "policy" | "tcg" | "prm", given) => runTraining(kind, given));

/** How a command ended: the exit code (0, 2 for the user's mistakes, 1 for ours) and, unless 0, a line for people. */
interface CommandEnd {
  readonly code: number;
  readonly line: string;
}

function explain(thrown: unknown): CommandEnd {
  if (thrown instanceof CommanderError) {
    return { code: thrown.exitCode === 0 ? 0 : 2, line: thrown.message.replace(/^error: /, "").replaceAll("\n", " ") };
  }
  if (thrown instanceof LabError) {
    const usersMistake = thrown.code.startsWith("input/") || thrown.code.startsWith("link/");
    return { code: usersMistake ? 2 : 1, line: `${thrown.message} ${thrown.hint}`.trim() };
  }
  return { code: 1, line: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Runs one command as `npm run lab -- <args>` does, but for the line of its end, which is the caller's to print. */
export async function runCommand(args: readonly string[]): Promise<CommandEnd> {
  try {
    if (args.length === 0) {
      const names = program.commands.map((each) => each.name()).join(", ");
      throw new LabError(
        "input/no-command",
        "No command is given.",
        `There are ${names}; add --help to read about one.`,
      );
    }
    await program.parseAsync(args, { from: "user" });
    return { code: 0, line: "" };
  } catch (thrown) {
    return explain(thrown);
  }
}
