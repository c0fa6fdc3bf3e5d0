import { parseModelRef } from "../../core/model";
import {
  averageSamplingPassRate,
  type Difference,
  type Proportion,
  pairedDifference,
  passAt1,
  tokensPerSolved,
} from "../../core/stats";
import { type ComparisonCell, type ComparisonOutcome, comparisonCells, isDone } from "./cells";
import { type SolveCurve, solveCurve } from "./curve";
import type { ComparisonSpec, ComparisonStrategy } from "./spec";

/** What one cell has come to. Figures are over the problems that are done. */
export interface ComparisonRow extends ComparisonCell {
  readonly done: number;
  /** Problems in all. */
  readonly total: number;
  /** Of those done, how many ended with an error; they count as unsolved. */
  readonly errors: number;
  readonly solved: number;
  /** Null while nothing is done. */
  readonly passAt1: Proportion | null;
  /** In [0, 1], over the problems that were solved and sampled anew; null when there are none. */
  readonly aspr: { readonly value: number; readonly problems: number } | null;
  /** Pass@1 minus that of the same model's vanilla row, over the problems both have done; null without such a row. */
  readonly gain: Difference | null;
  /** Sampled tokens, generated tests included; null while nothing is done, as all means. */
  readonly tokensPerProblem: number | null;
  /** Of all prompts, those for generated tests and for the step scorer included. */
  readonly promptTokensPerProblem: number | null;
  /** Tokens that the step scorer had to read; null where none was asked. */
  readonly scorerTokensPerProblem: number | null;
  /** Of the prompt tokens, the share in [0, 1] that was in a cache already; null when there were none. */
  readonly cachedShare: number | null;
  /** Of the whole cell's time, however many problems go on at once. */
  readonly secondsPerProblem: number | null;
  /**
   * These three: all that was spent, on unsolved problems too, by the number of solved ones; null when none is solved.
   */
  readonly tokensPerSolved: number | null;
  readonly secondsPerSolved: number | null;
  /** In the currency of the price; null without a price. */
  readonly costPerSolved: number | null;
  /** What would have been solved at smaller budgets; null where it is not known. */
  readonly curve: SolveCurve | null;
  /** The paper's own figures for a like model and strategy on MBPP, if there are any. */
  readonly paper: PaperRow | null;
}

/** A comparison's table, over whatever is done of it. */
export interface ComparisonTable {
  readonly rows: readonly ComparisonRow[];
  /** The paper's Table 1, for reference. */
  readonly paper: readonly PaperRow[];
}

/**
 * The table of a comparison: a row for each model and strategy, in the order of {@link comparisonCells}. Outcomes may be
 * there in part and come in any order. `total` is how many problems the set has, at most the specification's limit.
 */
export function comparisonTable(
  spec: ComparisonSpec,
  outcomes: readonly ComparisonOutcome[],
  total: number,
): ComparisonTable {
  const cells = comparisonCells(spec);
  const done = new Map(cells.map((cell) => [cell.id, newestDone(cell, outcomes)]));
  const vanillaOf = (model: string) =>
    cells.filter((cell) => cell.model === model && cell.strategy === "vanilla").map(({ id }) => done.get(id))[0];
  const rows = cells.map((cell): ComparisonRow => {
    const byProblem = done.get(cell.id) ?? new Map<string, ComparisonOutcome>();
    const own = [...byProblem.values()];
    return {
      ...cell,
      done: own.length,
      total,
      errors: own.filter(({ ended }) => ended === "error").length,
      solved: own.filter(({ solved }) => solved).length,
      passAt1: own.length === 0 ? null : passAt1(own.map(({ solved }) => solved)),
      aspr: asprOf(own),
      gain: cell.strategy === "vanilla" ? null : gainOf(byProblem, vanillaOf(cell.model)),
      ...spending(own, spec.price),
      curve: solveCurve(own),
      paper: paperRowFor(cell.model, cell.strategy),
    };
  });
  return { rows, paper: PAPER_TABLE_1 };
}

