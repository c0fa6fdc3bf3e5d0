import { InvalidArgumentError, Option } from "commander";
import { LabError } from "../src/core/errors";
import { parseModelRef } from "../src/core/model";
import { TIERS } from "../src/core/problem";
import { FORMATS } from "../src/datasets/formats/registry";
import { COMPARISON_STRATEGIES, type ComparisonStrategy } from "../src/experiment/compare/spec";
import { describeLimit, LIMITS, type Limit } from "../src/experiment/spec/limits";
import { STRATEGY_NAMES } from "../src/experiment/spec/spec";

/** A parser for an option that takes a number within a limit. */
export function numberWithin(limit: Limit): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    const fits =
      Number.isFinite(value) &&
      value >= limit.min &&
      value <= limit.max &&
      !(limit.exclusive && value === limit.min) &&
      (!limit.whole || Number.isInteger(value));
    if (!fits) throw new InvalidArgumentError(`It must be ${describeLimit(limit)}.`);
    return value;
  };
}

/** How many problems an evaluation may take. */
const PROBLEM_COUNT: Limit = { min: 1, max: 10_000, whole: true };

export const seedOption = () =>
  new Option("--seed <number>", "where all randomness starts").argParser(numberWithin(LIMITS.seed)).default(1);

export const backendOption = () =>
  new Option("--backend <name>", "what the model runs on; auto measures what is fastest, so not always the same")
    .choices(["auto", "simd", "simd-threads", "webgpu", "wasm", "wasm-threads"])
    .default("simd");

export const stopAtPassOption = () =>
  new Option("--stop-at-pass", "end a run at the first program that passes all tests it may see");

export const withoutReplacementOption = () =>
  new Option("--without-replacement", "draw nothing twice: no step among siblings, no path among samples");

export const splitOption = () =>
  new Option("--split <name>", "which of the generated problems").choices(["test", "validation"]).default("test");

export const simulationsOption = () =>
  new Option(
    "--simulations <number>",
    "simulations of mcts, samples of the other strategies (default: the strategy's own)",
  ).argParser(numberWithin(LIMITS.budget.numSimulations));

export const strategyOption = () =>
  new Option("--strategy <name>", "how to spend the budget (default: mcts)").choices(STRATEGY_NAMES);

export const tierOption = (fallback: string) =>
  new Option("--tier <name>", "how much the statement gives away").choices(["all", ...TIERS]).default(fallback);

export const countOption = (fallback: number) =>
  new Option("--n <number>", "how many problems").argParser(numberWithin(PROBLEM_COUNT)).default(fallback);

/** A model as `parseModelRef` reads it, or the sentence that says why it is none. */
function modelText(text: string): string {
  try {
    parseModelRef(text);
    return text;
  } catch (thrown) {
    throw new InvalidArgumentError(thrown instanceof LabError ? `${thrown.message} ${thrown.hint}` : String(thrown));
  }
}

const MODEL_HELP =
  "tiny, tiny@<id>+scorer@<id>+tests@<id>, webllm:<id> or openai:<base URL>#<model>; LAB_API_KEY holds an endpoint's key";

export const modelOption = () => new Option("--model <ref>", MODEL_HELP).argParser(modelText).default("tiny");

export const modelsOption = () =>
  new Option("--model <ref...>", `one or more of ${MODEL_HELP}`)
    .argParser((text, before: readonly string[] | undefined) => [...(before ?? []), modelText(text)])
    .default(undefined, "tiny");

/** What `compare` compares when nothing is said. */
export const COMPARISON_DEFAULTS = {
  strategies: ["vanilla", "sample", "best-of-n", "mcts-puct"] as readonly ComparisonStrategy[],
  budgetTokens: 4_000,
  limit: 20,
  freshSamples: 8,
};

const STRATEGIES_HELP = `one or more of ${COMPARISON_STRATEGIES.join(", ")} (default: ${COMPARISON_DEFAULTS.strategies.join(", ")})`;

export const comparisonStrategiesOption = () =>
  new Option("--strategy <name...>", STRATEGIES_HELP).argParser(
    (text, before: readonly ComparisonStrategy[] | undefined): readonly ComparisonStrategy[] => {
      const known = COMPARISON_STRATEGIES.find((name) => name === text);
      if (known === undefined) throw new InvalidArgumentError(`It must be one of ${COMPARISON_STRATEGIES.join(", ")}.`);
      return [...(before ?? []), known];
    },
  );

export const budgetOption = () =>
  new Option("--budget-tokens <number>", "sampled tokens a problem")
    .argParser(numberWithin(LIMITS.comparison.budgetTokens))
    .default(COMPARISON_DEFAULTS.budgetTokens);

export const freshSamplesOption = () =>
  new Option("--fresh-samples <number>", "for ASPR: fresh samples of the last step of each solved problem")
    .argParser(numberWithin(LIMITS.comparison.freshSamples))
    .default(COMPARISON_DEFAULTS.freshSamples);

export const limitOption = (fallback?: number) => {
  const option = new Option("--limit <number>", "problems at most").argParser(numberWithin(LIMITS.comparison.limit));
  return fallback === undefined ? option : option.default(fallback);
};

export const formatOption = () =>
  new Option("--format <name>", "what the rows are (default: told by their columns)").choices(
    FORMATS.map(({ name }) => name),
  );

/** What `lab train` can make. */
export function kindText(text: string): "policy" | "tcg" | "prm" {
  if (text === "policy" || text === "tcg" || text === "prm") return text;
  throw new InvalidArgumentError("It must be policy, tcg or prm.");
}

export const parallelOption = () =>
  new Option("--parallel <number>", "requests to an endpoint under way at once (default: 4)").argParser(
    numberWithin({ min: 1, max: 256, whole: true }),
  );

export const checkpointOption = () =>
  new Option("--checkpoint <path>", "tiny, or what lab train has written: a folder, zip or file").default("tiny");
