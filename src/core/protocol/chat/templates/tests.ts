/** Opens a conversation that asks for test cases. */
export const TESTS_SYSTEM = `You write test cases for programming problems. You work the right result of each case out from the problem's own words, with care, and write nothing but the cases. After the last one you write ### END.`;

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

/** Shows a candidate, so that the cases go where it may break. */
export const CANDIDATE = `This program was written for the problem. It may be wrong, so do not take a result from it:
{program}
Choose inputs on which such a program could fail.`;
