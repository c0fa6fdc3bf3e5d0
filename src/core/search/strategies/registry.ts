import type { StrategyName } from "../../config";
import { beam } from "./beam";
import { mcts } from "./mcts";
import { bestOfN, greedy, majority, sample, vanilla } from "./sampling";
import type { Strategy } from "./strategy";

/** The strategies by the name a configuration gives them. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  greedy,
  vanilla,
  sample,
  "best-of-n": bestOfN,
  majority,
  beam,
  mcts,
};
