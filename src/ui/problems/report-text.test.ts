import { describe, expect, it } from "vitest";
import type { ImportReport } from "../../ports/problem-importer";
import { SAMPLE_COLLECTION } from "../../store/dependencies-fixture";
import { reportText, takenWords } from "./report-text";

const REPORT: ImportReport = {
  collection: { ...SAMPLE_COLLECTION, size: 2 },
  refused: [{ row: 3, id: "602", reason: "The column test_list is missing." }],
  remarks: [{ row: 1, id: null, reason: "It has no reference solution." }],
  brokenOff: "rows.jsonl ends in the middle of a row.",
};

describe("the report of an import", () => {
  it("counts what was taken", () => {
    expect(takenWords(REPORT)).toBe("Took 2 of 3 problems.");
    expect(takenWords({ ...REPORT, refused: [] })).toBe("Took all 2 problems.");
    expect(takenWords({ ...REPORT, collection: { ...SAMPLE_COLLECTION, size: 1 }, refused: [] })).toBe(
      "Took 1 problem.",
    );
    expect(takenWords({ ...REPORT, collection: null })).toBe("No problem could be taken.");
  });

  it("names every row with its reason, and why the source ended early", () => {
    expect(reportText("rows.jsonl", REPORT).split("\n\n")).toEqual([
      "rows.jsonl\nTook 2 of 3 problems.",
      `MBPP\n${SAMPLE_COLLECTION.attribution}\n${SAMPLE_COLLECTION.visibility}`,
      "rows.jsonl ends in the middle of a row.",
      "Not taken\nRow 3 (602): The column test_list is missing.",
      "Taken, with remarks\nRow 1: It has no reference solution.\n",
    ]);
  });
});
