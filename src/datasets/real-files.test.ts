import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { benchmarkFile } from "../../cli/benchmark-data";
import type { ReadOptions } from "./import";
import { type ImportedDataset, importDataset } from "./import";

/** Defines a test over a file of `LAB_DATA`; without it the reason is printed and the test skipped. */
function onFile(
  name: string,
  says: string,
  check: (dataset: ImportedDataset) => void,
  options: ReadOptions = {},
): void {
  const path = benchmarkFile(name);
  it.skipIf(path === null)(`${name}: ${says}`, async () => {
    const data = new Blob([readFileSync(path ?? "")]);
    const dataset = await importDataset({ kind: "file", name, data }, options);
    expect(dataset.interruption).toBeNull();
    check(dataset);
  });
}

const found = ({ problems }: ImportedDataset, id: string) => {
  const problem = problems.find((each) => each.problem.id === id);
  if (!problem) throw new Error(`no ${id}`);
  return problem;
};

const totals = ({ problems }: ImportedDataset) => ({
  problems: problems.length,
  visible: problems.reduce((sum, each) => sum + each.problem.visibleTests.length, 0),
  hidden: problems.reduce((sum, each) => sum + each.hiddenTests.length, 0),
  referenced: problems.filter((each) => each.references.length > 0).length,
});

describe("MBPP", () => {
  onFile("mbpp/mbpp.jsonl", "all 974, one assert visible, the others hidden", (dataset) => {
    expect(totals(dataset)).toEqual({ problems: 974, visible: 974, hidden: 1948, referenced: 974 });
    expect(dataset.collection).toMatchObject({ id: "mbpp", format: "mbpp", language: "python" });
    expect(found(dataset, "mbpp/11")).toMatchObject({
      problem: {
        title: "Remove first and last occurrence of a given character from the string",
        entryPoint: "remove_Occ",
        visibleTests: [{ assertion: 'assert remove_Occ("hello","l") == "heo"' }],
      },
      hiddenTests: [
        { assertion: 'assert remove_Occ("abcda","a") == "bcd"' },
        { assertion: 'assert remove_Occ("PHP","P") == "H"' },
      ],
    });
    const setups = dataset.problems.filter((each) => each.hiddenTests.some((test) => "setup" in test));
    expect(setups.map((each) => each.problem.id)).toEqual(["mbpp/367", "mbpp/927"]);
    expect(found(dataset, "mbpp/123").problem.timeLimitMs).toBeGreaterThan(20_000);
  });

  onFile(
    "mbpp/mbpp.jsonl",
    "two visible when asked for",
    (dataset) => {
      expect(totals(dataset)).toMatchObject({ visible: 2 * 974, hidden: 974 });
      expect(dataset.collection.visibility).toContain("first 2 asserts");
    },
    { visibleCount: 2 },
  );

  for (const name of ["mbpp/sanitized-mbpp.json", "mbpp/sanitized-mbpp.jsonl"]) {
    onFile(name, "all 427", (dataset) => {
      expect(totals(dataset)).toEqual({ problems: 427, visible: 427, hidden: 897, referenced: 427 });
      expect(found(dataset, "sanitized-mbpp/2").problem).toMatchObject({ entryPoint: "similar_elements" });
      const imports = dataset.problems.filter((each) => each.hiddenTests.some((test) => "setup" in test));
      expect(imports).toHaveLength(13);
    });
  }
});

