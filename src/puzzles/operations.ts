import type { Application, Operation, OperationKind } from "./operation";

const NONE: readonly number[] = [];

function word(n: number): string {
  return ["zero", "one", "two", "three", "four", "five"][n] ?? String(n);
}

const FILTERS: readonly Operation[] = [
  {
    id: "even",
    kind: "filter",
    args: NONE,
    apply: (xs) => xs.filter((x) => x % 2 === 0),
    phrases: () => ["keep the even numbers", "drop the odd numbers", "keep only even values"],
    pseudocode: () => "keep the even ones",
    code: () => ["xs = xs.filter(x => x % 2 === 0);"],
  },
  {
    id: "odd",
    kind: "filter",
    args: NONE,
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

const MAPS: readonly Operation[] = [
  {
    id: "add",
    kind: "map",
    args: [1, 2, 3, 4, 5],
    apply: (xs, k) => xs.map((x) => x + k),
    phrases: (k) => [`add ${k} to each`, `increase every number by ${k}`, `raise each value by ${k}`],
    vague: ["add the same number to each", "increase every number by some amount"],
    pseudocode: (k) => `add ${k} to each`,
    code: (k) => [`xs = xs.map(x => x + ${k});`],
  },
  {
    id: "subtract",
    kind: "map",
    args: [1, 2, 3, 4, 5],
    apply: (xs, k) => xs.map((x) => x - k),
    phrases: (k) => [`subtract ${k} from each`, `decrease every number by ${k}`, `lower each value by ${k}`],
    vague: ["subtract the same number from each", "decrease every number by some amount"],
    pseudocode: (k) => `subtract ${k} from each`,
    code: (k) => [`xs = xs.map(x => x - ${k});`],
  },
  {
    id: "multiply",
    kind: "map",
    args: [2, 3],
    apply: (xs, k) => xs.map((x) => x * k),
    phrases: (k) => [`multiply each by ${k}`, k === 2 ? "double each number" : "triple each number"],
    vague: ["multiply each by the same number"],
    pseudocode: (k) => `multiply each by ${k}`,
    code: (k) => [`xs = xs.map(x => x * ${k});`],
  },
  {
    id: "square",
    kind: "map",
    args: NONE,
    apply: (xs) => xs.map((x) => x * x),
    phrases: () => ["square each number", "multiply each number by itself"],
    pseudocode: () => "square each",
    code: () => ["xs = xs.map(x => x * x);"],
  },
  {
    id: "negate",
    kind: "map",
    args: NONE,
    apply: (xs) => xs.map((x) => (x === 0 ? 0 : -x)),
    phrases: () => ["negate each number", "flip the sign of every number"],
    pseudocode: () => "negate each",
    code: () => ["xs = xs.map(x => 0 - x);"],
  },
  {
    id: "halve",
    kind: "map",
    args: NONE,
    apply: (xs) => xs.map((x) => Math.floor(x / 2)),
    phrases: () => ["halve each number, rounding down", "divide each number by two, rounding down"],
    pseudocode: () => "halve each, rounding down",
    code: () => ["xs = xs.map(x => Math.floor(x / 2));"],
  },
  {
    id: "cap",
    kind: "map",
    args: [4, 5, 6, 7],
    apply: (xs, k) => xs.map((x) => Math.min(x, k)),
    phrases: (k) => [`cap each number at ${k}`, `replace every value above ${k} with ${k}`],
    vague: ["cap each number at a certain value"],
    pseudocode: (k) => `cap each at ${k}`,
    code: (k) => [`xs = xs.map(x => Math.min(x, ${k}));`],
  },
  {
    id: "floor",
    kind: "map",
    args: [2, 3, 4, 5],
    apply: (xs, k) => xs.map((x) => Math.max(x, k)),
    phrases: (k) => [`make each number at least ${k}`, `replace every value below ${k} with ${k}`],
    vague: ["make each number at least a certain value"],
    pseudocode: (k) => `make each at least ${k}`,
    code: (k) => [`xs = xs.map(x => Math.max(x, ${k}));`],
  },
];

const ORDERS: readonly Operation[] = [
  {
    id: "reverse",
    kind: "order",
    args: NONE,
    apply: (xs) => [...xs].reverse(),
    phrases: () => ["reverse the list", "turn the list around", "put the list in reverse order"],
    pseudocode: () => "reverse",
    code: () => ["xs = [...xs].reverse();"],
  },
  {
    id: "ascending",
    kind: "order",
    args: NONE,
    apply: (xs) => [...xs].sort((a, b) => a - b),
    phrases: () => ["sort in ascending order", "sort from smallest to largest"],
    pseudocode: () => "sort ascending",
    code: () => ["xs = [...xs].sort((a, b) => a - b);"],
  },
  {
    id: "descending",
    kind: "order",
    args: NONE,
    apply: (xs) => [...xs].sort((a, b) => b - a),
    phrases: () => ["sort in descending order", "sort from largest to smallest"],
    pseudocode: () => "sort descending",
    code: () => ["xs = [...xs].sort((a, b) => b - a);"],
  },
  {
    id: "rotate",
    kind: "order",
    args: NONE,
    apply: (xs) => [...xs.slice(1), ...xs.slice(0, 1)],
    phrases: () => ["move the first number to the end", "rotate the list by one"],
    pseudocode: () => "move the first to the end",
    code: () => ["xs = [...xs.slice(1), ...xs.slice(0, 1)];"],
  },
];

const SLICES: readonly Operation[] = [
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
    args: NONE,
    apply: (xs) => xs.filter((_, i) => i % 2 === 0),
    phrases: () => ["take every other number, starting with the first", "keep the numbers at even positions"],
    pseudocode: () => "take every other one",
    code: () => ["xs = xs.filter((x, i) => i % 2 === 0);"],
  },
];

const SCANS: readonly Operation[] = [
  {
    id: "running-sum",
    kind: "scan",
    args: NONE,
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
    args: NONE,
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
    args: NONE,
    apply: (xs) => xs.slice(1).map((x, i) => x - (xs[i] ?? 0)),
    phrases: () => ["take the differences between neighbours", "subtract from each number the one before it"],
    pseudocode: () => "differences of neighbours",
    code: () => ["xs = xs.slice(1).map((x, i) => x - xs[i]);"],
  },
];

const SETS: readonly Operation[] = [
  {
    id: "unique",
    kind: "set",
    args: NONE,
    apply: (xs) => [...new Set(xs)],
    phrases: () => ["remove duplicates", "keep only the first of equal numbers"],
    pseudocode: () => "remove duplicates",
    code: () => ["xs = [...new Set(xs)];"],
  },
  {
    id: "squeeze",
    kind: "set",
    args: NONE,
    apply: (xs) => xs.filter((x, i) => x !== xs[i - 1]),
    phrases: () => ["drop numbers equal to the one before", "collapse runs of equal neighbours"],
    pseudocode: () => "collapse equal neighbours",
    code: () => ["xs = xs.filter((x, i) => x !== xs[i - 1]);"],
  },
];

const REDUCERS: readonly Operation[] = [
  {
    id: "sum",
    kind: "reduce",
    args: NONE,
    apply: (xs) => [xs.reduce((total, x) => total + x, 0)],
    phrases: () => ["return the sum", "add everything up", "return the total"],
    pseudocode: () => "return the sum",
    code: () => ["xs.reduce((a, b) => a + b, 0)"],
  },
  {
    id: "count",
    kind: "reduce",
    args: NONE,
    apply: (xs) => [xs.length],
    phrases: () => ["return how many are left", "count them"],
    pseudocode: () => "return the count",
    code: () => ["xs.length"],
  },
  {
    id: "largest",
    kind: "reduce",
    args: NONE,
    apply: (xs) => [xs.length > 0 ? Math.max(...xs) : 0],
    phrases: () => ["return the largest, or 0 if none is left", "return the maximum, or 0 for an empty list"],
    pseudocode: () => "return the largest",
    code: () => ["xs.length ? Math.max(...xs) : 0"],
  },
  {
    id: "smallest",
    kind: "reduce",
    args: NONE,
    apply: (xs) => [xs.length > 0 ? Math.min(...xs) : 0],
    phrases: () => ["return the smallest, or 0 if none is left", "return the minimum, or 0 for an empty list"],
    pseudocode: () => "return the smallest",
    code: () => ["xs.length ? Math.min(...xs) : 0"],
  },
];

/** Every operation of the world by kind. */
export const OPERATIONS: Readonly<Record<OperationKind, readonly Operation[]>> = {
  filter: FILTERS,
  map: MAPS,
  order: ORDERS,
  slice: SLICES,
  scan: SCANS,
  set: SETS,
  reduce: REDUCERS,
};

function applications(operations: readonly Operation[]): readonly Application[] {
  return operations.flatMap((operation) =>
    operation.args.length > 0 ? operation.args.map((arg) => ({ operation, arg })) : [{ operation, arg: 0 }],
  );
}

/** Every list operation with every argument. */
export const LIST_APPLICATIONS: readonly Application[] = applications(
  Object.values(OPERATIONS)
    .flat()
    .filter((operation) => operation.kind !== "reduce"),
);

/** Every reducer. */
export const REDUCER_APPLICATIONS: readonly Application[] = applications(REDUCERS);

/**
 * The chain a key names (see `chainKey`).
 * @throws RangeError when the key names an operation or argument that is not of this world.
 */
export function parseChainKey(key: string): readonly Application[] {
  const all = [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS];
  return key.split("|").map((part) => {
    const [id, arg] = part.split(":");
    const found = all.find((a) => a.operation.id === id && (arg === undefined || a.arg === Number(arg)));
    if (!found) throw new RangeError(`no operation "${part}"`);
    return found;
  });
}
