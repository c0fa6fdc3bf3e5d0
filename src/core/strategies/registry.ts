import type { StrategyName } from "../config";
import { mcts } from "./mcts";
import { bestOfN, greedy, sample, vanilla } from "./sampling";
import type { Strategy } from "./strategy";

/** The strategies by the name a configuration gives them. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  greedy,
  vanilla,
  sample,
  "best-of-n": bestOfN,
  mcts,
};
