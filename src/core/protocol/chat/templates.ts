import type { Language } from "../../problem";
import type { StepKind } from "../../step";

/** The heading that opens a step. */
export const HEADINGS: Readonly<Record<StepKind, string>> = {
  define: "### DEFINE",
  refine: "### REFINE",
  code: "### CODE",
};

/** Ends a step; the stop string of one step. */
export const END = "### END";

/** Ends a whole path; the stop string of a playout. */
export const DONE = "### DONE";

/** What people and models call a language. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { javascript: "JavaScript", python: "Python" };

/** Opens every conversation that asks for steps. */
export const SYSTEM = `You solve programming problems in {language}, in small steps. Each step is one of three actions:

### DEFINE
Pseudocode for the structure of the solution: its parts, what goes in, what comes out. Always the first step.

### REFINE
Exact pseudocode for one part that is still vague. As many steps as the problem needs.

### CODE
The complete {language} program that follows the pseudocode, in one fenced block. Always the last step.

Rules:
- A step opens with its heading and closes with the line ### END.
- Pseudocode is short plain text. Only CODE has a fenced block, and it holds nothing but the program: no tests, no example calls.
- Nothing stands outside the steps. Say nothing twice.

A small problem, solved in all its steps:

{example}`;

/** A small problem solved in all its steps, in each language. */
export const EXAMPLES: Readonly<Record<Language, string>> = {
  python: `Problem: Write longest_word(text), which returns the longest word of text. If several are longest, it returns the first of them; without any word, "".

### DEFINE
longest_word(text):
    words = text cut at white space
    best = the first longest of words
    return best
### END
### REFINE
the first longest of words:
    best = "" (so that no words give "")
    for each word from left to right:
        if word is longer than best, not just as long: best = word
### END
### CODE
{fence}python
def longest_word(text):
    best = ""
    for word in text.split():
        if len(word) > len(best):
            best = word
    return best
{fence}
### END
### DONE`,
  javascript: `Problem: Write longestWord(text), which returns the longest word of text. If several are longest, it returns the first of them; without any word, "".

### DEFINE
longestWord(text):
    words = text cut at white space
    best = the first longest of words
    return best
### END
### REFINE
the first longest of words:
    best = "" (so that no words give "")
    for each word from left to right:
        if word is longer than best, not just as long: best = word
### END
### CODE
{fence}javascript
function longestWord(text) {
  let best = "";
  for (const word of text.split(/\\s+/)) {
    if (word.length > best.length) best = word;
  }
  return best;
}
{fence}
### END
### DONE`,
};

/** What the user's first turn says of a problem, to every role alike. Parts that a problem lacks are left out. */
export const PROBLEM = "Problem: {statement}";

/** For a solution that tests call. */
export const ENTRY_POINT = "The solution must define {entryPoint} at its top level: tests call it by that name.";

/** For a solution that tests run. */
export const WHOLE_PROGRAM = "The solution is a whole program that reads standard input and writes standard output.";

/** Code that runs before every program. */
export const PREAMBLE = "This code runs before the solution, which need not repeat it:";

/** Code to begin with. */
export const STARTER_CODE = "The solution begins from this code, and keeps its names and signatures:";

/** Opens the visible tests. */
export const TESTS = "Tests that it must pass:";

/** Closes the user's turn: the first step is wanted. */
export const ASK_FIRST_STEP = "Write the first step only. Open it with ### DEFINE and close it with ### END.";

/** The user's turn after a step: one more is wanted. */
export const ASK_NEXT_STEP =
  "Write the next step only: ### REFINE if a part is still vague, ### CODE if none is. Close it with ### END.";

/** Closes the user's turn: a whole path is wanted. */
export const ASK_WHOLE_PATH =
  "Write all steps, from ### DEFINE to ### CODE. Close each with ### END, and write ### DONE after the last.";

/** The user's turn after a step: the rest of the path is wanted. */
export const ASK_REST_OF_PATH =
  "Write all steps that remain, up to and including ### CODE. Close each with ### END, and write ### DONE after the last.";

/** Opens a conversation that asks for code at once: the paper's vanilla baseline. */
export const VANILLA_SYSTEM = `You solve programming problems in {language}. You answer with the complete program in one fenced block and nothing else: no explanation, no tests, no example calls.`;

/** Closes the user's turn: code at once is wanted. */
export const ASK_PROGRAM = "Write the program.";

/** Opens a conversation that asks for test cases. */
export const TESTS_SYSTEM = `You write test cases for programming problems. You work the right result of each case out with care: from the problem's own words or, where it gives examples only, from the rule that all of them follow. You write nothing but the cases. After the last one you write ### END.`;

/** Asks for calls. `{form}` is one such line with its parts named. */
export const ASK_CALLS = `Write {count} new test cases for {entryPoint}, one a line, each in this form:
{form}
Use small inputs that differ from the ones above, ordinary and borderline. Write arguments and results as plain literals.`;

/** What a line looks like in each language. */
export const CALL_FORMS = {
  python: "assert {entryPoint}(arguments) == result",
  javascript: "{entryPoint}(arguments) returns result",
};

/** Asks for runs of a whole program. */
export const ASK_RUNS = `Write {count} new test cases, each in this form:
Input:
{fence}
what the program reads
{fence}
Output:
{fence}
what it must print
{fence}
Use small inputs that differ from the ones above, ordinary and borderline, in the format that the problem states.`;

/** Opens a conversation that asks for the worth of steps. */
export const JUDGE_SYSTEM = `You judge solutions of programming problems, step by step. A solution defines a structure in pseudocode, refines parts of it, and ends in code. You are given one step at a time. Answer + if the step is right and the solution can still become a correct program from here. Answer - if the step is wrong or leads nowhere. Answer with that one sign only.`;

/** Stands above each step. */
export const JUDGE_STEP = "Step {number}:";

/** Closes each of the user's turns. */
export const ASK_SIGN = "Is this step right? Answer + or -.";

/** A template with each `{name}` replaced by its value. Values may themselves hold braces. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
