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
