import type { StepKind } from "../../step";

/** The heading that opens a step. */
export const HEADINGS: Readonly<Record<StepKind, string>> = {
  define: "### DEFINE",
  refine: "### REFINE",
  code: "### CODE",
};

/** Ends a step; the stop string of one step. */
export const END = "### END";

/** Ends a whole path; the stop string of a playout. */
export const DONE = "### DONE";
