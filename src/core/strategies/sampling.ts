import type { Completion } from "../completion";
import { stepsTo } from "../replay";
import { answerAt, bestAnswer } from "../search/answer";
import { absorbRest, requestRest, settle, tip } from "../search/evaluate";
import type { Flight } from "../search/state";
import type { Turn } from "../search/turn";
import type { Strategy } from "./strategy";

/** Samples under way at once: they are independent, so only the size of a batch bounds them. */
const BATCH = 16;

/**
 * Independent samples from the root; equal prefixes share their nodes. Each sample is a request of its own with its own seed,
 * so that the first of 64 samples is the sample a run of 1 would draw.
 */
function sampling(purpose: "playout" | "code", chooses: boolean): Strategy {
  return {
    chooses,
    simulations: ({ budget }) => budget.numSimulations,
    width: () => BATCH,
    readiness: () => "ready",
    move: (turn, flight) => (flight.path.length === 1 ? requestRest(turn, flight, purpose) : settle(turn, flight)),
    absorb: (turn, flight, _, completions) => absorbSample(turn, flight, purpose, completions),
    // Pass@1 is about one sample, so a run that does not choose answers with its first, however many it has.
    answer: ({ run }) => (chooses ? bestAnswer(run) : answerAt(run, run.firstLeaf)),
  };
}

function absorbSample(
  turn: Turn,
  flight: Flight,
  purpose: "playout" | "code",
  completions: readonly Completion[],
): void {
  const { protocol, run } = turn;
  const [completion] = completions;
  if (!completion) return;
  const prefix = stepsTo(run, tip(flight));
  absorbRest(
    turn,
    flight,
    purpose === "code" ? [protocol.parseCode(completion)] : protocol.parsePath(completion, prefix),
  );
}

/** Code at once, without pseudocode: the paper's vanilla baseline (Table 1). */
export const vanilla: Strategy = sampling("code", false);

/** Whole paths with pseudocode. */
export const sample: Strategy = sampling("playout", false);

/** The best of several paths, by the rule the tree search uses. */
export const bestOfN: Strategy = sampling("playout", true);

/** One path at temperature 0. */
export const greedy: Strategy = { ...sample, simulations: () => 1 };
