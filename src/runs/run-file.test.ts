import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import { createRandom, type Random } from "../core/rng";
import type { TimedEvent } from "../core/run/events";
import { replay } from "../core/run/fold";
import { FOREIGN_RUN } from "../testing/foreign-run";
import { SAMPLE_SPEC, sampleRun } from "../testing/sample-run";
import { parseRunFile } from "./parse";
import { formatRunFile, newIdentity, RUN_VERSION, runFile } from "./run-file";

const file = runFile(newIdentity(), SAMPLE_SPEC, sampleRun(30));

describe("run files", () => {
  it("of runs that no search here made survive it too", () => {
    expect(parseRunFile(formatRunFile(FOREIGN_RUN))).toEqual(FOREIGN_RUN);
  });

  it("survive the round trip", () => {
    expect(parseRunFile(formatRunFile(file))).toEqual(file);
    const branch = runFile(newIdentity({ run: file.id, event: 40 }), file.spec, file.events);
    expect(parseRunFile(formatRunFile(branch))).toEqual(branch);
  });

  it("of the first version open, with the settings that meant the same", () => {
    const old = readFileSync(new URL("../../public/runs/golden.json", import.meta.url), "utf8");
    const { version, id, parent, spec, events } = parseRunFile(old);
    expect({ version, parent }).toEqual({ version: RUN_VERSION, parent: null });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(parseRunFile(old).id).toBe(id);
    expect(spec).toMatchObject({ version: 2, model: "tiny", config: { testTrust: "share" } });
    expect(events[0]?.event).toMatchObject({ type: "started", config: spec?.config });
    expect(replay(events).hidden?.solved).toBe(true);
  });

  it.each([
    [1, { kind: "sequences", count: 1 }],
    [4, { kind: "requests", limit: 4 }],
  ])("of the time when requests at once were one number (%i) open", (parallelRequests, batching) => {
    const events = file.events.map(({ at, event }) =>
      event.type === "started"
        ? { at, event: { ...event, model: { ...event.model, parallelRequests } } }
        : { at, event },
    );
    const [started] = parseRunFile(JSON.stringify({ spec: SAMPLE_SPEC, events })).events;
    expect(started?.event).toMatchObject({ type: "started", model: { id: "scripted", batching } });
    expect(JSON.stringify(started)).not.toContain("parallelRequests");
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
    const read = parseRunFile(formatRunFile({ ...file, events }));
    expect(read.events).toEqual(events);
    expect(replay(read.events).tokens).toMatchObject({ prompt: 100, prefilled: 20 });
  });

  it.each([
    ["no JSON", "run!", "The file is not JSON."],
    ["another file", '{"a": 1}', "The file is not a saved run: it has no spec and events."],
    ["a newer version", formatRunFile(file).replace('"version":2', '"version":3'), "another version of the app"],
    ["a run without a name", formatRunFile({ ...file, id: "" }), "does not say which run it is"],
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

describe("any text", () => {
  /** Reads it, and says what came of it: a run that can be shown, or one sentence. */
  function expectTotal(text: string): boolean {
    try {
      const run = parseRunFile(text);
      expect(run.events[0]?.event.type).toBe("started");
      expect(replay(run.events).problem).not.toBeNull();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof LabError)) throw new Error(`${thrown} for ${text.slice(0, 200)}`, { cause: thrown });
      expect(thrown.code).toMatch(/^input\//);
      expect(thrown.message).toMatch(/^[^\n]+\.$/);
      return false;
    }
  }

  const recorded = readFileSync(new URL("../../public/runs/golden.json", import.meta.url), "utf8");
  const short = formatRunFile(runFile(newIdentity(), SAMPLE_SPEC, sampleRun(3)));

  it("that breaks off gives a run or a sentence", () => {
    const random = createRandom(1);
    for (let i = 0; i < 1000; i++) expect(expectTotal(short.slice(0, random.int(0, short.length - 3)))).toBe(false);
    for (let i = 0; i < 50; i++) expect(expectTotal(recorded.slice(0, random.int(0, recorded.length - 3)))).toBe(false);
  });

  it("with characters changed, cut out and put in gives a run or a sentence", () => {
    const random = createRandom(2);
    const CHARACTERS = [...'{}[]",:0123456789-+.eE truefalsn\\u\ud800'];
    let read = 0;
    for (let i = 0; i < 3000; i++) {
      let text = i % 60 === 0 ? recorded : short;
      for (let edits = random.int(1, 4); edits > 0; edits--) {
        const at = random.int(0, text.length);
        text =
          text.slice(0, at) + (random.chance(0.5) ? random.pick(CHARACTERS) : "") + text.slice(at + random.int(0, 2));
      }
      if (expectTotal(text)) read++;
    }
    expect(read).toBeGreaterThan(100);
  });

  it("with values exchanged gives a run or a sentence", () => {
    const random = createRandom(3);
    const VALUES = [
      null,
      true,
      -1,
      0.5,
      1e308,
      2 ** 53,
      "",
      "constructor",
      [],
      {},
      { __proto__: null },
      [[]],
      nested(9),
    ];
    let read = 0;
    for (let i = 0; i < 3000; i++) {
      const value: unknown = JSON.parse(short);
      mutate(value, random, VALUES);
      if (expectTotal(JSON.stringify(value))) read++;
    }
    expect(read).toBeGreaterThan(10);
  });

  it("nested 100,000 deep gives a sentence, wherever it stands", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(expectTotal(deep)).toBe(false);
    expect(expectTotal(`{"spec":${deep},"events":[]}`)).toBe(false);
    expect(expectTotal(`{"spec":{},"events":${deep}}`)).toBe(false);
    expect(expectTotal(short.replace('"seed":1', `"seed":${deep}`))).toBe(false);
    expect(expectTotal(short.replace('"input":[[1,2]]', `"input":${deep}`))).toBe(false);
    expect(expectTotal(short.replace(/"events":\[/, `"events":[${deep},`))).toBe(false);
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 0 : { a: nested(depth - 1) };
}

/** Puts one of `values` in the place of some value below `root`. */
function mutate(root: unknown, random: Random, values: readonly unknown[]): void {
  let place = root as Record<string, unknown>;
  for (;;) {
    const key = random.pick(Object.keys(place));
    const inner = place[key];
    const isOpen = typeof inner === "object" && inner !== null && Object.keys(inner).length > 0;
    if (!isOpen || random.chance(0.2)) {
      place[key] = random.pick(values);
      return;
    }
    place = inner as Record<string, unknown>;
  }
}
