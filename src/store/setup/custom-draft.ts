import { exactText } from "../../core/exact-json";
import { isCallTest, type JsonValue, type Language, type TestCase } from "../../core/problem";

/** A problem of the user's own as it stands in the form: texts, right or wrong. */
export interface CustomDraft {
  readonly title: string;
  readonly statement: string;
  readonly language: Language;
  readonly entryPoint: string;
  /** Tests the model and the search see, see `parseTests`. */
  readonly visibleTests: string;
  /** Tests that decide the score and nothing else; may be empty. */
  readonly hiddenTests: string;
}

/** What the form starts with: a complete small problem, to be written over. */
export const SAMPLE_DRAFT: CustomDraft = {
  title: "My puzzle",
  statement: "Keep only even values, then sort from largest to smallest, then return the list.",
  language: "javascript",
  entryPoint: "solve",
  visibleTests: "[4, 7, 2, 8] -> [8, 4, 2]\n[5, 0, 3, 6] -> [6, 0]",
  hiddenTests: "[] -> []\n[1, 3] -> []",
};

/** The inverse of `parseTests`, a test a line; tests that are not calls have no such line. */
export function formatTests(tests: readonly TestCase[]): string {
  const json = (value: JsonValue) => exactText(value).replaceAll(",", ", ");
  return tests
    .filter(isCallTest)
    .map(({ input, expected }) => `${input.map(json).join(", ")} -> ${json(expected)}`)
    .join("\n");
}
