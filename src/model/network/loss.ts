import { type Array as JaxArray, lax, nn, numpy as np } from "@jax-js/jax";

/**
 * The mean negative log-likelihood of targets [M] (int32) under logits [M, V], weighted by weights [M] (float32, at least 0):
 * sum(w nll) / max(sum(w), 1e-6). A scalar. Through a one-hot product, because jax-js has no gradient for picking single elements.
 */
export function weightedCrossEntropy(logits: JaxArray, targets: JaxArray, weights: JaxArray): JaxArray {
  const [, vocabulary = 0] = logits.shape;
  const highest = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true }));
  const shifted = logits.sub(highest);
  const logTotal = np.log(np.sum(np.exp(shifted.ref), -1));
  const chosen = np.sum(shifted.mul(nn.oneHot(targets, vocabulary)), -1);
  const total = np.maximum(np.sum(weights.ref), 1e-6);
  return np.sum(logTotal.sub(chosen).mul(weights)).div(total);
}
