import type { Completion, SampleRequest } from "../protocol/protocol";
import type { NodeId } from "../run/events";
import type { Step } from "../step";
import type { TestVerdict } from "../verdict";
import type { DrawPurpose } from "./draw";

/** Draw from the policy: next steps of `node` (expand), the rest of its path (playout), or code at once. */
export interface SampleWork {
  readonly kind: "sample";
  readonly id: number;
  readonly node: NodeId;
  readonly purpose: DrawPurpose;
  /** One for each prompt; where siblings are asked for the same, a single one. */
  readonly requests: readonly SampleRequest[];
}

/** How many completions are to be drawn. */
export function countOf({ requests }: SampleWork): number {
  return requests.reduce((sum, { count }) => sum + count, 0);
}

/** Judge the program of a code node on the tests the search may use. */
export interface JudgeWork {
  readonly kind: "judge";
  readonly id: number;
  readonly node: NodeId;
  readonly code: string;
}

/** Ask the step scorer for the value of a node, whose path is `steps`. */
export interface ScoreWork {
  readonly kind: "score";
  readonly id: number;
  readonly node: NodeId;
  readonly steps: readonly Step[];
}

/** Something a search wants done; ids count up from 0 in the order of asking. */
export type Work = SampleWork | JudgeWork | ScoreWork;

/** What came of a piece of work of the same kind. */
export type WorkResult =
  | {
      readonly kind: "sample";
      /** Of all requests, in their order; as many as were asked for; drawing without replacement, fewer when nothing is left. */
      readonly completions: readonly Completion[];
    }
  | {
      readonly kind: "judge";
      /** On every test the search may use, in order. */
      readonly verdicts: readonly TestVerdict[];
    }
  | {
      readonly kind: "score";
      /** In [0, 1]. */
      readonly value: number;
    };
