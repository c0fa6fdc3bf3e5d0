import { describe, expect, it } from "vitest";
import { formatRunFile } from "./run-file";
import { parseRunFile } from "./run-file-reader";
import { SAMPLE_SPEC, sampleRun } from "./run-fixture";

const file = { spec: SAMPLE_SPEC, events: sampleRun(30) };

describe("run files", () => {
  it("survive the round trip", () => {
    expect(parseRunFile(formatRunFile(file))).toEqual(file);
  });

  it.each([
    ["no JSON", "run!", "The file is not JSON."],
    ["another file", '{"a": 1}', "The file is not a saved run: it has no spec and events."],
    ["a bad spec", formatRunFile({ ...file, spec: { ...SAMPLE_SPEC, seed: -1 } }), "seed is -1 but must be"],
    ["no events", JSON.stringify({ spec: SAMPLE_SPEC, events: {} }), "The file holds no list of events."],
    [
      "an event of an unknown type",
      JSON.stringify({ spec: SAMPLE_SPEC, events: [...file.events.slice(0, 3), { at: 1, event: { type: "danced" } }] }),
      "Event 4 of the run cannot be read.",
    ],
    ["a missing event", formatRunFile({ ...file, events: file.events.toSpliced(3, 1) }), "do not fit together"],
    ["an empty log", formatRunFile({ ...file, events: [] }), "does not begin with its start"],
  ])("refuse %s in one sentence", (_, text, message) => {
    expect(() => parseRunFile(text)).toThrow(message);
  });
});
