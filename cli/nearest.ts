import { editDistance } from "../src/core/edit-distance";

/** The up to three `names` that a person may have meant by `typed`, nearest first; names that contain it count as near. */
export function nearest(typed: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(2, Math.ceil(typed.length / 3));
  return names
    .map((name) => ({ name, distance: typed && name.includes(typed) ? 1 : editDistance(typed, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((x, y) => x.distance - y.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}
