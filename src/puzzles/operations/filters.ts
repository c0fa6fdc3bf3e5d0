import type { Operation } from "../operation";

/** Operations that keep some elements by their value. */
export const FILTERS: readonly Operation[] = [
  {
    id: "even",
    kind: "filter",
    args: [],
    apply: (xs) => xs.filter((x) => x % 2 === 0),
    phrases: () => ["keep the even numbers", "drop the odd numbers", "keep only even values"],
    pseudocode: () => "keep the even ones",
    code: () => ["xs = xs.filter(x => x % 2 === 0);"],
  },
  {
    id: "odd",
    kind: "filter",
    args: [],
    apply: (xs) => xs.filter((x) => x % 2 !== 0),
    phrases: () => ["keep the odd numbers", "drop the even numbers", "keep only odd values"],
    pseudocode: () => "keep the odd ones",
    code: () => ["xs = xs.filter(x => x % 2 !== 0);"],
  },
  {
    id: "above",
    kind: "filter",
    args: [2, 3, 4, 5, 6],
    apply: (xs, k) => xs.filter((x) => x > k),
    phrases: (k) => [
      `keep the numbers greater than ${k}`,
      `keep only values above ${k}`,
      `drop all that are ${k} or less`,
    ],
    vague: ["keep the numbers above a certain limit", "keep only the large values"],
    pseudocode: (k) => `keep those above ${k}`,
    code: (k) => [`xs = xs.filter(x => x > ${k});`],
  },
  {
    id: "below",
    kind: "filter",
    args: [3, 4, 5, 6, 7],
    apply: (xs, k) => xs.filter((x) => x < k),
    phrases: (k) => [
      `keep the numbers less than ${k}`,
      `keep only values below ${k}`,
      `drop all that are ${k} or more`,
    ],
    vague: ["keep the numbers below a certain limit", "keep only the small values"],
    pseudocode: (k) => `keep those below ${k}`,
    code: (k) => [`xs = xs.filter(x => x < ${k});`],
  },
  {
    id: "divisible",
    kind: "filter",
    args: [3, 4, 5],
    apply: (xs, k) => xs.filter((x) => x % k === 0),
    phrases: (k) => [`keep the multiples of ${k}`, `keep only numbers divisible by ${k}`],
    vague: ["keep the multiples of a certain number"],
    pseudocode: (k) => `keep the multiples of ${k}`,
    code: (k) => [`xs = xs.filter(x => x % ${k} === 0);`],
  },
];
