import { LabError } from "../core/errors";
import { ENTRY_POINT } from "../puzzles/solution";

/**
 * What keeps the tiny model from solving a problem whose function has this name; null when nothing does.
 * It was trained on this one name, so under another none of its programs can pass a test.
 */
export function entryPointFault(entryPoint: string): LabError | null {
  if (entryPoint === ENTRY_POINT) return null;
  return new LabError(
    "input/entry-point",
    `The tiny model always names its function ${ENTRY_POINT}, but this problem calls "${entryPoint}".`,
    `Name the function ${ENTRY_POINT}.`,
  );
}
