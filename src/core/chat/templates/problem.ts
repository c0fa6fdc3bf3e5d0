/** What the user's first turn says of a problem. Parts that a problem lacks are left out. */
export const PROBLEM = "Problem: {statement}";

/** For a program that tests call. */
export const ENTRY_POINT = "The program must define {entryPoint} at its top level: tests call it by that name.";

/** For a program that tests run. */
export const WHOLE_PROGRAM = "Write a whole program that reads standard input and writes standard output.";

/** Code that runs before every program. */
export const PREAMBLE = "This code runs before your program, so do not repeat it:";

/** Code to begin with. */
export const STARTER_CODE = "Begin from this code, and keep its names and signatures:";

/** Opens the visible tests. */
export const TESTS = "Tests that it must pass:";
