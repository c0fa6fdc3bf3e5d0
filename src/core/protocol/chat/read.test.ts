import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Step } from "../../step";
import type { Completion, DrawnStep } from "../protocol";
import { renderStep } from "./ask";
import { MESSY, type MessyCase } from "./messy-fixture";
import { chatProtocol } from "./read";
import { DONE, END, HEADINGS } from "./templates";

/** A completion in tokens of up to four characters, with log-probabilities -1, -2, -3, ... */
function complete(text: string, finish: Completion["finish"] = "stop"): Completion {
  const pieces = text.match(/[\s\S]{1,4}/g) ?? [];
  return { text, pieces, tokens: pieces.length, logProbs: pieces.map((_, i) => -(i + 1)), finish };
}

const DEFINE: Step = { kind: "define", text: "some structure" };
const REFINE: Step = { kind: "refine", text: "some part of it" };
const PREFIX = [DEFINE, REFINE];

const render = (steps: readonly Step[]) => steps.map((step) => renderStep(step, "python")).join("\n");

function parse(messy: MessyCase): readonly DrawnStep[] {
  const completion = complete(messy.text, messy.finish ?? "stop");
  const prefix = PREFIX.slice(0, messy.prefix ?? 0);
  if (messy.as === "path") return chatProtocol.parsePath(completion, prefix, messy.entryPoint);
  if (messy.as === "step") return chatProtocol.parseSteps(completion, prefix, messy.entryPoint);
  return [chatProtocol.parseCode(completion, messy.entryPoint)];
}

const lineOfText = fc.stringMatching(/^[a-z(][a-z0-9 =+:()]{0,30}$/);
const textOfStep = fc
  .array(lineOfText, { minLength: 1, maxLength: 5 })
  .map((lines) => lines.join("\n  ").trim())
  .filter((text) => text !== "");
const program = fc
  .array(fc.oneof(lineOfText, fc.constantFrom("```", '"""', "# define", "    pass")), { minLength: 1, maxLength: 6 })
  .map((lines) => ["def f(x):", ...lines].join("\n").trim());

const path = fc
  .tuple(
    fc.uniqueArray(textOfStep, { minLength: 1, maxLength: 4, selector: (text) => text.replace(/\s+/g, " ") }),
    program,
  )
  .map(([texts, code]): Step[] => [
    ...texts.map((text, index): Step => ({ kind: index === 0 ? "define" : "refine", text })),
    { kind: "code", text: code },
  ]);

const MARKER_LINES = [
  ...Object.values(HEADINGS),
  END,
  DONE,
  "**Refine**",
  "Step 2: CODE",
  "### Step 1: Define it (Action 1)",
];

/** Texts of markers, fences and scraps: much likelier to nearly be a path than random characters. */
const scraps = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKER_LINES),
      fc.constantFrom(
        "```",
        "```python",
        "def f(x):",
        "    return x",
        "<think>",
        "</think>",
        "<|im_end|>",
        "\r",
        "---",
      ),
      fc.string({ maxLength: 6 }),
      lineOfText,
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join("\n"));

const finish = fc.constantFrom("stop" as const, "length" as const);

describe("steps that a model writes as it was asked to", () => {
  it("come back as they were rendered", () => {
    fc.assert(
      fc.property(path, fc.boolean(), (steps, done) => {
        const text = done ? `${render(steps)}\n${DONE}` : render(steps);
        const drawn = chatProtocol.parsePath(complete(text), []);
        expect(drawn.map((d) => d.step)).toEqual(steps);
        expect(drawn.every((d) => d.deadEnd === undefined)).toBe(true);
      }),
    );
  });

  it("come back one by one, and render to what the model said, to the letter", () => {
    fc.assert(
      fc.property(path, (steps) => {
        steps.forEach((step, index) => {
          const said = renderStep(step, "python");
          const drawn = chatProtocol.parseSteps(complete(said), steps.slice(0, index));
          expect(drawn.map((d) => [d.deadEnd, renderStep(d.step, "python")])).toEqual([[undefined, said]]);
        });
      }),
    );
  });
});

