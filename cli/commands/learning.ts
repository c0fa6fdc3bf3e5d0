/** Learning: data to learn from, and trainings. */
import { type Command, Option } from "commander";
import { LIMITS } from "../../src/experiment/spec/limits";
import { familyOf } from "../../src/experiment/spec/model-family";
import { strategyConfig } from "../../src/experiment/spec/presets";
import { TEST_PAIR_KINDS } from "../../src/lab/tests";
import type { Split } from "../../src/puzzles/splits";
import type { BackendChoice } from "../../src/rpc/model";
import type { CollectSpec } from "../../src/selfplay/collect";
import { PATHS_PER_PROBLEM } from "../../src/selfplay/dataset";
import type { TrainingTaskName } from "../../src/training/presets";
import type { TestPairsGiven } from "../generated-tests";
import { writeOutputFile } from "../input";
import {
  backendOption,
  checkpointOption,
  kindText,
  modelOption,
  numberWithin,
  seedOption,
  simulationsOption,
  tierOption,
} from "../options";
import { ask, type Bringing, bringOption, command, log, print, program, withCheckpoints } from "../program";
import { commandLine } from "../result-file";
import type { TrainGiven } from "../train-command";

interface CollectGiven extends Pick<CollectSpec, "tier" | "problems" | "passes" | "seed" | "unverified"> {
  readonly split: Split;
  readonly json?: boolean;
  readonly out: string;
  readonly model: string;
  readonly backend: BackendChoice;
  readonly simulations?: number;
}

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
    const { openDataset } = await import("../collect");
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

interface TestPairsCommand extends TestPairsGiven {
  readonly json?: boolean;
  readonly out: string;
  readonly backend: BackendChoice;
}

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
    const { testPairsRequest } = await import("../generated-tests");
    const pairs = await ask("testPairs", { ...(await testPairsRequest(given)), backend });
    writeOutputFile(out, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(""));
    print({ pairs: pairs.length, out }, json);
  });

/** Tokens that a training run may take. */
export const TOKENS = { min: 1_000, max: 1_000_000_000, whole: true };

const trainingBackendOption = () =>
  new Option(
    "--backend <name>",
    "what it trains on; auto is simd-threads where threads are possible, else simd, else jax-js on Wasm",
  )
    .choices(["auto", "simd", "simd-threads", "webgpu", "wasm", "wasm-threads"])
    .default("auto");

/** Trains; loaded here, because the other commands need no training code. */
async function runTraining(name: TrainingTaskName, { json, ...given }: TrainGiven & { readonly json?: boolean }) {
  const [{ train }, { trainCommand }] = await Promise.all([import("../train"), import("../train-command")]);
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
    "--data <file or folder...>",
    "records, one JSON object a line, in TRL's shapes; of a folder, train.jsonl and validation.jsonl; several are joined",
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
  .addOption(
    new Option("--keep <which>", "the last weights, or the best on what is held out").choices(["last", "best"]),
  )
  .action((kind: "policy" | "tcg" | "prm", given) => runTraining(kind, given));
