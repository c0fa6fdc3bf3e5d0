import type { Answer } from "../../run/events";
import { isTerminal, nodeAt, type RunState } from "../../run/tree";
import { answerAt, bestAnswer, commonestAnswer } from "../answer";
import type { Strategy } from "../search";
import { drawRest, evaluate, takeRest, takeScore, takeVerdicts } from "../simulation";
import { leafOf } from "../state";

/**
 * Samples under way at once: they are independent, so only the size of a batch bounds them. One where each depends on those
 * before it: drawn without replacement, or not drawn at all after a pass.
 */
const BATCH = 16;

/** How a run of samples answers: with the one program its rule picks of all that were judged. */
interface Rule {
  readonly chooses: boolean;
  readonly answer: (run: RunState) => Answer | null;
}

/** Pass@1 is about one sample, so a run that does not choose answers with its first, however many it has. */
const FIRST: Rule = { chooses: false, answer: (run) => answerAt(run, run.firstLeaf) };

const BEST: Rule = { chooses: true, answer: bestAnswer };

const COMMONEST: Rule = { chooses: true, answer: commonestAnswer };

/**
 * Independent samples from the root; equal prefixes share their nodes. Each sample is a request of its own with its own seed,
 * so that the first of 64 samples is the sample a run of 1 would draw.
 */
function sampling(purpose: "playout" | "code", { chooses, answer }: Rule): Strategy {
  return {
    chooses,
    width: ({ budget, sampling }) => (budget.stopAtPass || sampling.withoutReplacement ? 1 : BATCH),
    readiness: ({ tree }) => (nodeAt(tree, 0).isExhausted ? "closed" : "ready"),
    move: (search, simulation) => {
      if (isTerminal(nodeAt(search.tree, leafOf(simulation)))) evaluate(search, simulation);
      else drawRest(search, simulation, purpose, "path");
    },
    takeDraws: (search, simulation, _, completions) => takeRest(search, simulation, purpose, completions),
    takeVerdicts,
    takeScore,
    answer,
  };
}

/** Code at once, without pseudocode: the paper's vanilla baseline (Table 1). */
export const vanilla: Strategy = sampling("code", FIRST);

/** Whole paths with pseudocode. */
export const sample: Strategy = sampling("playout", FIRST);

/** The best of several paths, by the rule the tree search uses. */
export const bestOfN: Strategy = sampling("playout", BEST);

/**
 * The program that behaves like most of several: self-consistency (Wang et al. 2022, arXiv 2203.11171) for programs,
 * where what counts as the same answer is the same results (MBR-EXEC; Shi et al. 2022, arXiv 2204.11454).
 */
export const majority: Strategy = sampling("playout", COMMONEST);