describe("whatever a model writes", () => {
  const any = fc.oneof(fc.string(), scraps);

  it("is read as steps that end in code or a dead end, and accounts for every token", () => {
    fc.assert(
      fc.property(any, finish, fc.nat(2), (text, end, n) => {
        const completion = complete(text, end);
        const drawn = chatProtocol.parsePath(completion, PREFIX.slice(0, n));
        expect(drawn.length).toBeGreaterThan(0);
        drawn.forEach((d, index) => {
          expect(d.deadEnd !== undefined || d.step.kind === "code").toBe(index === drawn.length - 1);
          if (d.deadEnd === undefined) expect(d.step.text.trim()).not.toBe("");
        });
        expect(drawn.reduce((sum, d) => sum + d.tokens, 0)).toBe(completion.tokens);
        expect(drawn.reduce((sum, d) => sum + (d.logProb ?? 0), 0)).toBe(
          completion.logProbs.reduce((sum, x) => sum + x, 0),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("is read as the path's steps but for what breaks off behind the first, or as one program", () => {
    fc.assert(
      fc.property(any, finish, fc.nat(2), (text, end, n) => {
        const completion = complete(text, end);
        const path = chatProtocol.parsePath(completion, PREFIX.slice(0, n));
        const drawn = chatProtocol.parseSteps(completion, PREFIX.slice(0, n));
        const kept = path.filter(({ deadEnd }, index) => index === 0 || deadEnd === undefined);
        expect(drawn.map((d) => [d.step, d.deadEnd])).toEqual(kept.map((d) => [d.step, d.deadEnd]));
        expect(drawn.reduce((sum, d) => sum + d.tokens, 0)).toBe(completion.tokens);
        expect(chatProtocol.parseCode(completion).step.kind).toBe("code");
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["-", "=", "*", "`", "<", "#", " ", "\n", "a ", "<think>", "```\n", "x\n\n", "1. ", "/**", "__"])(
    "is read in good time, though it be thousands of %j",
    (unit) => {
      for (const text of [unit.repeat(5000), `### CODE\n${unit.repeat(5000)}!`, `${unit.repeat(5000)}\n### END`]) {
        expect(chatProtocol.parsePath(complete(text), [DEFINE])).not.toHaveLength(0);
        expect(chatProtocol.parseCode(complete(text)).step.kind).toBe("code");
      }
    },
  );

  it("is read the same once it is rendered as it should have been written", () => {
    fc.assert(
      fc.property(any, finish, fc.nat(2), (text, end, n) => {
        const prefix = PREFIX.slice(0, n);
        const steps = chatProtocol
          .parsePath(complete(text, end), prefix)
          .filter((d) => d.deadEnd === undefined)
          .map((d) => d.step);
        const again = chatProtocol.parsePath(complete(render(steps)), prefix).filter((d) => d.deadEnd === undefined);
        expect(again.map((d) => d.step)).toEqual(steps);
      }),
      { numRuns: 2000, examples: [["---\n\n---\n(\n### DEFINE", "stop", 0]] },
    );
  });
});

describe("messy completions", () => {
  it.each(MESSY.map((messy): [string, MessyCase] => [messy.name, messy]))("%s", (_, messy) => {
    const drawn = parse(messy);
    expect(drawn.map((d) => (d.deadEnd === undefined ? [d.step.kind, d.step.text] : d.deadEnd))).toEqual(messy.steps);
  });
});

describe("tokens", () => {
  const said = "### DEFINE\nab\n### END\n### CODE\n```python\nx = 1\n```\n### END";

  it("belong to the step in whose text they begin", () => {
    const [define, code] = chatProtocol.parsePath(complete(said), []);
    const border = Math.ceil(said.indexOf("### CODE") / 4);
    expect(define?.tokens).toBe(border);
    expect(define?.logProb).toBe(-(border * (border + 1)) / 2);
    expect((define?.tokens ?? 0) + (code?.tokens ?? 0)).toBe(Math.ceil(said.length / 4));
  });

  it("are shared out by characters where the model does not tell them, whose log-probability is not known", () => {
    const drawn = chatProtocol.parsePath({ text: said, tokens: 30, logProbs: [], pieces: [], finish: "stop" }, []);
    const share = Math.round((30 * said.indexOf("### CODE")) / said.length);
    expect(drawn.map((d) => [d.tokens, d.logProb])).toEqual([
      [share, null],
      [30 - share, null],
    ]);
  });
});
