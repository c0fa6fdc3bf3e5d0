import type { DeadEndReason, StepKind } from "../step";

/** A completion as real models botch it, and what must be made of it. */
export interface MessyCase {
  readonly name: string;
  readonly as: "step" | "path" | "code";
  /** Steps before it: none, a define, or a define and a refine. */
  readonly prefix?: 0 | 1 | 2;
  readonly finish?: "length";
  readonly text: string;
  /** Steps as kind and text; dead ends as their reason. */
  readonly steps: readonly (readonly [StepKind, string] | DeadEndReason)[];
}

const SQUARES = "def squares(xs):\n    return [x * x for x in xs]";

/** Written for these tests; the forms are those seen in models' outputs. */
export const MESSY: readonly MessyCase[] = [
  {
    name: "prose before and after the step",
    as: "step",
    text: "Sure! Here is the first step:\n\n### DEFINE\nsquares(xs): square each\n### END\nLet me know if you need more.",
    steps: [["define", "squares(xs): square each"]],
  },
  {
    name: "the end marker is missing",
    as: "step",
    text: "### DEFINE\nsquares(xs): square each",
    steps: [["define", "squares(xs): square each"]],
  },
  {
    name: "two actions in one step: the first counts",
    as: "step",
    text: `### DEFINE\nsquare each\n\n### REFINE\neach: x times x\n\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [["define", "square each"]],
  },
  {
    name: "markers in lower case with a colon",
    as: "path",
    text: `define:\nsquare each\nrefine:\nx times x\ncode:\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "markers in bold",
    as: "path",
    text: `**Define**\nsquare each\n**Refine:**\nx times x\n**Code**\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "markers numbered and upper case",
    as: "path",
    text: `1. DEFINE\nsquare each\n2. REFINE\nx times x\n3. CODE\n\`\`\`\n${SQUARES}\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "markers misspelt",
    as: "path",
    text: `### DEFNE\nsquare each\n### END\n### REFIEN\nx times x\n### END\n### COED\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "no fence around the program",
    as: "step",
    prefix: 2,
    text: `### CODE\n${SQUARES}\n### END`,
    steps: [["code", SQUARES]],
  },
  {
    name: "no fence, prose on both sides",
    as: "step",
    prefix: 2,
    text: `### CODE\nHere is the solution:\n\n${SQUARES}\n\nThis function squares each number of the list.`,
    steps: [["code", SQUARES]],
  },
  {
    name: "no marker but a code fence",
    as: "step",
    prefix: 1,
    text: `Here is the solution:\n\`\`\`python\n${SQUARES}\n\`\`\`\nIt runs in linear time.`,
    steps: [["code", SQUARES]],
  },
];
