import { TIERS, type Tier } from "../core/problem";
import { type BreakEvenRow, measureBreakEven } from "../experiment/evaluate/break-even";
import type { Model } from "../rpc/model";
import { createRunners } from "../sandbox/runners";
import type { JudgingPlace } from "./judging";

/** How good a value of steps must be: what to measure. */
export interface BreakEvenGiven {
  readonly split: "validation" | "test";
  readonly tier: Tier | "all";
  /** Problems of each tier. */
  readonly n: number;
  readonly budgetTokens: number;
  /** See `createNoisyScorer`. */
  readonly noises: readonly number[];
  readonly seed: number;
}

/** What came of it. */
export interface BreakEvenReport extends Omit<BreakEvenGiven, "noises"> {
  readonly rows: readonly BreakEvenRow[];
  /** As `formatModelRef` writes it. */
  readonly model: string;
  readonly backend: string;
  readonly wallMs: number;
}

/** Measures the break-even of a policy. @throws LabError `model/*`, `sandbox/*`. */
export async function breakEven(model: Model, place: JudgingPlace, given: BreakEvenGiven): Promise<BreakEvenReport> {
  const { split, tier, n, budgetTokens, noises, seed } = given;
  const begun = performance.now();
  const runner = createRunners(place.sandbox, { baseUrl: place.baseUrl });
  try {
    const rows: BreakEvenRow[] = [];
    const tiers = tier === "all" ? TIERS : [tier];
    const what = { split, tiers, n, budgetTokens, noises, seed };
    const measuring = measureBreakEven({ ...what, ports: { policy: model, runner }, now: () => performance.now() });
    for await (const row of measuring) {
      rows.push(row);
      place.say(sentenceOf(row));
    }
    const { id, backend } = model.info;
    const wallMs = performance.now() - begun;
    return { split, tier, n, budgetTokens, seed, rows, model: id, backend, wallMs };
  } finally {
    runner.close();
  }
}

function sentenceOf({ tier, strategy, noise, auc, solved, meanTokens, ratio }: BreakEvenRow): string {
  const value = noise === null ? "" : `, AUC ${auc?.value.toFixed(3) ?? "unknown"} (noise ${noise})`;
  const share = `${(100 * ratio.value).toFixed(0)} % of best of n's`;
  return `${tier}, ${strategy}${value}: ${(100 * solved.value).toFixed(1)} % solved, ${Math.round(meanTokens)} tokens, ${share}`;
}
