import type { TreeSearchConfig } from "../config";

/**
 * How many next steps a node visited N times may have drawn in all: ceil(k * max(1, N)^widening) with k samples per expansion.
 * Progressive widening (Couetoux et al. 2011): a node that is visited often draws more, so that its
 * first samples do not bound what the search can find. 0 is the paper's fixed number of samples. Repeated draws of one step
 * count, because they cost as much.
 */
export function drawAllowance(
  visitCount: number,
  config: Pick<TreeSearchConfig, "samplesPerExpansion" | "widening">,
): number {
  // The tolerance keeps 4^0.5 * 3 = 6 from becoming 7 when a power is not exact.
  return Math.ceil(config.samplesPerExpansion * Math.max(1, visitCount) ** config.widening - 1e-9);
}
