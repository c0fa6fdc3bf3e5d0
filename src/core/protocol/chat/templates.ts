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
export const SYSTEM = `You solve programming problems in {language}, step by step, in the order and the form that the user asks for. There are three kinds of steps. DEFINE comes first: it lays the structure of the solution out in pseudocode. REFINE makes one inexact line of the pseudocode exact, in pseudocode again. CODE comes last: it is the complete program in {language}, in one fenced block, without tests and without example calls.

A step opens with its heading, such as ### DEFINE, and closes with the line ### END. Pseudocode is short plain text, never {language}. Write the step that is asked for and nothing else: no greeting, no explanation.`;

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
export const ASK_FIRST_STEP =
  "Write the ### DEFINE step: the structure of the solution in pseudocode, at most 10 short lines. Close it with ### END.";

/** Stands before that when others were drawn: siblings should differ. */
export const TRIED_STRUCTURES = `These structures have been tried already. Find one that solves the problem in another way:

{structures}`;

/** Stands before that when the model answered with its program. */
export const TRIED_PROGRAM =
  "The program has been written before. What is wanted now is its structure in pseudocode, not a program.";

/** The user's turn after a step: one more of pseudocode is wanted. */
export const ASK_REFINEMENT =
  "Write one ### REFINE step: take the line of the pseudocode that is least exact and say exactly how it is done, in at most 8 short lines of pseudocode. Close it with ### END.";

/** The user's turn after a step: the program is wanted. */
export const ASK_CODE =
  "Write the ### CODE step: the complete {language} program that does what the pseudocode says, in one fenced block. Close it with ### END.";

/** Closes the user's turn: a whole path is wanted. */
export const ASK_WHOLE_PATH = `Write all steps, one after the other: ### DEFINE, {refinements}then ### CODE. Close each with ### END, and write ### DONE after the last.`;

/** The user's turn after a step: the rest of the path is wanted. */
export const ASK_REST_OF_PATH = `Write all steps that are left, one after the other: {refinements}then ### CODE with the complete program. Close each with ### END, and write ### DONE after the last.`;

/** What a path may hold between its first step and its program. */
export const REFINEMENTS = "at most {number} ### REFINE for what is still inexact, ";

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

/** Opens a conversation that asks for the worth of a path. */
export const JUDGE_SYSTEM = `You judge solutions of programming problems that are under way. A solution lays its structure out in pseudocode (DEFINE), makes lines of it exact (REFINE) and ends in a program (CODE). You say whether it is right so far: Yes when it can still become a program that gives the right result for every input, No when something in it is wrong. Your whole answer is the one word Yes or No.`;

/** Stands above the steps. */
export const SOLUTION_SO_FAR = "The solution so far:";

/** Closes the user's turn when the path is under way. */
export const ASK_PATH = "Can this still become a correct program? Answer Yes or No.";

/** Closes it when the path has come to its program. */
export const ASK_WHOLE_PROGRAM = "Is this program correct? Answer Yes or No.";

/** A template with each `{name}` replaced by its value. Values may themselves hold braces. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
