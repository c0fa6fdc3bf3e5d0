import type { Step } from "../core/step";
import { type Chain, trace } from "./chain";
import { consistentFillings } from "./fillings";
import type { Puzzle } from "./generator";
import { readRefine, renderDefine } from "./reasoning";
import type { Hint } from "./statement";

/**
 * Tells exactly whether a path of reasoning is right so far. The chains that fit the statement and pass every test are
 * enumerated; a path is right when its operations turn the inputs of all tests into the lists of one of those chains after
 * some of its operations. What its steps work out by hand does not count, because the program does not depend on it. A define is
 * right when such a chain has that structure; a program is judged by its tests, and here by the operations before it.
 */
export function createValidity({ problem, hiddenTests, chain, hints }: Puzzle): (steps: readonly Step[]) => boolean {
  const inputs = [...problem.visibleTests, ...hiddenTests].map(({ input }) => input[0] as readonly number[]);
  const everything = chain.map((_, index): Hint => ({ index, hides: "operation" }));
  const right = consistentFillings(chain, problem.tier === "examples" ? everything : hints, inputs);
  const defines = new Set(right.map(renderDefine));
  const states = new Set(right.flatMap((each) => statesOf(each, inputs)));
  return (steps) => {
    const [first] = steps;
    if (first?.kind === "define" && steps.length === 1) return defines.has(first.text);
    const operations = steps.filter(({ kind }) => kind === "refine").map(({ text }) => readRefine(text));
    const named = operations.filter((operation) => operation !== null);
    return named.length === operations.length && states.has(statesOf(named, inputs).at(-1) ?? "");
  };
}

/** The lists that a chain makes of the inputs after none, one, two, ... of its operations, as texts. */
function statesOf(chain: Chain, inputs: readonly (readonly number[])[]): readonly string[] {
  const traces = inputs.map((input) => trace(chain, input));
  return Array.from({ length: chain.length + 1 }, (_, i) => JSON.stringify(traces.map((lists) => lists[i])));
}
