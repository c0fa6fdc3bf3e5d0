import type { StrategyName } from "../../config";
import type { Strategy } from "../search";
import { mcts } from "../simulation";
import { beam } from "./beam";
import { bestFirst } from "./best-first";
import { bestOfN, majority, sample, vanilla } from "./sampling";

/** The strategies by the name a configuration gives them. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  // One path, drawn at temperature 0.
  greedy: sample,
  vanilla,
  sample,
  "best-of-n": bestOfN,
  majority,
  beam,
  "best-first": bestFirst,
  mcts,
};
