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
