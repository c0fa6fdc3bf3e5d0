import { type Array as JaxArray, numpy as np } from "@jax-js/jax";
import type { Params } from "../../model/network/parameters";
import { VALUE_BIAS, VALUE_WEIGHT } from "../../model/network/value-head";
import { named } from "../optimizer";
import type { NetworkOutput } from "./objective";

/** The value head's logit [M] at every place: how good the path is up to there. */
export function stepLogits(output: NetworkOutput, heads: Params): JaxArray {
  const logits = np.matmul(output.hidden(), named(heads, VALUE_WEIGHT).ref.transpose([1, 0]));
  return logits.add(named(heads, VALUE_BIAS).ref).reshape([-1]);
}
