import type { LabDependencies, LabState } from "../lab-state";
import { momentOf } from "./moment";

interface ReplayControls extends Pick<LabDependencies, "nextFrame"> {
  readonly set: (change: Partial<LabState>) => void;
  readonly get: () => LabState;
}

/**
 * Lets the shown moment run on by the run's own clock, `speed` times as fast, until the end, a seek, a pause, or another run.
 */
export function playLog({ set, get, nextFrame }: ReplayControls): void {
  const { runId } = get();
  let ms = get().elapsedMs;
  let before: number | undefined;
  const tick = (now: number) => {
    const { isPlaying, log, position, speed } = get();
    if (!isPlaying || get().runId !== runId) return;
    ms += (now - (before ?? now)) * speed;
    before = now;
    const next = Math.max(position, log.positionAt(ms));
    if (next !== position) set(momentOf(log, next));
    if (next >= log.length) set({ isPlaying: false });
    else nextFrame(tick);
  };
  nextFrame(tick);
}
