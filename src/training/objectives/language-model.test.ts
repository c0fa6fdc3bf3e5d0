import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { languageModelObjective } from "./language-model";

const objective = languageModelObjective({
  tokenizer: {
    vocabSize: 128,
    encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
    decode: (ids) => String.fromCharCode(...ids),
    pieceOf: (id) => String.fromCharCode(id),
    idOf: (piece) => piece.charCodeAt(0),
  },
  createCorpus: (seed) => ({
    next: () => ({ segments: [{ text: String.fromCharCode(97 + ((seed >>> 0) % 26)).repeat(3), weight: 1 }] }),
  }),
  seed: 3,
  rows: 2,
  rowTokens: 8,
});

describe("languageModelObjective", () => {
  it("goes on with its batches from a position that has been through JSON", () => {
    const whole = objective.batches();
    const expected = [1, 2, 3, 4].map((number) => whole.next(number, 0));
    const before = objective.batches();
    const resumed = [1, 2].map((number) => before.next(number, 0));
    const position: unknown = JSON.parse(JSON.stringify(before.position));
    // What was given out stays as it was.
    before.next(3, 0);
    const after = objective.batches(position);
    expect([...resumed, ...[3, 4].map((number) => after.next(number, 0))]).toEqual(expected);
  });

  it("evaluates on the same batches every time, which are none of the training's", () => {
    expect(objective.evaluationBatches()).toEqual(objective.evaluationBatches());
    expect(objective.evaluationBatches()[0]).not.toEqual(objective.batches().next(1, 1));
  });

  it("refuses whatever is no position of its own", () => {
    const bad = expect.objectContaining({ code: "model/bad-checkpoint" });
    const refuse = (position: unknown) => {
      expect(() => objective.batches(position)).toThrow(bad);
    };
    refuse(null);
    refuse({ waiting: [{ tokens: [1, 2], weights: [1] }] });
    refuse({ waiting: [{ tokens: [-1], weights: [1] }] });
    fc.assert(fc.property(fc.jsonValue(), refuse));
  });
});
