/** The head of a process reward model: value = sigmoid(weight . hidden + bias), at the last token of a step. */
import type { ModelConfig } from "./config";
import type { HeadShapes } from "./parameters";

export const VALUE_WEIGHT = "heads.value.weight";
export const VALUE_BIAS = "heads.value.bias";

/** Its tensors and their shapes. */
export function valueHead({ hidden_size }: Pick<ModelConfig, "hidden_size">): HeadShapes {
  return new Map([
    [VALUE_WEIGHT, [1, hidden_size]],
    [VALUE_BIAS, [1]],
  ]);
}
