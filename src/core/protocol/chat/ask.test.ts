import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../../testing/problem";
import type { Language, Problem } from "../../problem";
import type { Step } from "../../step";
import type { ChatMessage, Prompt } from "../protocol";
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

const ask = (steps: readonly Step[], wanted: "step" | "path" = "step", of: Problem = problem) =>
  messages(chatProtocol.policyPrompt(of, steps, wanted));

const step = fc.record({ kind: fc.constantFrom("define" as const, "refine" as const), text: fc.string() });

const firstTurn = (of: Problem) => ask([], "step", of)[1]?.content ?? "";

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

  it("asks for a whole path in its last message only", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (path) => {
        const one = ask(path, "step");
        const all = ask(path, "path");
        expect(all.slice(0, -1)).toEqual(one.slice(0, -1));
        expect(all.at(-1)?.content).not.toBe(one.at(-1)?.content);
      }),
    );
  });

  it("alternates between the user and the model, and ends with the user", () => {
    const roles = ask([
      { kind: "define", text: "a" },
      { kind: "refine", text: "b" },
    ]).map(({ role }) => role);
    expect(roles).toEqual(["system", "user", "assistant", "user", "assistant", "user"]);
  });

  it("opens alike for all problems of a language, so that a cache keeps it", () => {
    const other = { ...problem, statement: "Something else.", entryPoint: null };
    expect(ask([], "step", other)[0]).toEqual(ask([])[0]);
  });

  it("shows a worked example of its language that its own parser reads as define, refine, code", () => {
    for (const language of ["python", "javascript"] as const) {
      const system = ask([], "step", { ...problem, language })[0]?.content ?? "";
      const example = system.slice(system.indexOf("### DEFINE\nlongest"));
      const drawn = chatProtocol.parsePath({ text: example, tokens: 1, logProbs: [], pieces: [], finish: "stop" }, []);
      expect(drawn.map((d) => [d.step.kind, d.deadEnd])).toEqual([
        ["define", undefined],
        ["refine", undefined],
        ["code", undefined],
      ]);
      expect(drawn[2]?.step.text).toMatch(language === "python" ? /^def longest_word/ : /^function longestWord/);
      expect(system).not.toMatch(/\{\w+\}/);
    }
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
    const text = messages(chatProtocol.vanillaPrompt(problem))
      .map(({ content }) => content)
      .join("\n");
    expect(text).toContain("Double every number of xs.");
    expect(text).not.toMatch(/###|pseudocode/i);
  });
});
