/** Where the parts of a lineage stand: what something comes from stands left of it, and lines cross as seldom as is cheap. */

/** Something that was made, and what it was made from. */
export interface LineagePart {
  readonly id: string;
  readonly parents: readonly string[];
}

/** Where a part stands: column and row, from 0. */
export interface LineagePlace {
  readonly column: number;
  readonly row: number;
}

/**
 * Places by id. Parents that are not among the parts, or that come back to a part itself, are left out. Parts of a column keep their
 * order where nothing else decides.
 */
export function placeLineage(parts: readonly LineagePart[]): ReadonlyMap<string, LineagePlace> {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const columns = new Map<string, number>();
  const columnOf = (id: string, below: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const inside = new Set(below).add(id);
    const parents = (byId.get(id)?.parents ?? []).filter((parent) => byId.has(parent) && !inside.has(parent));
    const column = Math.max(-1, ...parents.map((parent) => columnOf(parent, inside))) + 1;
    columns.set(id, column);
    return column;
  };
  for (const { id } of parts) columnOf(id, new Set());
  const places = new Map<string, LineagePlace>();
  for (let column = 0; places.size < byId.size; column++) {
    const inColumn = [...byId.values()].filter(({ id }) => columns.get(id) === column);
    const heights = new Map(inColumn.map((part, order) => [part.id, meanRow(part, places) ?? order]));
    const sorted = inColumn.toSorted((a, b) => (heights.get(a.id) ?? 0) - (heights.get(b.id) ?? 0));
    for (const [row, { id }] of sorted.entries()) places.set(id, { column, row });
  }
  return places;
}

/**
 * The parents of a part that it has not through another of its parents already: what a checkpoint began with is drawn once, if
 * its data come from there as well.
 */
export function directParents(part: LineagePart, parts: readonly LineagePart[]): readonly string[] {
  const byId = new Map(parts.map((each) => [each.id, each]));
  const above = (id: string, seen: Set<string>): Set<string> => {
    for (const parent of byId.get(id)?.parents ?? []) {
      if (!seen.has(parent)) above(parent, seen.add(parent));
    }
    return seen;
  };
  const known = part.parents.filter((parent) => byId.has(parent) && parent !== part.id);
  return known.filter((parent) => !known.some((other) => other !== parent && above(other, new Set()).has(parent)));
}

/** The mean row of what a part was made from. */
function meanRow({ parents }: LineagePart, places: ReadonlyMap<string, LineagePlace>): number | null {
  const rows = parents.flatMap((parent) => places.get(parent)?.row ?? []);
  return rows.length === 0 ? null : rows.reduce((sum, row) => sum + row, 0) / rows.length;
}
