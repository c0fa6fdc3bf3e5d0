import type { AnswerRule, SearchConfig } from "../config";
import type { ModelInfo } from "../model";
import type { Problem, TestCase } from "../problem";
import type { TokenSample } from "../protocol/protocol";
import type { AnyStep, DeadEndReason } from "../step";
import type { TestVerdict } from "../verdict";

/** Identifies a node of one run: 0 is the root, others count up in the order they were added. */
export type NodeId = number;

/** Which tests the search itself may use: visible and generated ones, or (data synthesis) the training problem's own too. */
export type RunMode = "inference" | "synthesis";

/** The observed reward of a program, and its parts, which the trees of other systems may lack. Theirs may lie outside [0, 1]. */
export interface Reward {
  /** a * compile + (1 - a) * pass (O1-CODER, section 3.2.2), in [0, 1]. */
  readonly reward: number;
  /** 1 when the program parses and defines the entry point, else 0. */
  readonly compile?: number;
  /** Share of the tests the search may use that passed. */
  readonly pass?: number;
}

/** The program a run answers with. */
export interface Answer {
  readonly nodeId: NodeId;
  readonly code: string;
}

/** A rule by which an answer is chosen anew after the search. */
export type SecondLook = Exclude<AnswerRule, "tests">;

/** A program that the search could not tell from others. */
export interface Finalist extends Answer {
  readonly verdicts: readonly TestVerdict[];
  /** Tests that speak for it, or the step scorer's estimate; at least 0. */
  readonly support: number;
}

/** Why a run ended. */
export type EndReason =
  | "budget"
  /** A program passed all given tests, and the budget ends there (`stopAtPass`). */
  | "passed"
  /** Nothing new is left to try. */
  | "exhausted"
  | "stopped"
  | "error";

/**
 * What a search does, one fact each. The log of these is the run: the live tree, the scrubber, saved runs and shared
 * links are folds over it (see fold.ts). Events carry no clock; the driver stamps them (`TimedEvent`).
 */
export type RunEvent =
  | {
      readonly type: "started";
      readonly problem: Problem;
      /** Null when it is not known: another system made the tree. */
      readonly config: SearchConfig | null;
      readonly seed: number;
      readonly mode: RunMode;
      /** Null when it is not known. */
      readonly model: ModelInfo | null;
    }
  | {
      /**
       * Requests were answered, those of a round or those for tests: tokens of their prompts, and how many of those were not
       * in a cache already.
       */
      readonly type: "prompted";
      readonly promptTokens: number;
      readonly prefilledTokens: number;
      /** Of those prefilled, the step scorer's; absent for none. */
      readonly scorerTokens?: number;
    }
  | { readonly type: "testsGenerated"; readonly tests: readonly TestCase[]; readonly tokens: number }
  | {
      /** A simulation went down the tree along `path`, root first (select). Comes again when it goes on after an expansion. */
      readonly type: "selected";
      /** Counts from 0. */
      readonly simulation: number;
      readonly path: readonly NodeId[];
    }
  | {
      /** A new node (expand or playout). The root has no parent and no step. */
      readonly type: "nodeAdded";
      readonly id: NodeId;
      readonly parent: NodeId | null;
      readonly step: AnyStep | null;
      /** Sampled tokens of this step. */
      readonly tokens: number;
      /** Sum of the raw log-probabilities of the step's tokens (temperature 1), at most 0; null when it is not known. */
      readonly logProb: number | null;
      /** Over how many of its tokens that was told, the mean of which counts for the others; not said when it is all. */
      readonly toldTokens?: number;
      /** Whether expansion drew it as a sibling, or a playout passed through it. */
      readonly origin: "expansion" | "playout" | "root";
      /** The step's tokens as they were sampled, where the run was asked to keep them. */
      readonly sample?: TokenSample;
      /** Set when the completion could not become a step: the node is terminal with reward 0. `step.text` then holds the raw text. */
      readonly deadEnd?: DeadEndReason;
    }
  | {
      /** An identical sibling was drawn again: no new node, its count goes up by one. */
      readonly type: "nodeMerged";
      readonly id: NodeId;
      readonly tokens: number;
      /** Where steps are drawn without replacement: the tokens, if the same text was said in others before. */
      readonly sample?: TokenSample;
    }
  | {
      /** Drawing without replacement, nothing is left that the policy could say after this node. */
      readonly type: "exhausted";
      readonly id: NodeId;
    }
  | {
      /** A program was judged on the tests the search may use. */
      readonly type: "evaluated";
      readonly id: NodeId;
      readonly reward: Reward;
      readonly verdicts: readonly TestVerdict[];
    }
  | {
      /** The step scorer's estimate of a node, in [0, 1]. */
      readonly type: "scored";
      readonly id: NodeId;
      readonly value: number;
    }
  | {
      /** One simulation's value was added to every node of `path` (root first). */
      readonly type: "backedUp";
      readonly simulation: number;
      readonly path: readonly NodeId[];
      /** In [0, 1] where a search here made it. */
      readonly value: number;
    }
  | { readonly type: "ended"; readonly reason: EndReason; readonly answer: Answer | null; readonly message?: string }
  | {
      /**
       * After the end only: the run looked again at the programs its search could not tell apart, and chose the answer anew
       * (`SearchConfig.answer`).
       */
      readonly type: "finalistsCompared";
      readonly by: SecondLook;
      /** Written for this by the test-case generator; none by the step scorer. */
      readonly tests: readonly TestCase[];
      /** Sampled tokens of those tests. */
      readonly tokens: number;
      /** Each with its verdicts on those tests, and with what speaks for it; larger is better. The answer first. */
      readonly finalists: readonly Finalist[];
    }
  | {
      /** After the end only: the hidden tests, and the answer's verdicts on them (none when there is no answer). */
      readonly type: "hiddenJudged";
      readonly solved: boolean;
      readonly tests: readonly TestCase[];
      readonly verdicts: readonly TestVerdict[];
    };

/** An event and when it happened, in milliseconds since the run started (pauses not counted). */
export interface TimedEvent {
  readonly at: number;
  readonly event: RunEvent;
}

/** What the model has been given and has written up to now; part of the fold. */
export interface TokenCount {
  /** Sampled tokens, those of generated tests included. */
  readonly sampled: number;
  /** Prompt tokens of all requests, and how many of them really had to be prefilled. */
  readonly prompt: number;
  readonly prefilled: number;
  /** Of the prefilled ones, those that the step scorer read. */
  readonly scorer: number;
}
