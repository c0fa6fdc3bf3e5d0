import type { Operation } from "../chain";

/** Operations that only move elements. */
export const ORDERS: readonly Operation[] = [
  {
    id: "reverse",
    kind: "order",
    args: [],
    apply: (xs) => [...xs].reverse(),
    phrases: () => ["reverse the list", "turn the list around", "put the list in reverse order"],
    pseudocode: () => "reverse",
    code: () => ["xs = [...xs].reverse();"],
  },
  {
    id: "ascending",
    kind: "order",
    args: [],
    apply: (xs) => [...xs].sort((a, b) => a - b),
    phrases: () => ["sort in ascending order", "sort from smallest to largest"],
    pseudocode: () => "sort ascending",
    code: () => ["xs = [...xs].sort((a, b) => a - b);"],
  },
  {
    id: "descending",
    kind: "order",
    args: [],
    apply: (xs) => [...xs].sort((a, b) => b - a),
    phrases: () => ["sort in descending order", "sort from largest to smallest"],
    pseudocode: () => "sort descending",
    code: () => ["xs = [...xs].sort((a, b) => b - a);"],
  },
  {
    id: "rotate",
    kind: "order",
    args: [],
    apply: (xs) => [...xs.slice(1), ...xs.slice(0, 1)],
    phrases: () => ["move the first number to the end", "rotate the list by one"],
    pseudocode: () => "move the first to the end",
    code: () => ["xs = [...xs.slice(1), ...xs.slice(0, 1)];"],
  },
];

/** Operations that keep some elements by their place. */
export const SLICES: readonly Operation[] = [
  {
    id: "take",
    kind: "slice",
    args: [2, 3, 4],
    apply: (xs, k) => xs.slice(0, k),
    phrases: (k) => [`take the first ${word(k)} numbers`, `keep only the first ${k}`],
    vague: ["take some numbers from the front"],
    pseudocode: (k) => `take the first ${k}`,
    code: (k) => [`xs = xs.slice(0, ${k});`],
  },
  {
    id: "drop",
    kind: "slice",
    args: [1, 2, 3],
    apply: (xs, k) => xs.slice(k),
    phrases: (k) => [
      k === 1 ? "remove the first number" : `remove the first ${word(k)} numbers`,
      k === 1 ? "skip the first one" : `skip the first ${k}`,
    ],
    vague: ["remove some numbers from the front"],
    pseudocode: (k) => `drop the first ${k}`,
    code: (k) => [`xs = xs.slice(${k});`],
  },
  {
    id: "last",
    kind: "slice",
    args: [2, 3, 4],
    apply: (xs, k) => xs.slice(-k),
    phrases: (k) => [`take the last ${word(k)} numbers`, `keep only the last ${k}`],
    vague: ["take some numbers from the back"],
    pseudocode: (k) => `take the last ${k}`,
    code: (k) => [`xs = xs.slice(-${k});`],
  },
  {
    id: "trim",
    kind: "slice",
    args: [1, 2],
    apply: (xs, k) => xs.slice(0, -k),
    phrases: (k) => [
      k === 1 ? "remove the last number" : `remove the last ${word(k)} numbers`,
      k === 1 ? "cut off the last one" : `cut off the last ${k}`,
    ],
    vague: ["remove some numbers from the back"],
    pseudocode: (k) => `drop the last ${k}`,
    code: (k) => [`xs = xs.slice(0, -${k});`],
  },
  {
    id: "alternate",
    kind: "slice",
    args: [],
    apply: (xs) => xs.filter((_, i) => i % 2 === 0),
    phrases: () => ["take every other number, starting with the first", "keep the numbers at even positions"],
    pseudocode: () => "take every other one",
    code: () => ["xs = xs.filter((x, i) => i % 2 === 0);"],
  },
];

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

function word(n: number): string {
  return ["zero", "one", "two", "three", "four", "five"][n] ?? String(n);
}
