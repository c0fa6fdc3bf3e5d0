import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Step } from "../step";
import type { Completion } from "./protocol";
import { MARKERS, readTestInput, readTestOutput, renderStep, tinyProtocol } from "./tiny";

/** A completion whose tokens are markers and single characters, with log-probabilities -1, -2, -3, ... */
function complete(text: string, finish: Completion["finish"] = "stop"): Completion {
  const pieces = text.match(new RegExp(`${Object.values(MARKERS).join("|")}|[\\s\\S]`, "g")) ?? [];
  return { text, pieces, tokens: pieces.length, logProbs: pieces.map((_, i) => -(i + 1)), finish };
}

const DEFINE: Step = { kind: "define", text: "two operations" };
const REFINE: Step = { kind: "refine", text: "1. keep the even ones" };

const stepText = fc
  .string({ minLength: 1 })
  .map((text) => text.trim())
  .filter((text) => text !== "" && !Object.values(MARKERS).some((marker) => text.includes(marker)));

const validPath = fc
  .tuple(stepText, fc.array(stepText, { maxLength: 4 }), stepText)
  .map(([define, refines, code]): Step[] => [
    { kind: "define", text: define },
    ...refines.map((text): Step => ({ kind: "refine", text })),
    { kind: "code", text: code },
  ]);

/** Texts made of markers and scraps: much likelier to nearly be a path than random characters. */
const scraps = fc
  .array(fc.oneof(fc.constantFrom(...Object.values(MARKERS)), fc.string({ maxLength: 3 })), { maxLength: 12 })
  .map((p) => p.join(""));

describe("a path", () => {
  it("comes back as it was rendered, with or without <eos>", () => {
    fc.assert(
      fc.property(validPath, fc.boolean(), (steps, eos) => {
        const text = steps.map(renderStep).join("");
        const drawn = tinyProtocol.parsePath(complete(text + (eos ? MARKERS.eos : "")), []);
        expect(drawn.map((d) => d.step)).toEqual(steps);
        expect(drawn.every((d) => d.deadEnd === undefined)).toBe(true);
        expect(drawn.map((d) => renderStep(d.step)).join("")).toBe(text);
      }),
    );
  });

  it("is something whatever the text, ends in code or a dead end, and accounts for every token", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), scraps),
        fc.constantFrom("stop" as const, "length" as const),
        fc.nat(2),
        (text, finish, n) => {
          const completion = complete(text, finish);
          const drawn = tinyProtocol.parsePath(completion, [DEFINE, REFINE].slice(0, n));
          expect(drawn.length).toBeGreaterThan(0);
          drawn.forEach((step, index) => {
            expect(step.deadEnd !== undefined || step.step.kind === "code").toBe(index === drawn.length - 1);
          });
          expect(drawn.reduce((sum, d) => sum + d.tokens, 0)).toBe(completion.tokens);
          expect(drawn.reduce((sum, d) => sum + (d.logProb ?? 0), 0)).toBe(
            completion.logProbs.reduce((sum, x) => sum + x, 0),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps the good steps before a break, and gives each the tokens it cost", () => {
    const drawn = tinyProtocol.parsePath(complete("<define>ab<end><refine>c<end>oops<eos>"), []);
    expect(drawn).toEqual([
      { step: { kind: "define", text: "ab" }, tokens: 4, logProb: -(1 + 2 + 3 + 4) },
      { step: { kind: "refine", text: "c" }, tokens: 3, logProb: -(5 + 6 + 7) },
      { step: { kind: "refine", text: "oops<eos>" }, tokens: 5, logProb: -(8 + 9 + 10 + 11 + 12), deadEnd: "grammar" },
    ]);
  });

  it("counts <eos>, and whatever follows the code, to the code step", () => {
    const drawn = tinyProtocol.parsePath(complete("<code>a<end><refine>x<eos>"), [DEFINE]);
    expect(drawn).toEqual([{ step: { kind: "code", text: "a" }, tokens: 6, logProb: -21 }]);
  });

  it("does not share a token between two steps: it belongs where it begins", () => {
    const text = "<define>ab<end><code>c<end>";
    const pieces = ["<define>", "ab", "<end><code>", "c", "<end>"];
    const drawn = tinyProtocol.parsePath(
      { text, pieces, tokens: 5, logProbs: [-1, -1, -1, -1, -1], finish: "stop" },
      [],
    );
    expect(drawn.map((d) => d.tokens)).toEqual([3, 2]);
  });
});

