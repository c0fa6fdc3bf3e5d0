import type { GoldStep } from "../core/data/gold";
import type { ReasoningTree } from "../core/data/reasoning";
import { makeGoldSet } from "../experiment/evaluate/gold-set";
import { measureScorer, type ScorerQuality } from "../experiment/evaluate/scorer-quality";
import { PRESETS } from "../experiment/spec/presets";
import { puzzleOf } from "../puzzles/generator";
import type { Model } from "../rpc/model";
import { createRunners } from "../sandbox/runners";
import type { JudgingPlace } from "./judging";

/** A step scorer to measure; a model without one has what it would have to beat measured. */
export interface EvalScorerRequest {
  /** Trees of problems that the scorer has not seen. */
  readonly trees: readonly ReasoningTree[];
  /** Empty for none. */
  readonly gold: readonly GoldStep[];
  readonly seed: number;
}

/** What it is worth. */
export interface EvalScorerReport extends ScorerQuality {
  readonly seed: number;
  /** As `formatModelRef` writes it. */
  readonly model: string;
  readonly backend: string;
  readonly wallMs: number;
}

/** How often progress is told, in trees. */
const TELL_EVERY = 10;

/** Measures a model's step scorer. @throws LabError `model/*`. */
export async function evalScorer(
  model: Model,
  { trees, gold, seed }: EvalScorerRequest,
  say: (line: string) => void,
): Promise<EvalScorerReport> {
  const begun = performance.now();
  if (!model.scorer) say("The model has no step scorer: only what it would have to beat is measured.");
  const measuring = measureScorer({ scorer: model.scorer ?? null, trees, gold, seed });
  let next = await measuring.next();
  for (; !next.done; next = await measuring.next()) {
    if (next.value % TELL_EVERY === 0 || next.value === trees.length) say(`${next.value} of ${trees.length} trees`);
  }
  const { id, backend } = model.info;
  return { ...next.value, seed, model: id, backend, wallMs: performance.now() - begun };
}

/** A gold set to make. */
export interface GoldRequest {
  readonly trees: readonly ReasoningTree[];
  readonly steps: number;
  readonly rollouts: number;
  readonly seed: number;
}

/** Finishes the paths of steps often, with the sampling of the tree search. @throws LabError as `makeGoldSet`. */
export async function goldSet(model: Model, place: JudgingPlace, request: GoldRequest): Promise<readonly GoldStep[]> {
  const runner = createRunners(place.sandbox, { baseUrl: place.baseUrl });
  try {
    const steps: GoldStep[] = [];
    const ports = { policy: model, runner };
    const { sampling } = PRESETS["mcts-tiny"];
    const ownTests = (id: string) => puzzleOf(id)?.hiddenTests ?? null;
    for await (const step of makeGoldSet({ ...request, ports, sampling, ownTests })) {
      steps.push(step);
      place.say(`${steps.length} of ${request.steps}: ${step.problem.id}, ${step.passes} of ${step.rollouts} pass`);
    }
    return steps;
  } finally {
    runner.close();
  }
}
