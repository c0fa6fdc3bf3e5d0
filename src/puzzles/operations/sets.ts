import type { Operation } from "../operation";

/** Operations that drop repeated elements. */
export const SETS: readonly Operation[] = [
  {
    id: "unique",
    kind: "set",
    args: [],
    apply: (xs) => [...new Set(xs)],
    phrases: () => ["remove duplicates", "keep only the first of equal numbers"],
    pseudocode: () => "remove duplicates",
    code: () => ["xs = [...new Set(xs)];"],
  },
  {
    id: "squeeze",
    kind: "set",
    args: [],
    apply: (xs) => xs.filter((x, i) => x !== xs[i - 1]),
    phrases: () => ["drop numbers equal to the one before", "collapse runs of equal neighbours"],
    pseudocode: () => "collapse equal neighbours",
    code: () => ["xs = xs.filter((x, i) => x !== xs[i - 1]);"],
  },
];
