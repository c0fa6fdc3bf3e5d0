import type { Operation } from "../operation";

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
