import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { ComparisonState } from "../../store/compare/state";
import type { ComparisonStore } from "../../store/compare/store";

/** Hands the store of comparisons to the components of their screen. */
export const ComparisonContext = createContext<ComparisonStore | null>(null);

/** The store itself. @throws Error outside of the screen. */
export function useComparisonStore(): ComparisonStore {
  const store = useContext(ComparisonContext);
  if (store === null) throw new Error("There is no store of comparisons around this component.");
  return store;
}

/** A part of its state; the component renders again when that part changes identity. */
export function useComparison<Part>(select: (state: ComparisonState) => Part): Part {
  return useStore(useComparisonStore(), select);
}
