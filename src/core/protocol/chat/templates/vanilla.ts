/** Opens a conversation that asks for code at once: the paper's vanilla baseline. */
export const VANILLA_SYSTEM = `You solve programming problems in {language}. You answer with the complete program in one fenced block and nothing else: no explanation, no tests, no example calls.`;

/** Closes the user's turn: code at once is wanted. */
export const ASK_PROGRAM = "Write the program.";
