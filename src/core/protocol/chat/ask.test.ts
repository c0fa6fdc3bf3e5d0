import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../../testing/problem";
import type { Language, Problem } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage, Place, Prompt, Wish } from "../protocol";
import { renderStep } from "./ask";
import { chatProtocol } from "./read";

const problem = problemOf({
  statement: "Double every number of xs.",
  language: "python",
  entryPoint: "double_all",
});

function messages(prompt: Prompt): readonly ChatMessage[] {
  if (typeof prompt === "string") throw new TypeError("not a conversation");
  return prompt;
}

const ask = (steps: readonly Step[], wish: Wish = "step", of: Problem = problem, place: Place = {}) =>
  messages(chatProtocol.policyPrompt(of, steps, wish, place));

const step = fc.record({ kind: fc.constantFrom("define" as const, "refine" as const), text: fc.string() });

/** Messages before the problem's own: the system's, and an example in three steps. */
const OPENING = 7;

const firstTurn = (of: Problem) => ask([], "step", of)[OPENING]?.content ?? "";

const DEFINE: Step = { kind: "define", text: "a" };
const REFINE: Step = { kind: "refine", text: "b" };

describe("a path as one growing conversation", () => {
  it("the prompt of a child is that of its parent, the step, and one more request", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 5 }),
        step,
        fc.constantFrom<Language>("python", "javascript"),
        (path, next, language) => {
          const of = { ...problem, language };
          const parent = ask(path, "step", of);
          const child = ask([...path, next], "step", of);
          expect(child.slice(0, parent.length)).toEqual(parent);
          expect(child).toHaveLength(parent.length + 2);
          expect(child[parent.length]).toEqual({ role: "assistant", content: renderStep(next, language) });
          expect(child.at(-1)?.role).toBe("user");
        },
      ),
    );
  });

  it("says what is wanted in its last message only", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (path) => {
        const [one, program, all] = (["step", "program", "path"] as const).map((wish) => ask(path, wish));
        expect(program?.slice(0, -1)).toEqual(one?.slice(0, -1));
        expect(all?.slice(0, -1)).toEqual(one?.slice(0, -1));
        expect(new Set([one, program, all].map((prompt) => prompt?.at(-1)?.content)).size).toBe(3);
      }),
    );
  });

  it("alternates between the user and the model, and ends with the user", () => {
    const roles = ask([DEFINE, REFINE]).map(({ role }) => role);
    expect(roles[0]).toBe("system");
    const turns = roles.slice(1);
    expect(turns).toEqual(turns.map((_, index) => (index % 2 === 0 ? "user" : "assistant")));
    expect(turns.at(-1)).toBe("user");
  });

  it("opens alike for all problems of a kind, so that a cache keeps it", () => {
    const other = { ...problem, statement: "Something else.", entryPoint: "another" };
    expect(ask([], "step", other).slice(0, OPENING)).toEqual(ask([]).slice(0, OPENING));
  });

  it.each([
    ["Python", problem],
    ["JavaScript", { ...problem, language: "javascript" }],
    ["a whole program", { ...problem, entryPoint: null }],
  ] as const)("shows an example in turns that its own parser reads, one kind of step each: %s", (_, of) => {
    const opening = ask([], "step", of).slice(1, OPENING);
    const asked = opening.filter(({ role }) => role === "user").map(({ content }) => content);
    expect(asked.map((text) => text.match(/### (?:DEFINE|REFINE|CODE)/g))).toEqual([
      ["### DEFINE"],
      ["### REFINE"],
      ["### CODE"],
    ]);
    const prefix: Step[] = [];
    for (const { content: text } of opening.filter(({ role }) => role === "assistant")) {
      const completion = { text, tokens: 1, logProbs: [], pieces: [], finish: "stop" as const };
      const drawn = chatProtocol.parseSteps(completion, prefix, of.entryPoint === null ? null : undefined);
      expect(drawn.map(({ deadEnd }) => deadEnd)).toEqual([undefined]);
      prefix.push(...drawn.map((each) => each.step));
    }
    expect(prefix.map(({ kind }) => kind)).toEqual(["define", "refine", "code"]);
    expect(prefix[2]?.text.includes("stdin")).toBe(of.entryPoint === null);
    expect(JSON.stringify(ask([], "step", of))).not.toMatch(/\{(?:language|refinements|number|structures)\}/);
  });

  it("names no step's content in its rules, which small models copy", () => {
    const system = ask([])[0]?.content ?? "";
    expect(system).not.toMatch(/^### (?:DEFINE|REFINE|CODE|DONE)/m);
  });
});

