/** Opens a conversation that asks for the worth of steps. */
export const JUDGE_SYSTEM = `You judge solutions of programming problems, step by step. A solution defines a structure in pseudocode, refines parts of it, and ends in code. You are given one step at a time. Answer + if the step is right and the solution can still become a correct program from here. Answer - if the step is wrong or leads nowhere. Answer with that one sign only.`;

/** Stands above each step. */
export const JUDGE_STEP = "Step {number}:";

/** Closes each of the user's turns. */
export const ASK_SIGN = "Is this step right? Answer + or -.";
