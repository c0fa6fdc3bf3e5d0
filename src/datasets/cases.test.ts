import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { caseFile } from "../../cli/benchmark-data";
import { type ImportedDataset, importDataset } from "./import";

/* Small files that once were read wrongly, of `LAB_CASES`; the own rows of the other tests cover the same kinds. */

function onCase(name: string, check: (dataset: ImportedDataset) => void): void {
  const path = caseFile(`data/${name}`);
  it.skipIf(path === null)(name, async () => {
    check(await importDataset({ kind: "file", name: basename(name), data: new Blob([readFileSync(path ?? "")]) }));
  });
}

const taken = ({ rows }: ImportedDataset) => rows.map((row) => row.taken);
const first = ({ problems }: ImportedDataset) => {
  const [problem] = problems;
  if (!problem) throw new Error("nothing was taken");
  return problem;
};

for (const name of ["05-mbpp-plus-row.jsonl", "05-mbpp-plus-cheat.jsonl"]) {
  onCase(name, (dataset) => {
    const { problem, hiddenTests } = first(dataset);
    expect(problem.visibleTests).toEqual([{ assertion: "assert biggest([1, 2]) == 2" }]);
    expect(hiddenTests).toHaveLength(2);
    expect(hiddenTests[1]).toMatchObject({
      assertion: expect.stringContaining("assert same(biggest(*given), wanted, 0)"),
    });
  });
}

onCase("06-humaneval-plus-row.jsonl", (dataset) => {
  expect(first(dataset).hiddenTests).toMatchObject([{ setup: expect.stringContaining("np.allclose") }]);
});

for (const name of ["07-utf16-le.jsonl", "07-utf16-crlf.jsonl", "07-utf8-bom-crlf.jsonl"]) {
  onCase(name, (dataset) => {
    expect(taken(dataset)).not.toContain(false);
    expect(first(dataset).problem.statement).toContain("“Quotes” and ünïcode.");
  });
}

const latin1 = caseFile("data/07-latin1.jsonl");
it.skipIf(latin1 === null)("07-latin1.jsonl", async () => {
  const source = { kind: "file", name: "rows.jsonl", data: new Blob([readFileSync(latin1 ?? "")]) } as const;
  await expect(importDataset(source)).rejects.toThrow("it may be in Latin-1");
});

for (const name of ["08-test-list-json-text.jsonl", "08-test-list-python-text.jsonl"]) {
  onCase(name, (dataset) => {
    const { problem, hiddenTests } = first(dataset);
    expect([...problem.visibleTests, ...hiddenTests]).toEqual([
      { assertion: "assert double(2) == 4" },
      { assertion: "assert double(0) == 0" },
    ]);
  });
}

onCase("09-apps-long-integer.jsonl", (dataset) => {
  const { problem } = first(dataset);
  expect(problem.visibleTests[0]).toMatchObject({ stdout: expect.stringMatching(/^\d{4000,}\s*$/) });
});

onCase("15-ids-other-scripts.jsonl", (dataset) => {
  expect(taken(dataset)).not.toContain(false);
  expect(new Set(dataset.problems.map(({ problem }) => problem.id)).size).toBe(10);
});

for (const name of ["19-generic-mixed-tests.jsonl", "19-generic-mixed-tests.parquet", "19-generic-struct.parquet"]) {
  onCase(name, (dataset) => {
    const { problem, hiddenTests } = first(dataset);
    expect([...problem.visibleTests, ...hiddenTests]).toEqual([
      { input: [2], expected: 4 },
      { assertion: "assert double(0) == 0" },
    ]);
  });
}
