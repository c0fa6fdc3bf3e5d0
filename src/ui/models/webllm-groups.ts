import type { CatalogModel } from "../../ports/model-catalog";

/** Which models are listed. */
export type ModelFilter = "code" | "all" | "cached";

/** Models under a heading. */
export interface ModelGroup {
  /** Why they cannot run here; null for those that can. */
  readonly fault: CatalogModel["fault"];
  readonly models: readonly CatalogModel[];
}

/**
 * The models that pass the filter and whose name holds every word of the search, in the catalog's order: those that can run, then
 * those that cannot, gathered by what is in their way.
 */
export function groupModels(
  models: readonly CatalogModel[],
  filter: ModelFilter,
  search: string,
): readonly ModelGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const found = models.filter((model) => passes(model, filter) && words.every((word) => textOf(model).includes(word)));
  const groups = new Map<string, { fault: CatalogModel["fault"]; models: CatalogModel[] }>();
  for (const model of found) {
    const key = model.fault?.message ?? "";
    const group = groups.get(key) ?? { fault: model.fault, models: [] };
    group.models.push(model);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => Number(a.fault !== null) - Number(b.fault !== null));
}

function passes({ isCode, isCustom, cachedBytes }: CatalogModel, filter: ModelFilter): boolean {
  if (filter === "code") return isCode || isCustom;
  return filter === "all" || cachedBytes !== null;
}

function textOf({ ref, name, quantization }: CatalogModel): string {
  return `${ref} ${name} ${quantization}`.toLowerCase();
}
