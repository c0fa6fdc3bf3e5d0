import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TimedEvent } from "../core/run/events";
import { replay } from "../core/run/fold";
import { SAMPLE_SPEC, sampleRun } from "../store/run/run-fixture";
import { formatRunFile } from "./run-file";
import { parseRunFile } from "./run-file-reader";

const file = { spec: SAMPLE_SPEC, events: sampleRun(30) };

describe("run files", () => {
  it("survive the round trip", () => {
    expect(parseRunFile(formatRunFile(file))).toEqual(file);
  });

  it("of the first version open, with the settings that meant the same", () => {
    const old = readFileSync(new URL("../../public/runs/golden.json", import.meta.url), "utf8");
    const { spec, events } = parseRunFile(old);
    expect(spec).toMatchObject({ version: 2, model: "tiny", config: { testTrust: "share" } });
    expect(events[0]?.event).toMatchObject({ type: "started", config: spec.config });
    expect(replay(events).hidden?.solved).toBe(true);
  });

  it("hold tests and verdicts of every kind, and what prompts cost", () => {
    const tests = [
      { input: [{ $int: "12345678901234567890" }], expected: null },
      { stdin: "1 2", stdout: "3" },
      { assertion: "assert f() is None", setup: "import math" },
    ];
    const verdict = { kind: "hidden", index: 2, verdict: "passed", unguarded: true, ms: 1 } as const;
    const events: TimedEvent[] = [
      ...file.events.slice(0, -1),
      { at: 9_000, event: { type: "prompted", promptTokens: 100, prefilledTokens: 20 } },
      { at: 9_001, event: { type: "hiddenJudged", solved: false, tests, verdicts: [verdict] } },
    ];
    const read = parseRunFile(formatRunFile({ spec: SAMPLE_SPEC, events }));
    expect(read.events).toEqual(events);
    expect(replay(read.events).tokens).toMatchObject({ prompt: 100, prefilled: 20 });
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