describe("dead ends", () => {
  it.each([
    ["code before a define", "<code>a<end>", [], "stop", "grammar"],
    ["a refine before a define", "<refine>a<end>", [], "stop", "grammar"],
    ["a second define", "<define>a<end>", [DEFINE], "stop", "grammar"],
    ["no marker", "function solve() {}", [DEFINE], "stop", "grammar"],
    ["a step inside a step", "<refine>a<refine>b<end>", [DEFINE], "stop", "grammar"],
    ["an early end", "<eos>", [DEFINE], "stop", "grammar"],
    ["nothing at all", "", [DEFINE], "stop", "grammar"],
    ["no end, though not cut", "<refine>a", [DEFINE], "stop", "grammar"],
    ["a cut step", "<refine>a", [DEFINE], "length", "length"],
    ["a cut between steps", "", [DEFINE], "length", "length"],
    ["a step without text", "<refine>  \n<end>", [DEFINE], "stop", "empty"],
  ] as const)("%s", (_, text, prefix, finish, reason) => {
    const completion = complete(text, finish);
    expect(tinyProtocol.parsePath(completion, prefix)).toMatchObject([{ deadEnd: reason, tokens: completion.tokens }]);
    expect(tinyProtocol.parseSteps(completion, prefix)).toMatchObject([{ deadEnd: reason, tokens: completion.tokens }]);
  });

  it("is the path's end after good steps when the limit cuts it there", () => {
    const drawn = tinyProtocol.parsePath(complete("<define>a<end>", "length"), []);
    expect(drawn.map((d) => [d.step.text, d.deadEnd])).toEqual([
      ["a", undefined],
      ["", "length"],
    ]);
  });
});

describe("one step, and code at once", () => {
  it("trims the text", () => {
    expect(tinyProtocol.parseSteps(complete("<define> a b \n<end>"), [])).toMatchObject([
      { step: { kind: "define", text: "a b" } },
    ]);
  });

  it("wants code at once, and only code", () => {
    expect(tinyProtocol.parseCode(complete("<code>x<end><eos>"))).toMatchObject({
      step: { kind: "code", text: "x" },
      tokens: 4,
    });
    expect(tinyProtocol.parseCode(complete("<define>x<end>"))).toMatchObject({ deadEnd: "grammar" });
  });
});

describe("a generated test", () => {
  it.each([
    ["[4, 7]<end>", [4, 7]],
    ["[]<end>", []],
    ["[-12, 0, 999999]", [-12, 0, 999999]],
  ])("has the input %s", (text, input) => {
    expect(readTestInput(text)).toEqual(input);
  });

  it.each([
    "",
    "<end>",
    "7<end>",
    "[7, 03, 1]<end>",
    "[-0]<end>",
    "[00]",
    "[1e400]",
    "[1.5]",
    "[+1]",
    "[1,2]",
    "[1, ]",
    "[1, 2",
    "[[1]]",
    "[1]]",
    '["a"]',
    "[null]",
    "[1234567]",
    `[${"9".repeat(400)}]`,
    `[${"1, ".repeat(100_000)}`,
    "[".repeat(1_000_000),
  ])("has none in anything else", (text) => {
    expect(readTestInput(text)).toBeUndefined();
  });

  it("has as its output what stands behind the first output marker", () => {
    expect(readTestOutput("<refine>1. sum: [1, 2] -> 3<end><output>3<end><eos>")).toBe(3);
    expect(readTestOutput("<output>[-3, 1]<end><output>7<end>")).toEqual([-3, 1]);
  });

  it.each([
    "",
    "3<end>",
    "<output>3",
    "<end><output>",
    "<output>03<end>",
    "<output>-0<end>",
    "<output>1e400<end>",
    "<output>[1] <end>",
  ])("has no output in %j", (text) => {
    expect(readTestOutput(text)).toBeUndefined();
  });
});
