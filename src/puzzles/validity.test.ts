import { describe, expect, it } from "vitest";
import type { Step } from "../core/step";
import { type Chain, chainKey } from "./chain";
import { generatePuzzle, type Puzzle } from "./generator";
import { parseChainKey } from "./operations";
import { readRefine, reasoningPath } from "./reasoning";
import { createValidity } from "./validity";

const inputOf = ({ problem }: Puzzle) => problem.visibleTests[0]?.input[0] as readonly number[];

/** The path of another chain on the puzzle's first example. */
const pathOf = (puzzle: Puzzle, chain: Chain): readonly Step[] => reasoningPath(chain, inputOf(puzzle));

describe("exact validity", () => {
  it("holds all along the true path, and nowhere after a wrong operation", () => {
    for (const tier of ["described", "hinted", "two-hidden", "examples"] as const) {
      for (let index = 0; index < 12; index++) {
        const puzzle = generatePuzzle("validation", tier, index);
        const isRight = createValidity(puzzle);
        const path = pathOf(puzzle, puzzle.chain);
        for (let steps = 1; steps <= path.length; steps++) expect(isRight(path.slice(0, steps))).toBe(true);
        const wrong = parseChainKey("negate|square|trim:2|negate");
        const off = pathOf(puzzle, wrong).slice(0, 4);
        if (!puzzle.chain.some(({ operation }) => operation.id === "negate")) expect(isRight(off)).toBe(false);
      }
    }
  });

  it("accepts what does the same in other words, and what the statement leaves open", () => {
    const puzzle = { ...generatePuzzle("validation", "hinted", 0), chain: parseChainKey("ascending|reverse|take:2") };
    const hidden = { ...puzzle, hints: [{ index: 1, hides: "operation" as const }] };
    const isRight = createValidity(hidden);
    expect(isRight(pathOf(puzzle, parseChainKey("descending|take:2")).slice(0, 2))).toBe(true);
    expect(isRight(pathOf(puzzle, parseChainKey("ascending|reverse")).slice(0, 3))).toBe(true);
    expect(isRight(pathOf(puzzle, parseChainKey("reverse|ascending")).slice(0, 3))).toBe(true);
    expect(isRight(pathOf(puzzle, parseChainKey("alternate|ascending")).slice(0, 3))).toBe(false);
  });

  it("is denied to a step that names no operation", () => {
    const puzzle = generatePuzzle("validation", "described", 0);
    const [define] = pathOf(puzzle, puzzle.chain);
    const isRight = createValidity(puzzle);
    const nonsense: Step = { kind: "refine", text: "1. think harder: [1] -> [2]" };
    expect(isRight(define ? [define, nonsense] : [])).toBe(false);
    expect(isRight([{ kind: "define", text: "9 operations: map" }])).toBe(false);
  });
});

it("a refine step is read back as the operation it names", () => {
  const chain = parseChainKey("halve|cap:5|running-sum|count");
  const read = reasoningPath(chain, [4, 9]).flatMap(({ kind, text }) => (kind === "refine" ? [readRefine(text)] : []));
  expect(chainKey(read.filter((each) => each !== null))).toBe(chainKey(chain));
  expect(readRefine("halve each")).toBeNull();
});
