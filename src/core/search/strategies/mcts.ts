import { isTerminal, nodeAt, stepsTo } from "../../run/tree";
import { bestAnswer } from "../answer";
import { absorbRest, absorbScore, settle, tip } from "../evaluate";
import { absorbExpansion } from "../expand";
import { descend, goOn, surroundings } from "../select";
import type { Strategy } from "./strategy";

/**
 * Simulations in a row that bring neither a new node nor a new verdict after which a search counts as exhausted. Only
 * reached with progressive widening and a policy that draws the same steps again and again.
 */
export const IDLE_LIMIT = 32;

/**
 * Monte Carlo tree search (O1-CODER, section 3.2; reference repository, src/mcts). One simulation: select down through fully
 * drawn nodes to the first that may still draw; expand it with the draws it lacks; go to an unvisited child at random; play
 * out to a program, whose steps stay in the tree; judge it; back the reward up along the whole path.
 *
 * A judged program is not gone to while a sibling can still bring something new. With progressive widening, visiting it
 * once more raises N, so that its ancestors may draw again; without, a part of the tree that is used up is closed, and when
 * all of it is, the search ends as exhausted.
 */
export const mcts: Strategy = {
  chooses: true,
  simulations: ({ budget }) => budget.numSimulations,
  width: ({ tree }) => tree.parallelSimulations,
  readiness: (turn) => (turn.state.idle >= IDLE_LIMIT ? "closed" : surroundings(turn, null).at(0)),
  move: (turn, flight) => (isTerminal(nodeAt(turn.run, tip(flight))) ? settle(turn, flight) : descend(turn, flight)),
  absorb: (turn, flight, work, completions) => {
    if (work.purpose === "expand") {
      goOn(turn, absorbExpansion(turn, flight, completions));
      return;
    }
    const prefix = stepsTo(turn.run, work.node);
    for (const completion of completions) absorbRest(turn, flight, turn.protocol.parsePath(completion, prefix));
  },
  absorbScore,
  answer: ({ run }) => bestAnswer(run),
};
