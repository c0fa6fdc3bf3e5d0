/** Learning from paths of one's own: reinforcement learning. */
import { Option } from "commander";
import { ALPHA_SCHEDULES, type AlphaSchedule } from "../../src/core/aggregated-reward";
import type { BackendChoice } from "../../src/rpc/model";
import {
  METHODS,
  PEAK_LEARNING_RATES,
  REINFORCE_DEFAULTS,
  type ReinforceMethod,
  type ReinforceSpec,
} from "../../src/selfplay/reinforce/spec";
import { backendOption, numberWithin, seedOption, tierOption } from "../options";
import { ask, command, log, print, program, withCheckpoints } from "../program";
import { commandLine } from "../result-file";
import { TOKENS } from "./learning";

interface ReinforceGiven
  extends Pick<ReinforceSpec, "tier" | "problems" | "samples" | "tokens" | "gamma" | "tests" | "seed"> {
  readonly json?: boolean;
  readonly from: string;
  readonly scorer?: string;
  readonly testGenerator?: string;
  readonly out: string;
  readonly fresh?: boolean;
  readonly backend: BackendChoice;
  readonly method: ReinforceMethod["name"];
  readonly learningRate?: number;
  readonly alpha: number;
  readonly alphaTo?: number;
  readonly alphaSchedule: AlphaSchedule["kind"];
  readonly epochs?: number;
  readonly klWeight?: number;
  readonly beta?: number;
  readonly nllWeight?: number;
  readonly evaluateEvery: number;
  readonly validation: number;
}

/** A method with those of its options that were given. */
function methodOf({ method, epochs, klWeight, beta, nllWeight }: ReinforceGiven): ReinforceMethod {
  const given = Object.entries({ epochs, klWeight, beta, nllWeight }).filter(([, value]) => value !== undefined);
  const own = given.filter(([name]) => name in METHODS[method]);
  return { ...METHODS[method], ...Object.fromEntries(own) };
}

function reinforceSpec(given: ReinforceGiven): ReinforceSpec {
  const { tier, problems, samples, tokens, gamma, tests, seed, alpha, alphaTo = alpha, alphaSchedule: kind } = given;
  const { method, learningRate = PEAK_LEARNING_RATES[method], evaluateEvery: every, validation } = given;
  return {
    method: methodOf(given),
    ...{ tier, problems, samples, tokens, gamma, tests, seed },
    peakLearningRate: learningRate,
    alpha: { kind, from: alpha, to: alphaTo },
    evaluation: { ...REINFORCE_DEFAULTS.evaluation, every, problems: validation },
  };
}

const shareOption = numberWithin({ min: 0, max: 1, whole: false });
const weightOption = numberWithin({ min: 0, max: 100, whole: false });

command("rl", "has a policy learn from paths of its own, rewarded by tests and step by step")
  .requiredOption("--from <checkpoint>", "the policy: tiny, or a folder, zip or file of a checkpoint")
  .requiredOption("--out <folder>", "where the model goes; what is there of the run already is gone on with")
  .option("--scorer <checkpoint>", "a process reward model; without one, the outcome is all the reward")
  .option("--test-generator <checkpoint>", "who writes generated tests (default: the policy)")
  .addOption(new Option("--method <name>", "how it learns").choices(Object.keys(METHODS)).default("policy-gradient"))
  .addOption(tierOption(REINFORCE_DEFAULTS.tier))
  .option(
    "--problems <number>",
    "training problems of a step",
    numberWithin({ min: 1, max: 1_000, whole: true }),
    REINFORCE_DEFAULTS.problems,
  )
  .option(
    "--samples <number>",
    "paths of each",
    numberWithin({ min: 2, max: 1_000, whole: true }),
    REINFORCE_DEFAULTS.samples,
  )
  .option("--tokens <number>", "tokens of the whole run, sampled and read", numberWithin(TOKENS), 4_000_000)
  .option(
    "--learning-rate <number>",
    "its peak (default: 1e-4, of dpo 3e-5)",
    numberWithin({ min: 0, max: 1, exclusive: true, whole: false }),
  )
  .option("--alpha <share>", "weight of the outcome beside the process", shareOption, REINFORCE_DEFAULTS.alpha.from)
  .option("--alpha-to <share>", "its weight at the end", shareOption)
  .addOption(
    new Option("--alpha-schedule <name>", "how it gets there")
      .choices(ALPHA_SCHEDULES)
      .default(REINFORCE_DEFAULTS.alpha.kind),
  )
  .option(
    "--gamma <number>",
    "of the process: a later step counts less",
    numberWithin({ min: 0, max: 1, exclusive: true, whole: false }),
    REINFORCE_DEFAULTS.gamma,
  )
  .addOption(
    new Option("--tests <whose>", "whose tests decide the outcome")
      .choices(["own", "generated"])
      .default(REINFORCE_DEFAULTS.tests),
  )
  .option("--epochs <number>", "policy-gradient: updates by one batch", numberWithin({ min: 1, max: 16, whole: true }))
  .option("--kl-weight <number>", "policy-gradient: of the divergence from the beginning", weightOption)
  .option(
    "--beta <number>",
    "dpo: the smaller, the farther a batch moves it",
    numberWithin({ min: 0, max: 100, exclusive: true, whole: false }),
  )
  .option("--nll-weight <number>", "dpo: of the chosen answer's likelihood", weightOption)
  .option(
    "--evaluate-every <number>",
    "steps between looks at validation problems",
    numberWithin({ min: 1, max: 10_000, whole: true }),
    REINFORCE_DEFAULTS.evaluation.every,
  )
  .option(
    "--validation <number>",
    "how many of those",
    numberWithin({ min: 1, max: 10_000, whole: true }),
    REINFORCE_DEFAULTS.evaluation.problems,
  )
  .option("--fresh", "begin anew instead of going on")
  .addOption(seedOption())
  .addOption(backendOption())
  .action(async (given: ReinforceGiven) => {
    const { json, from, scorer, testGenerator, out, fresh = false, backend } = given;
    const { openReinforcement } = await import("../reinforce");
    const paths = [from, scorer, testGenerator].flatMap((path) => (path === undefined || path === "tiny" ? [] : path));
    const { request, options } = await withCheckpoints({ model: "tiny" }, paths.length === 0 ? undefined : paths);
    const spec = reinforceSpec(given);
    const run = await openReinforcement(out, spec, request.model, fresh, log);
    const asked = { spec, model: request.model, backend, part: run.part };
    const end = await ask("reinforce", asked, { ...options, onOutcome: run.add });
    print(await run.finish(end, commandLine(program.args)), json);
  });
