import type { PolicyLearner } from "../../ports/policy-learner";
import { createPolicyLearner, type PolicyLearnerMaterial } from "../../training/policy-learner";
import { MOST_PATH_TOKENS } from "./rollouts";
import type { ReinforceSpec } from "./spec";

/**
 * The learner of a run, at its beginning or where `material.part` was.
 * @param model what the run begins with, as `formatModelRef` writes it: policy, scorer and test-case generator, for the record.
 * @throws LabError as `createPolicyLearner`.
 */
export function createReinforceLearner(
  spec: ReinforceSpec,
  model: string,
  material: PolicyLearnerMaterial,
): Promise<PolicyLearner> {
  const { method, problems, samples, peakLearningRate, seed } = spec;
  const divisor = problems * samples * MOST_PATH_TOKENS;
  const objective = method.name === "dpo" ? method : { ...method, divisor };
  const epochs = method.name === "dpo" ? 1 : method.epochs;
  return createPolicyLearner(
    { objective, peakLearningRate, epochs, seed, settings: { ...spec, start: model } },
    material,
  );
}
