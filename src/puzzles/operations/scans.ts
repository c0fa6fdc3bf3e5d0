import type { Operation } from "../operation";

/** Operations in which each result depends on the elements before it. */
export const SCANS: readonly Operation[] = [
  {
    id: "running-sum",
    kind: "scan",
    args: [],
    apply: (xs) => {
      let sum = 0;
      return xs.map((x) => {
        sum += x;
        return sum;
      });
    },
    phrases: () => ["take the running sum", "replace each number with the sum up to it"],
    pseudocode: () => "running sum",
    code: () => ["let sum = 0;", "xs = xs.map(x => sum += x);"],
  },
  {
    id: "running-max",
    kind: "scan",
    args: [],
    apply: (xs) => {
      let top = Number.NEGATIVE_INFINITY;
      return xs.map((x) => {
        top = Math.max(top, x);
        return top;
      });
    },
    phrases: () => ["take the running maximum", "replace each number with the largest up to it"],
    pseudocode: () => "running maximum",
    code: () => ["let top = -Infinity;", "xs = xs.map(x => top = Math.max(top, x));"],
  },
  {
    id: "differences",
    kind: "scan",
    args: [],
    apply: (xs) => xs.slice(1).map((x, i) => x - (xs[i] ?? 0)),
    phrases: () => ["take the differences between neighbours", "subtract from each number the one before it"],
    pseudocode: () => "differences of neighbours",
    code: () => ["xs = xs.slice(1).map((x, i) => x - xs[i]);"],
  },
];
