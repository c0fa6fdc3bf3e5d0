import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { BenchState } from "../../store/bench/bench-state";
import type { BenchStore } from "../../store/bench/bench-store";

/** Hands the store of comparisons to the components of their screen. */
export const BenchContext = createContext<BenchStore | null>(null);

/** The store itself. @throws Error outside of the screen. */
export function useBenchStore(): BenchStore {
  const store = useContext(BenchContext);
  if (store === null) throw new Error("There is no store of comparisons around this component.");
  return store;
}

/** A part of its state; the component renders again when that part changes identity. */
export function useBench<Part>(select: (state: BenchState) => Part): Part {
  return useStore(useBenchStore(), select);
}
