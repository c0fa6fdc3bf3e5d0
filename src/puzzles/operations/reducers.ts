import type { Operation } from "../operation";

/** Operations that turn the list into one number; they come last. An empty list gives 0. */
export const REDUCERS: readonly Operation[] = [
  {
    id: "sum",
    kind: "reduce",
    args: [],
    apply: (xs) => [xs.reduce((total, x) => total + x, 0)],
    phrases: () => ["return the sum", "add everything up", "return the total"],
    pseudocode: () => "return the sum",
    code: () => ["xs.reduce((a, b) => a + b, 0)"],
  },
  {
    id: "count",
    kind: "reduce",
    args: [],
    apply: (xs) => [xs.length],
    phrases: () => ["return how many are left", "count them"],
    pseudocode: () => "return the count",
    code: () => ["xs.length"],
  },
  {
    id: "largest",
    kind: "reduce",
    args: [],
    apply: (xs) => [xs.length > 0 ? Math.max(...xs) : 0],
    phrases: () => ["return the largest, or 0 if none is left", "return the maximum, or 0 for an empty list"],
    pseudocode: () => "return the largest",
    code: () => ["xs.length ? Math.max(...xs) : 0"],
  },
  {
    id: "smallest",
    kind: "reduce",
    args: [],
    apply: (xs) => [xs.length > 0 ? Math.min(...xs) : 0],
    phrases: () => ["return the smallest, or 0 if none is left", "return the minimum, or 0 for an empty list"],
    pseudocode: () => "return the smallest",
    code: () => ["xs.length ? Math.min(...xs) : 0"],
  },
];