/** One outcome for each problem that is done, the newest of several. */
function newestDone(
  cell: ComparisonCell,
  outcomes: readonly ComparisonOutcome[],
): ReadonlyMap<string, ComparisonOutcome> {
  const own = outcomes.filter((outcome) => outcome.cell === cell.id && isDone(outcome));
  return new Map(own.map((outcome) => [outcome.id, outcome]));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function per(amount: number, count: number): number | null {
  return count === 0 ? null : amount / count;
}

function costOf(outcomes: readonly ComparisonOutcome[], price: NonNullable<ComparisonSpec["price"]>): number {
  const prompt = sum(outcomes.map(({ promptTokens }) => promptTokens));
  const completion = sum(outcomes.map(({ tokens }) => tokens));
  return (prompt * price.prompt + completion * price.completion) / 1_000_000;
}

/** What was spent on a cell's problems. */
function spending(outcomes: readonly ComparisonOutcome[], price: ComparisonSpec["price"]) {
  const solved = outcomes.filter((outcome) => outcome.solved).length;
  const count = outcomes.length;
  const seconds = sum(outcomes.map(({ elapsedMs }) => elapsedMs)) / 1000;
  const prompt = sum(outcomes.map(({ promptTokens }) => promptTokens));
  const cached = prompt - sum(outcomes.map(({ prefilledTokens }) => prefilledTokens));
  return {
    tokensPerProblem: per(sum(outcomes.map(({ tokens }) => tokens)), count),
    promptTokensPerProblem: per(prompt, count),
    scorerTokensPerProblem: outcomes.some(({ scorerTokens }) => scorerTokens !== undefined)
      ? per(sum(outcomes.map(({ scorerTokens = 0 }) => scorerTokens)), count)
      : null,
    cachedShare: per(cached, prompt),
    secondsPerProblem: per(seconds, count),
    tokensPerSolved: tokensPerSolved(outcomes),
    secondsPerSolved: per(seconds, solved),
    costPerSolved: price === null ? null : per(costOf(outcomes, price), solved),
  };
}

function asprOf(outcomes: readonly ComparisonOutcome[]): ComparisonRow["aspr"] {
  const shares = outcomes.map(({ freshPassShare }) => freshPassShare).filter((share) => share !== null);
  const value = averageSamplingPassRate(shares);
  return value === null ? null : { value, problems: shares.length };
}

function gainOf(
  own: ReadonlyMap<string, ComparisonOutcome>,
  vanilla: ReadonlyMap<string, ComparisonOutcome> | undefined,
): Difference | null {
  if (vanilla === undefined) return null;
  const pairs = [...own.values()].flatMap(({ id, solved }): readonly (readonly [boolean, boolean])[] => {
    const other = vanilla.get(id);
    return other === undefined ? [] : [[solved, other.solved]];
  });
  return pairs.length === 0 ? null : pairedDifference(pairs);
}

/** A column of the paper's Table 1. */
export interface PaperRow {
  readonly model: string;
  readonly kind: "vanilla" | "pseudocode";
  /** In [0, 1]. */
  readonly passAt1: number;
  /** In [0, 1]. */
  readonly aspr: number;
}

/** Where {@link PAPER_TABLE_1} comes from. */
export const PAPER_SOURCE = "O1-CODER (Zhang et al. 2024, arXiv 2412.00154), Table 1: MBPP";

/**
 * The paper's Table 1: pseudocode-based code generation on MBPP, without and with define, refine, code. Its text speaks
 * of a regular chain of thought where the table says vanilla; ours is code at once. The paper gives no intervals, no
 * token counts, and not the number of problems.
 */
export const PAPER_TABLE_1: readonly PaperRow[] = [
  { model: "Qwen2.5-1.5B", kind: "vanilla", passAt1: 0.558, aspr: 0.499 },
  { model: "Qwen2.5-1.5B", kind: "pseudocode", passAt1: 0.467, aspr: 0.545 },
  { model: "Qwen2.5-3B", kind: "vanilla", passAt1: 0.563, aspr: 0.52 },
  { model: "Qwen2.5-3B", kind: "pseudocode", passAt1: 0.513, aspr: 0.706 },
  { model: "Qwen2.5-7B", kind: "vanilla", passAt1: 0.598, aspr: 0.664 },
  { model: "Qwen2.5-7B", kind: "pseudocode", passAt1: 0.501, aspr: 0.781 },
  { model: "Qwen2.5-Coder-7B", kind: "vanilla", passAt1: 0.577, aspr: 0.493 },
  { model: "Qwen2.5-Coder-7B", kind: "pseudocode", passAt1: 0.582, aspr: 0.749 },
];

/** What the paper calls the model that a reference names: size and family count, quantisation and tuning do not. */
function paperModelOf(reference: string): string | null {
  const ref = parseModelRef(reference);
  if (ref.engine === "tiny") return null;
  const name = ref.engine === "webllm" ? ref.id : ref.model;
  const [, coder = "", size] = /qwen2\.5(-coder)?-(\d+(?:\.\d+)?b)\b/i.exec(name) ?? [];
  return size === undefined ? null : `Qwen2.5${coder === "" ? "" : "-Coder"}-${size.toUpperCase()}`;
}

/**
 * The paper's own figures for a like model: for code at once, and for one sample with pseudocode. Null for all else.
 */
export function paperRowFor(model: string, strategy: ComparisonStrategy): PaperRow | null {
  const kind = strategy === "vanilla" ? "vanilla" : strategy === "sample" ? "pseudocode" : null;
  const name = paperModelOf(model);
  return PAPER_TABLE_1.find((row) => row.model === name && row.kind === kind) ?? null;
}