describe("what siblings are asked for", () => {
  const wishes = (steps: readonly Step[], count: number, place: Place = {}) =>
    chatProtocol
      .stepWishes(steps, count, place)
      .map((wish) => wish[0])
      .join("");

  it("is a structure at first, then refinements and programs in turn, then programs", () => {
    expect(wishes([], 3)).toBe("sss");
    expect(wishes([DEFINE], 3)).toBe("sps");
    expect(wishes([DEFINE], 2, { tried: [REFINE] })).toBe("ps");
    expect(wishes([DEFINE, REFINE], 3)).toBe("sps");
    expect(wishes([DEFINE, REFINE, { ...REFINE, text: "c" }], 3)).toBe("ppp");
  });

  it("is the program where the path has no room for more", () => {
    expect(wishes([DEFINE], 3, { stepsLeft: 1 })).toBe("ppp");
    expect(wishes([DEFINE], 3, { stepsLeft: 2 })).toBe("sps");
    const rest = (left: number) => ask([DEFINE], "path", problem, { stepsLeft: left }).at(-1)?.content;
    expect(rest(1)).not.toContain("REFINE");
    expect(rest(2)).toContain("at most 1 ### REFINE");
    expect(rest(9)).toContain("at most 2 ### REFINE");
    expect(ask([], "path", problem, { stepsLeft: 2 }).at(-1)?.content).not.toContain("REFINE");
  });

  it("leaves out the structures that were tried, and asks again where only a program came", () => {
    const last = (tried: readonly Step[]) => ask([], "step", problem, { tried }).at(-1)?.content ?? "";
    expect(last([{ kind: "define", text: "sort, then scan" }])).toContain("tried already");
    expect(last([{ kind: "define", text: "sort, then scan" }])).toContain("1. sort, then scan");
    expect(last([{ kind: "code", text: "def f(): pass" }])).toMatch(/written before[\s\S]*### DEFINE/);
    expect(last([])).not.toContain("tried already");
    expect(last(Array(40).fill({ kind: "define", text: "x".repeat(5000) })).length).toBeLessThan(4000);
  });
});

describe("what the model is told of a problem", () => {
  it("names the entry point and writes calls as the language does", () => {
    const of: Problem = {
      ...problem,
      visibleTests: [{ input: [[1], { a: null }, true], expected: { $int: "12345678901234567890" } }],
    };
    expect(firstTurn(of)).toContain("must define double_all");
    expect(firstTurn(of)).toContain('assert double_all([1], {"a": None}, True) == 12345678901234567890');
    expect(firstTurn({ ...problem, language: "javascript" })).toContain("double_all([1, 2]) returns [2, 4]");
  });

  it("shows assertions as they are, with their setup", () => {
    const of: Problem = { ...problem, visibleTests: [{ assertion: "assert f({1}) == {2}", setup: "import math" }] };
    expect(firstTurn(of)).toContain("import math\nassert f({1}) == {2}");
  });

  it("asks for a whole program where there is no entry point, and shows what it reads and prints", () => {
    const of: Problem = { ...problem, entryPoint: null, visibleTests: [{ stdin: "2\n1 2\n", stdout: "3\n" }] };
    expect(firstTurn(of)).toContain("standard input");
    expect(firstTurn(of)).toContain("Input:\n```\n2\n1 2\n```\nOutput:\n```\n3\n```");
  });

  it("shows a run once: not where the statement has it among its examples", () => {
    const test = { stdin: "2\n1 2\n", stdout: "3\n" };
    const statement = "Add up.\n\n-----Examples-----\nInput\n2\n1 2\n\nOutput\n3\n";
    const of: Problem = {
      ...problem,
      entryPoint: null,
      statement,
      visibleTests: [test, { stdin: "1\n9\n", stdout: "9\n" }],
    };
    expect(firstTurn(of).match(/1 2/g)).toHaveLength(1);
    expect(firstTurn(of)).toContain("Input:\n```\n1\n9\n```\nOutput:\n```\n9\n```");
    expect(firstTurn({ ...of, statement: "Numbers such as 2 1 2 and 3." })).toContain("Input:\n```\n2\n1 2");
  });

  it("leaves out tests that are too long for a prompt, and shows the others", () => {
    const long = { stdin: "7 ".repeat(5000), stdout: "1" };
    const of: Problem = { ...problem, entryPoint: null, visibleTests: [long, { stdin: "2", stdout: "3" }] };
    expect(firstTurn(of)).toContain("Input:\n```\n2\n```");
    expect(firstTurn(of).length).toBeLessThan(1000);
    expect(firstTurn({ ...of, visibleTests: [long] })).not.toContain("Input:");
  });

  it("gives starter code and preamble", () => {
    const of: Problem = { ...problem, starterCode: "def double_all(xs):", preamble: "from typing import List" };
    expect(firstTurn(of)).toContain("```python\ndef double_all(xs):\n```");
    expect(firstTurn(of)).toContain("```python\nfrom typing import List\n```");
  });

  it("asks for code at once without a word of steps", () => {
    const prompt = messages(chatProtocol.vanillaPrompt(problem));
    expect(prompt.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(prompt[2]?.content).toMatch(/^```python\ndef notes_left/);
    const text = prompt.map(({ content }) => content).join("\n");
    expect(text).toContain("Double every number of xs.");
    expect(text).not.toMatch(/###|pseudocode/i);
  });
});
