import type { CatalogModel } from "../../ports/model-catalog";

/** Which models are listed. */
export type ModelFilter = "code" | "all" | "cached";

/** Models under a heading. */
export interface ModelGroup {
  /** What keeps them all from running, as far as it is the same for all; null for those that can run. */
  readonly fault: { readonly code: string; readonly message: string; readonly hint: string } | null;
  readonly models: readonly CatalogModel[];
}

/**
 * The models that pass the filter and whose name holds every word of the search, in the catalog's order: those that can run, then
 * those that cannot, gathered by the kind of what is in their way.
 */
export function groupModels(
  models: readonly CatalogModel[],
  filter: ModelFilter,
  search: string,
): readonly ModelGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const found = models.filter((model) => passes(model, filter) && words.every((word) => textOf(model).includes(word)));
  const able = found.filter(({ fault }) => fault === null);
  const codes = new Set(found.flatMap(({ fault }) => (fault === null ? [] : [fault.code])));
  const unable = [...codes].map((code) => {
    const group = found.filter(({ fault }) => fault?.code === code);
    return { fault: { code, message: common(group, "message"), hint: common(group, "hint") }, models: group };
  });
  return able.length === 0 ? unable : [{ fault: null, models: able }, ...unable];
}

/** What the faults of all models say alike; empty when they differ. */
function common(models: readonly CatalogModel[], part: "message" | "hint"): string {
  const said = new Set(models.map(({ fault }) => fault?.[part] ?? ""));
  return said.size === 1 ? ([...said][0] ?? "") : "";
}

function passes({ isCode, isCustom, cachedBytes }: CatalogModel, filter: ModelFilter): boolean {
  if (filter === "code") return isCode || isCustom;
  return filter === "all" || cachedBytes !== null;
}

function textOf({ ref, name, quantization }: CatalogModel): string {
  return `${ref} ${name} ${quantization}`.toLowerCase();
}