describe("HumanEval", () => {
  for (const name of ["humaneval/HumanEval.jsonl", "humaneval/HumanEval.jsonl.gz"]) {
    onFile(name, "all 164, the docstring's examples visible, the whole check hidden", (dataset) => {
      expect(totals(dataset)).toEqual({ problems: 164, visible: 433, hidden: 164, referenced: 164 });
      const blind = dataset.problems.filter((each) => each.problem.visibleTests.length === 0);
      expect(blind.map((each) => Number(each.problem.id.slice(10)))).toEqual([
        38, 41, 50, 80, 81, 83, 84, 105, 115, 116, 149, 160,
      ]);
      expect(
        dataset.rows.filter((row) => row.remarks.some((remark) => remark.includes("no visible test"))),
      ).toHaveLength(12);
    });
  }

  onFile("humaneval/HumanEval.jsonl", "the prompt is taken apart", (dataset) => {
    expect(found(dataset, "humaneval/10").problem).toMatchObject({
      title: "Make palindrome",
      entryPoint: "make_palindrome",
      preamble: expect.stringMatching(/^def is_palindrome\(string: str\) -> bool:/),
      starterCode: "def make_palindrome(string: str) -> str:",
      statement: expect.stringMatching(
        /^Find the shortest palindrome that begins with a supplied string\.\nAlgorithm idea/,
      ),
      visibleTests: [
        { assertion: "assert make_palindrome('') == ''" },
        { assertion: "assert make_palindrome('cat') == 'catac'" },
        { assertion: "assert make_palindrome('cata') == 'catac'" },
      ],
    });
    expect(found(dataset, "humaneval/0").hiddenTests).toMatchObject([
      { assertion: "check(has_close_elements)", setup: expect.stringContaining("def check(candidate):") },
    ]);
  });

  onFile("humaneval/HumanEval.jsonl", "examples that the reference contradicts are no tests", (dataset) => {
    expect(found(dataset, "humaneval/47").problem.visibleTests).toEqual([
      { assertion: "assert median([3, 1, 2, 4, 5]) == 3" },
    ]);
  });

  onFile(
    "humaneval/HumanEval.jsonl",
    "the first example only when asked",
    (dataset) => {
      expect(totals(dataset)).toMatchObject({ visible: 152 });
    },
    { visibleCount: 1 },
  );

  onFile("humaneval/example_problem.jsonl", "a problem without a docstring", (dataset) => {
    expect(totals(dataset)).toEqual({ problems: 1, visible: 0, hidden: 1, referenced: 1 });
  });
});

describe("TACO", () => {
  onFile("taco/taco_easy_10.jsonl", "all 10, by call and by stdin", (dataset) => {
    expect(dataset.problems).toHaveLength(10);
    expect(dataset.collection).toMatchObject({ id: "taco", format: "taco" });
    const byCall = dataset.problems.filter((each) => each.problem.entryPoint !== null);
    expect(byCall).toHaveLength(7);
    expect(found(dataset, "taco/5")).toMatchObject({
      problem: {
        title: "The museum of incredible dull things",
        entryPoint: "remove_smallest",
        starterCode: "def remove_smallest(numbers):",
        visibleTests: [
          { input: [[1, 2, 3, 4, 5]], expected: [2, 3, 4, 5] },
          { input: [[5, 3, 2, 1, 4]], expected: [5, 3, 2, 4] },
        ],
      },
      hiddenTests: expect.arrayContaining([{ input: [[]], expected: [] }]),
    });
    expect(found(dataset, "taco/1").problem).toMatchObject({ entryPoint: null, timeLimitMs: 5000 });
    expect(found(dataset, "taco/4").problem.visibleTests).toHaveLength(1);
    expect(dataset.problems.every((each) => each.references.length > 0 && each.references.length <= 10)).toBe(true);
  });

  onFile("taco/self_create_data.json", "a row without solutions", (dataset) => {
    expect(totals(dataset)).toMatchObject({ problems: 1, referenced: 0 });
    expect(dataset.rows[0]?.remarks).toContain("It has no reference solution.");
  });
});

describe("APPS", () => {
  onFile("apps/apps_train_5.jsonl", "all 5; a method of LeetCode's class becomes a function", (dataset) => {
    expect(dataset.problems.map((each) => each.problem.id)).toEqual([
      "apps/1",
      "apps/111",
      "apps/2287",
      "apps/2404",
      "apps/4184",
    ]);
    const leetcode = found(dataset, "apps/2404");
    expect(leetcode).toMatchObject({
      problem: {
        title: "Kth missing positive number",
        entryPoint: "findKthPositive",
        starterCode: "def findKthPositive(arr: List[int], k: int) -> int:",
        preamble: expect.stringContaining("from typing import"),
        visibleTests: [{ input: [[2, 3, 4, 7, 11], 5], expected: 9 }],
      },
      hiddenTests: [],
    });
    expect(leetcode.references[0]).toMatch(/def findKthPositive\(\*args\):\n {4}return Solution\(\)\.findKthPositive/);
    expect(found(dataset, "apps/4184").hiddenTests).toContainEqual({ input: [529], expected: false });
  });
});
