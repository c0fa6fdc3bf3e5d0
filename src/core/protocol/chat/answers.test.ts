import { describe, expect, it } from "vitest";
import { completionOf, prefixIn, problemIn, realConversations } from "../../../testing/real-answers";
import { readDraw } from "../../search/draw";
import type { StepKind } from "../../step";
import { chatProtocol } from "./read";
import { readTests } from "./tests";

/** What must be made of each answer: the kinds of its steps, or why it is none. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  "A 2": ["define refine", "define", "define"],
  "A 3": ["code", "refine", "code"],
  "A 4": ["refine code"],
  "A 5": ["refine refine code", "code", "code"],
  "A 6": ["code", "refine"],
  "A 7": ["refine", "code", "refine"],
  // The first is a program for pseudocode, which can be judged all the same; the second one without any: code at once.
  "B 2": ["define code", "code", "define refine code"],
  "B 3": ["refine code"],
  // A step without text; the step that the prompt holds already.
  "B 4": ["empty", "code", "grammar"],
  "B 5": ["refine", "code"],
  "B 6": ["code"],
  "B 7": ["code", "code"],
  "B 8": ["code", "grammar"],
  "C 2": ["define"],
  "C 3": ["define"],
  "C 4": ["define"],
  "C 5": ["code"],
  "C 6": ["refine refine code"],
  "C 7": ["code"],
  "C2 2": ["define"],
  "C2 3": ["define"],
  "C2 4": ["define"],
  "C2 5": ["code"],
  "C2 6": ["code"],
  "C2 7": ["code"],
};

/** How many tests each answer to that wish holds. */
const TESTS: Readonly<Record<string, readonly number[]>> = {
  "A 1": [5, 5],
  "B 1": [5, 5],
  "C 1": [5],
  "C2 1": [5],
};

const conversations = realConversations();

const known = (name: string): boolean => name in STEPS || name in TESTS;

describe.skipIf(conversations.length === 0)("what models really answered", () => {
  it.each(conversations.filter(({ wish, name }) => (wish === "step" || wish === "path") && known(name)))(
    "is read as its steps: $name",
    (conversation) => {
      const problem = problemIn(conversation);
      const prefix = prefixIn(conversation);
      const purpose = conversation.wish === "step" ? "expand" : "playout";
      const read = conversation.answers.map((answer) => {
        const drawn = readDraw(chatProtocol, { purpose, problem, prefix }, completionOf(answer));
        for (const { step, deadEnd } of drawn) {
          if (deadEnd !== undefined) continue;
          expect(step.text).not.toMatch(/^### |<\/?think>/m);
          if (step.kind === "code") expect(step.text).toMatch(new RegExp(`^def ${problem.entryPoint}\\(`, "m"));
          // A self-test at the top level can only fail the program.
          if (step.kind === "code") expect(step.text).not.toMatch(/^print\(/m);
        }
        return drawn.map(({ step, deadEnd }): StepKind | string => deadEnd ?? step.kind).join(" ");
      });
      expect(read).toEqual(STEPS[conversation.name]);
    },
  );

  it.each(conversations.filter(({ wish, name }) => wish === "tests" && known(name)))(
    "is read as its tests: $name",
    (conversation) => {
      const problem = problemIn(conversation);
      const read = conversation.answers.map(({ content }) => readTests([content], problem, 9));
      expect(read.map(({ length }) => length)).toEqual(TESTS[conversation.name]);
    },
  );

  it("brings no error from any reader, known or not", () => {
    for (const conversation of conversations) {
      for (const answer of conversation.answers) {
        const prefix = prefixIn(conversation);
        const drawn = chatProtocol.parsePath(completionOf(answer), prefix, problemIn(conversation).entryPoint);
        expect(drawn).not.toHaveLength(0);
      }
    }
  });
});
