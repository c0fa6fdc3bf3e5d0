import type { RunLog } from "../../runs/log";
import type { LabState } from "../lab-state";

/** The part of the state that belongs to one moment of a run: after the first `position` events of its log. */
export function momentOf(log: RunLog, position: number): Pick<LabState, "position" | "state" | "elapsedMs"> {
  const shown = Math.min(log.length, Math.max(0, position));
  return { position: shown, state: log.stateAt(shown), elapsedMs: log.timeAt(shown) };
}
