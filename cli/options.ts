import { InvalidArgumentError, Option } from "commander";
import { describeLimit, LIMITS, type Limit } from "../src/experiment/limits";

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
    .choices(["auto", "webgpu", "wasm-threads", "wasm"])
    .default("wasm");

export const simulationsOption = () =>
  new Option(
    "--simulations <number>",
    "simulations of mcts, samples of the other strategies (default: the strategy's own)",
  ).argParser(numberWithin(LIMITS.budget.numSimulations));

export const strategyOption = (fallback: string) =>
  new Option("--strategy <name>", "how to spend the budget")
    .choices(["greedy", "vanilla", "sample", "best-of-n", "mcts"])
    .default(fallback);

export const tierOption = (fallback: string) =>
  new Option("--tier <name>", "how much the statement gives away")
    .choices(["all", "described", "hinted", "examples"])
    .default(fallback);

export const countOption = (fallback: number) =>
  new Option("--n <number>", "how many problems").argParser(numberWithin(PROBLEM_COUNT)).default(fallback);
