import type { Operation } from "../operation";

function word(n: number): string {
  return ["zero", "one", "two", "three", "four", "five"][n] ?? String(n);
}

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
