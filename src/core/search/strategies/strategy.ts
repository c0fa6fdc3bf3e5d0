import type { SearchConfig } from "../../config";
import type { Completion } from "../../protocol/protocol";
import type { Answer } from "../../run/events";
import type { Flight, SearchState } from "../state";
import type { Turn } from "../turn";
import type { SampleWork, ScoreWork } from "../work";

/** A way to spend a budget: what one simulation does, and which program the run answers with. */
export interface Strategy {
  /** Whether it chooses among several programs by running them, so that generated tests are worth their tokens. */
  readonly chooses: boolean;
  /** Simulations of the whole run. */
  simulations(config: SearchConfig): number;
  /** Simulations under way at once. */
  width(config: SearchConfig): number;
  /** Whether another simulation can begin now (`busy`: when others are back; `closed`: never). */
  readiness(turn: Turn): "ready" | "busy" | "closed";
  /** Takes up a flight that waits for nothing: a new one, or one that found its way busy. */
  move(turn: Turn, flight: Flight): void;
  /** Takes in what the policy drew. */
  absorb(turn: Turn, flight: Flight, work: SampleWork, completions: readonly Completion[]): void;
  /** Takes in what the step scorer thinks of a node, in [0, 1]. */
  absorbScore(turn: Turn, flight: Flight, work: ScoreWork, value: number): void;
  answer(state: SearchState): Answer | null;
}
