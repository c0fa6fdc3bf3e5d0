import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { createRandom } from "../../core/rng";
import { MCTS, outcomeOf, SPEC, VANILLA } from "./compare-fixture";
import { parseComparisonFile, toJson } from "./comparison-file";

const OUTCOMES = [
  outcomeOf(VANILLA, "a", true, { freshPassShare: 0.5 }),
  outcomeOf(VANILLA, "b", false, { ended: "error", message: "Gone." }),
  outcomeOf(MCTS, "a", true, { tier: "hinted", code: null }),
];
const TEXT = toJson(SPEC, OUTCOMES, 10);

describe("a comparison's file", () => {
  it("gives back what it was written from", () => {
    expect(parseComparisonFile(TEXT)).toEqual({ spec: SPEC, outcomes: OUTCOMES });
  });

  it("of an older version, whose outcomes did not name their model, does too", () => {
    const older = TEXT.replace(/^\s*"model": [^\n]*\n/gm, "");
    expect(parseComparisonFile(older)).toEqual({ spec: SPEC, outcomes: OUTCOMES });
  });

  it.each([
    ["no JSON", "table", "The file is not JSON."],
    ["a run", '{"spec": {}, "events": []}', "The file is not a saved comparison."],
    ["settings out of range", TEXT.replace('"seed": 1', '"seed": -1'), "seed is -1"],
    ["an outcome of no row", TEXT.replaceAll(`"cell": "${MCTS}"`, '"cell": "luck tiny"'), 'no row "luck tiny"'],
    [
      "a broken outcome",
      TEXT.replace('"solved": true,', '"solved": 1,'),
      "Outcome 1 of the comparison cannot be read.",
    ],
  ])("is refused in one sentence when it holds %s", (_, text, message) => {
    expect(() => parseComparisonFile(text)).toThrow(message);
  });

  it("never ends in anything but a comparison or a sentence", () => {
    const random = createRandom(1);
    const CHARACTERS = [...'{}[]",:0123456789-.eE truefalsn\\u\ud800'];
    for (let i = 0; i < 2000; i++) {
      const at = random.int(0, TEXT.length);
      const cut = random.chance(0.2) ? TEXT.length : at + random.int(0, 2);
      const text = TEXT.slice(0, at) + random.pick(CHARACTERS) + TEXT.slice(cut);
      try {
        expect(parseComparisonFile(text).outcomes.length).toBeLessThanOrEqual(OUTCOMES.length);
      } catch (thrown) {
        if (!(thrown instanceof LabError)) throw thrown;
        expect(thrown.code).toMatch(/^input\//);
      }
    }
  });
});
