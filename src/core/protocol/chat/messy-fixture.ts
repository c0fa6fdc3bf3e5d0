import type { DeadEndReason, StepKind } from "../../step";

/** A completion as real models botch it, and what must be made of it. */
export interface MessyCase {
  readonly name: string;
  readonly as: "step" | "path" | "code";
  /** Steps before it: none, a define, or a define and a refine. */
  readonly prefix?: 0 | 1 | 2;
  readonly finish?: "length";
  /** What a program must define; not said when absent. */
  readonly entryPoint?: string;
  readonly text: string;
  /** Steps as kind and text; dead ends as their reason. */
  readonly steps: readonly (readonly [StepKind, string] | DeadEndReason)[];
}

const SQUARES = "def squares(xs):\n    return [x * x for x in xs]";

const LOOP = "    then add the next one to the sum\n".repeat(40);

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
    name: "several steps where one was asked for: all of them",
    as: "step",
    text: `### DEFINE\nsquare each\n\n### REFINE\neach: x times x\n\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["refine", "each: x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "a program in the place of pseudocode ends the path, where nothing follows it",
    as: "path",
    entryPoint: "squares",
    text: `### DEFINE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["define", `\`\`\`python\n${SQUARES}\n\`\`\``],
      ["code", SQUARES],
    ],
  },
  {
    name: "a helper in the place of pseudocode does not",
    as: "path",
    entryPoint: "squares",
    text: "### DEFINE\n```python\ndef square(x):\n    return x * x\n```\n### END",
    steps: [["define", "```python\ndef square(x):\n    return x * x\n```"], "empty"],
  },
  {
    name: "a second step that is cut off does not spoil the first",
    as: "step",
    finish: "length",
    text: "### DEFINE\nsquare each\n### REFINE\neach: x tim",
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
  {
    name: "no marker but a fence of pseudocode",
    as: "step",
    text: "```pseudo\nfunction squares(xs):\n  for each x: emit x times x\n```",
    steps: [["define", "```pseudo\nfunction squares(xs):\n  for each x: emit x times x\n```"]],
  },
  {
    name: "no marker at all, only prose",
    as: "step",
    text: "I would square each number and put the squares into a new list.",
    steps: ["grammar"],
  },
  {
    name: "a refusal",
    as: "step",
    prefix: 2,
    text: "I'm sorry, but I can't help with that.",
    steps: ["grammar"],
  },
  {
    name: "the heading is missing, the end is there",
    as: "step",
    text: "squares(xs):\n  square each\n### END",
    steps: [["define", "squares(xs):\n  square each"]],
  },
  {
    name: "the first heading of a path is missing",
    as: "path",
    text: `squares(xs):\n  square each\n\n### REFINE\nx times x\n### END\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["define", "squares(xs):\n  square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "a first step labelled refine is the define all the same",
    as: "step",
    text: "### REFINE\nsquares(xs): square each\n### END",
    steps: [["define", "squares(xs): square each"]],
  },
  {
    name: "a second define is a refine all the same",
    as: "step",
    prefix: 1,
    text: "### DEFINE\nsquares(xs): square each\n### END",
    steps: [["refine", "squares(xs): square each"]],
  },
  {
    name: "code before any pseudocode",
    as: "step",
    text: `### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [["code", SQUARES]],
  },
  {
    name: "code before any pseudocode, without a marker",
    as: "path",
    text: `\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [["code", SQUARES]],
  },
  {
    name: "a line of small talk is no define",
    as: "path",
    text: `Certainly!\n\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [["code", SQUARES]],
  },
  {
    name: "a second block with example calls",
    as: "step",
    prefix: 1,
    text: `### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n\nExample usage:\n\`\`\`python\nprint(squares([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]))\n\`\`\`\n### END`,
    steps: [["code", SQUARES]],
  },
  {
    name: "a helper in a block of its own",
    as: "step",
    prefix: 1,
    text: "### CODE\nFirst a helper:\n```python\ndef square(x):\n    return x * x\n```\nThen the function:\n```python\ndef squares(xs):\n    return [square(x) for x in xs]\n```\n### END",
    steps: [["code", "def square(x):\n    return x * x\n\ndef squares(xs):\n    return [square(x) for x in xs]"]],
  },
  {
    name: "two versions of the program: the last",
    as: "step",
    prefix: 1,
    text: `### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\nOr with a loop:\n\`\`\`python\ndef squares(xs):\n    out = []\n    for x in xs:\n        out.append(x * x)\n    return out\n\`\`\``,
    steps: [["code", "def squares(xs):\n    out = []\n    for x in xs:\n        out.append(x * x)\n    return out"]],
  },
  {
    name: "the output beside the program is no program",
    as: "step",
    prefix: 1,
    text: "### CODE\n```python\nprint(1)\n```\nOutput:\n```\n1 and some more words than the program has\n```\n### END",
    steps: [["code", "print(1)"]],
  },
  {
    name: "a whole program that reads and prints",
    as: "step",
    prefix: 1,
    text: "### CODE\n```python\nn = int(input())\nprint(n * n)\n```\n### END",
    steps: [["code", "n = int(input())\nprint(n * n)"]],
  },
  {
    name: "an indented fence",
    as: "step",
    prefix: 1,
    text: "### CODE\n1. The program:\n   ```python\n   def f(x):\n       return x\n   ```\n### END",
    steps: [["code", "def f(x):\n    return x"]],
  },
  {
    name: "a fence of tildes, and one that stands behind prose",
    as: "path",
    prefix: 1,
    text: "### CODE\nHere it is: ```python\ndef f(x):\n    return x```\n### END",
    steps: [["code", "def f(x):\n    return x"]],
  },
  {
    name: "backticks inside the program",
    as: "step",
    prefix: 1,
    text: '### CODE\n````python\ndef f(x):\n    """\n    ```\n    """\n    return x\n````\n### END',
    steps: [["code", 'def f(x):\n    """\n    ```\n    """\n    return x']],
  },
  {
    name: "a fence that is never closed",
    as: "step",
    prefix: 1,
    text: "### CODE\n```python\ndef f(x):\n    return x\n### END",
    steps: [["code", "def f(x):\n    return x"]],
  },
  {
    name: "pseudocode in a fence that is never closed",
    as: "path",
    text: `### DEFINE\n\`\`\`\nsquare each\n### END\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["define", "```\nsquare each"],
      ["code", SQUARES],
    ],
  },
  {
    name: "the whole answer in a fence",
    as: "step",
    text: "```markdown\n### DEFINE\nsquare each\n### END\n```",
    steps: [["define", "square each"]],
  },
  {
    name: "the whole answer in a fence, no end",
    as: "step",
    text: "```\n### DEFINE\nsquare each\n```",
    steps: [["define", "square each"]],
  },
  {
    name: "words of pseudocode that look like markers",
    as: "step",
    text: "### DEFINE\nSTART\n  define total as 0\n  # define the loop\n  1. Define the bounds\n  END FOR\nEND\ncode = 5\nRefine later\n### END",
    steps: [
      [
        "define",
        "START\n  define total as 0\n  # define the loop\n  1. Define the bounds\n  END FOR\nEND\ncode = 5\nRefine later",
      ],
    ],
  },
  {
    name: "comments of a program that look like markers",
    as: "step",
    prefix: 1,
    text: "### CODE\n```python\n# Define f\ndef f(x):\n    # CODE\n    return x\n    # END\n```\n### END",
    steps: [["code", "# Define f\ndef f(x):\n    # CODE\n    return x\n    # END"]],
  },
  {
    name: "content on the marker's line",
    as: "path",
    text: "### DEFINE: squares(xs) squares each\n### REFINE - x times x\n### CODE: ```python\ndef f(x):\n    return x\n```",
    steps: [
      ["define", "squares(xs) squares each"],
      ["refine", "x times x"],
      ["code", "def f(x):\n    return x"],
    ],
  },
  {
    name: "headings in sentences",
    as: "path",
    text: "### Step 1: Define the structure\nsquare each\n\n### Step 2: Refine the squaring\nx times x\n\n### Step 3: Code\n```python\ndef f(x):\n    return x\n```",
    steps: [
      ["define", "Define the structure\nsquare each"],
      ["refine", "Refine the squaring\nx times x"],
      ["code", "def f(x):\n    return x"],
    ],
  },
  {
    name: "headings in sentences, undecorated",
    as: "path",
    text: "Step 1: Define the structure\nsquare each\n\nStep 2: Refine the squaring\nx times x\n\nStep 3: Code\n```python\ndef f(x):\n    return x\n```",
    steps: [
      ["define", "Define the structure\nsquare each"],
      ["refine", "Refine the squaring\nx times x"],
      ["code", "def f(x):\n    return x"],
    ],
  },
  {
    name: "pseudocode that counts steps of its own",
    as: "step",
    text: "### DEFINE\nStep 1: define the total\nStep 2: refine it for each x\n### END",
    steps: [["define", "Step 1: define the total\nStep 2: refine it for each x"]],
  },
  {
    name: "the reference repository's headings and tags",
    as: "path",
    text: "<Step_Begin>\n### Step 1: **Outlining the Parts (Action 1)**\n\n#### Goal:\nOne function.\n<Step_End>\n---\n<Step_Begin>\n### Step 2: **Detailing the Sum (Action 2)**\n\n#### Pseudocode:\n```pseudo\nadd all\n```\n<Step_End>\n---\n<Step_Begin>\n### Step 3: **Writing It Down (Action 3)**\n\n#### Code:\n```python\ndef f(x):\n    return sum(x)\n```\n\n**Explanation:**\nIt adds.\n<Step_End>",
    steps: [
      ["define", "Outlining the Parts\n\n#### Goal:\nOne function."],
      ["refine", "Detailing the Sum\n\n#### Pseudocode:\n```pseudo\nadd all\n```"],
      ["code", "def f(x):\n    return sum(x)"],
    ],
  },
  {
    name: "the reference repository's older form, with fences left open",
    as: "path",
    text: "Step 1: <Action 1> Structures in pseudocode\n[Pseudo Start]\n```\nadd all\n[Pseudo End]\n\n###\n\nStep 2: <Action 3> Write the program\nThe code is:\n[Code Start]\n```python\ndef f(x):\n    return sum(x)\n```\n[Code End]",
    steps: [
      ["define", "Structures in pseudocode\n[Pseudo Start]\n```\nadd all\n[Pseudo End]"],
      ["code", "def f(x):\n    return sum(x)"],
    ],
  },
  {
    name: "markers in angle brackets, with closing tags",
    as: "path",
    text: "<define>\nadd all\n</define>\n<code>\ndef f(x):\n    return sum(x)\n</code>",
    steps: [
      ["define", "add all"],
      ["code", "def f(x):\n    return sum(x)"],
    ],
  },
  {
    name: "a doubled heading",
    as: "step",
    text: "### DEFINE\n### DEFINE\nadd all\n### END",
    steps: [["define", "add all"]],
  },
  {
    name: "a line repeated for ever, cut by the limit",
    as: "step",
    finish: "length",
    text: `### DEFINE\n${LOOP}`,
    steps: ["length"],
  },
  {
    name: "a line repeated for ever, ended by luck",
    as: "step",
    text: `### DEFINE\nsum all:\n${LOOP}### END`,
    steps: ["grammar"],
  },
  {
    name: "the same step again and again",
    as: "path",
    text: "### DEFINE\nadd all\n### END\n### REFINE\ntotal grows\n### END\n### REFINE\n total  grows\n### END\n### REFINE\ntotal grows\n### END",
    steps: [["define", "add all"], ["refine", "total grows"], "grammar"],
  },
  {
    name: "the prompt's steps said again before the new one",
    as: "path",
    prefix: 2,
    text: `### DEFINE\nsome structure\n### END\n### REFINE\nsome part of it\n### END\n### REFINE\nx times x\n### END\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "a step that the prompt already holds",
    as: "step",
    prefix: 2,
    text: "### REFINE\nsome part of it\n### END",
    steps: ["grammar"],
  },
  {
    name: "cut by the limit inside pseudocode",
    as: "step",
    prefix: 1,
    finish: "length",
    text: "### REFINE\nfor each x in",
    steps: ["length"],
  },
  {
    name: "cut by the limit inside the program",
    as: "step",
    prefix: 1,
    finish: "length",
    text: "### CODE\n```python\ndef f(x):\n    retu",
    steps: ["length"],
  },
  {
    name: "cut by the limit in prose behind a whole program",
    as: "step",
    prefix: 1,
    finish: "length",
    text: "### CODE\n```python\ndef f(x):\n    return x\n```\nThis function returns its",
    steps: [["code", "def f(x):\n    return x"]],
  },
  {
    name: "cut by the limit after some good steps",
    as: "path",
    finish: "length",
    text: "### DEFINE\nadd all\n### END\n### REFINE\ntotal gr",
    steps: [["define", "add all"], "length"],
  },
  { name: "nothing", as: "step", text: "", steps: ["empty"] },
  { name: "blanks", as: "path", prefix: 1, text: " \n\t\n", steps: ["empty"] },
  { name: "nothing but the end", as: "step", text: "### DEFINE\n### END", steps: ["empty"] },
  { name: "an empty program", as: "step", prefix: 1, text: "### CODE\n```python\n```\n### END", steps: ["grammar"] },
  {
    name: "a path that stops before its code",
    as: "path",
    text: "### DEFINE\nadd all\n### END",
    steps: [["define", "add all"], "empty"],
  },
  {
    name: "a reasoning model's thoughts",
    as: "step",
    text: "<think>\nMaybe ### CODE first?\n### END\n</think>\n\n### DEFINE\nadd all\n### END",
    steps: [["define", "add all"]],
  },
  {
    name: "thoughts whose beginning the chat template wrote",
    as: "step",
    text: "Let me see.\n### CODE\n</think>\n### DEFINE\nadd all\n### END",
    steps: [["define", "add all"]],
  },
  {
    name: "thoughts that never end",
    as: "step",
    finish: "length",
    text: "<think>\n### DEFINE\nadd all\n### END\nHmm, wait",
    steps: ["thought"],
  },
  {
    name: "tokens of the chat template, and a turn that nobody took",
    as: "step",
    text: "<|im_start|>assistant\n### DEFINE\nadd all<|im_end|>\n<|im_start|>user\n### REFINE\nmore",
    steps: [["define", "add all"]],
  },
  {
    name: "Windows line ends",
    as: "path",
    text: "### DEFINE\r\nadd all\r\n### END\r\n### CODE\r\n```python\r\ndef f(x):\r\n    return sum(x)\r\n```\r\n### END\r\n",
    steps: [
      ["define", "add all"],
      ["code", "def f(x):\n    return sum(x)"],
    ],
  },
  {
    name: "vanilla: one block",
    as: "code",
    text: `\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [["code", SQUARES]],
  },
  {
    name: "vanilla: prose on both sides, no fence",
    as: "code",
    text: `Here is the solution:\n\n${SQUARES}\n\nExplanation: each number is squared.`,
    steps: [["code", SQUARES]],
  },
  {
    name: "vanilla: steps all the same",
    as: "code",
    text: `### DEFINE\nsquare each\n### END\n### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [["code", SQUARES]],
  },
  { name: "vanilla: a refusal", as: "code", text: "I cannot do that.", steps: ["grammar"] },
  { name: "vanilla: nothing", as: "code", text: "<think></think>", steps: ["empty"] },
  {
    name: "vanilla: cut by the limit",
    as: "code",
    finish: "length",
    text: "```python\ndef f(x):\n    retu",
    steps: ["length"],
  },
  {
    name: "vanilla: JavaScript without a fence",
    as: "code",
    text: "function f(x) {\n  // twice\n  return 2 * x;\n}",
    steps: [["code", "function f(x) {\n  // twice\n  return 2 * x;\n}"]],
  },
  {
    name: "vanilla: the body of a given function, no fence",
    as: "code",
    text: "    total = 0\n    for x in xs:\n        total += x\n    return total\n",
    steps: [["code", "total = 0\nfor x in xs:\n    total += x\nreturn total"]],
  },
  {
    name: "vanilla: one line of body, no fence",
    as: "code",
    text: "    return sum(xs)",
    steps: [["code", "return sum(xs)"]],
  },
  {
    name: "a correction after a longer draft: the last that defines what is wanted",
    as: "step",
    prefix: 1,
    entryPoint: "squares",
    text: `### CODE\n\`\`\`python\ndef squares(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out\n\`\`\`\nWait, that doubles. Corrected:\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [["code", SQUARES]],
  },
  {
    name: "a block behind the program that does not define what is wanted",
    as: "code",
    entryPoint: "squares",
    text: `\`\`\`python\n${SQUARES}\n\`\`\`\nA test:\n\`\`\`python\ndef test_all():\n    xs = [1, 2, 3, 4, 5, 6]\n    assert len(xs) == 6\n\`\`\``,
    steps: [["code", SQUARES]],
  },
  {
    name: "vanilla: a corrected program under a heading of its own",
    as: "code",
    entryPoint: "squares",
    text: `### Code\n\`\`\`python\ndef squares(xs):\n    return [x + x for x in xs]\n\`\`\`\n\n### Final Code\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [["code", SQUARES]],
  },
  {
    name: "a fence inside a docstring",
    as: "code",
    entryPoint: "f",
    text: '```python\ndef f(x):\n    """Twice.\n\n    ```\n    f(1) == 2\n    ```\n    """\n    return 2 * x\n```',
    steps: [["code", 'def f(x):\n    """Twice.\n\n    ```\n    f(1) == 2\n    ```\n    """\n    return 2 * x']],
  },
  {
    name: "a docstring that never ends does not swallow the fence",
    as: "code",
    text: '```python\ndef f(x):\n    """Twice.\n    return 2 * x\n```\nThat is all.',
    steps: [["code", 'def f(x):\n    """Twice.\n    return 2 * x']],
  },
  {
    name: "markers whose hashes stand in bold, or in a quotation",
    as: "path",
    text: `**### DEFINE**\nsquare each\n**### END**\n> ### REFINE\nx times x\n### END\n**### CODE**\n\`\`\`python\n${SQUARES}\n\`\`\`\n**### END**`,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "titles in the place of actions",
    as: "path",
    text: `### Pseudocode\nsquare each\n\n### Final Code\n\`\`\`python\n${SQUARES}\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["code", SQUARES],
    ],
  },
  {
    name: "titles inside steps",
    as: "path",
    text: `## Solution\n### DEFINE\n### Pseudocode\nsquare each\n### END\n### CODE\n### Python Program\n\`\`\`python\n${SQUARES}\n\`\`\`\n### END`,
    steps: [
      ["define", "square each"],
      ["code", SQUARES],
    ],
  },
  {
    name: "ends and headings behind other words of their line",
    as: "path",
    text: `### DEFINE square each ### END ### REFINE\nx times x ### END\n### CODE\n\`\`\`python\ndef squares(xs):\n    return [x * x for x in xs] ### END\n\`\`\``,
    steps: [
      ["define", "square each"],
      ["refine", "x times x"],
      ["code", SQUARES],
    ],
  },
  {
    name: "a word about the end marker is none",
    as: "step",
    text: "### DEFINE\nclose each list with ### END as said\nsquare each\n### END",
    steps: [["define", "close each list with ### END as said\nsquare each"]],
  },
  ...(
    [
      ["Mistral's", "[THINK]Perhaps ### CODE?\n### END\n[/THINK]"],
      ["Seed's", "<seed:think>\nPerhaps\n### CODE\n### END\n</seed:think>"],
      ["Kimi's", "◁think▷Perhaps\n### CODE\n### END\n◁/think▷"],
      ["Cohere's", "<|START_THINKING|>Perhaps\n### CODE\n<|END_THINKING|><|START_RESPONSE|>"],
      ["MedGemma's", "<unused94>thought\nPerhaps\n### CODE\n<unused95>"],
      [
        "gpt-oss's",
        "<|channel|>analysis<|message|>Perhaps\n### CODE\n### END<|end|><|start|>assistant<|channel|>final<|message|>",
      ],
      ["gpt-oss's without its tokens", "analysisWe need ### CODE?\n### CODE\nassistantfinal"],
      ["a front end's", '<details type="reasoning" done="true">\nPerhaps\n### CODE\n</details>\n'],
      ["two", "<think>\n### CODE\n</think>\n<reflection>\n### CODE\nx = 1\n</reflection>\n"],
      ["closed twice", "<think>\nhm\n</think>\n### CODE\nlet me see\n</think>\n"],
    ] as const
  ).map(
    ([whose, thoughts]): MessyCase => ({
      name: `thoughts in other marks: ${whose}`,
      as: "step",
      text: `${thoughts}### DEFINE\nadd all\n### END`,
      steps: [["define", "add all"]],
    }),
  ),
  {
    name: "thoughts that a stop word broke off",
    as: "step",
    text: "<think>\nThe step opens with ### DEFINE and ends with ### END",
    steps: ["thought"],
  },
  {
    name: "vanilla: thoughts in a channel that never ends",
    as: "code",
    finish: "length",
    text: "<|channel|>analysis<|message|>```python\ndef f(x): return x\n```\nbut",
    steps: ["thought"],
  },
  {
    name: "a program about tags",
    as: "code",
    entryPoint: "strip",
    text: '```python\ndef strip(text):\n    return text.replace("<think>", "").split("</think>")[-1]\n```',
    steps: [["code", 'def strip(text):\n    return text.replace("<think>", "").split("</think>")[-1]']],
  },
  ...[
    "User: Now something else.",
    "Human: thanks",
    "### Instruction:",
    "[INST] Next",
    "<|user|>",
    "<｜User｜>more",
  ].map(
    (turn): MessyCase => ({
      name: `the next turn is said by nobody: ${turn}`,
      as: "path",
      prefix: 1,
      text: `### CODE\n\`\`\`python\n${SQUARES}\n\`\`\`\n${turn}\n### CODE\n\`\`\`python\ndef squares(xs): return 0\n\`\`\``,
      steps: [["code", SQUARES]],
    }),
  ),
  {
    name: "pseudocode that names its user",
    as: "step",
    text: "### DEFINE\nask the User: a name\n  User: one line each\n### END",
    steps: [["define", "ask the User: a name\n  User: one line each"]],
  },
];
