import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { LabState } from "../store/lab-state";
import type { LabStore } from "../store/lab-store";

/** Hands the store to the components; main.tsx provides it. */
export const LabContext = createContext<LabStore | null>(null);

/** The store itself, for drawings that follow it without rendering. @throws Error outside of the provider. */
export function useLabStore(): LabStore {
  const store = useContext(LabContext);
  if (store === null) throw new Error("There is no store around this component.");
  return store;
}

/** A part of the state; the component renders again when that part changes identity. */
export function useLab<Part>(select: (state: LabState) => Part): Part {
  return useStore(useLabStore(), select);
}
