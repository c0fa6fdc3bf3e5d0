import { InvalidArgumentError } from "commander";
import { describeLimit, type Limit } from "../src/experiment/limits";

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
