import { lexemesOf } from "./scan";

/** Builtins and words that an assertion may use besides the function under test. */
const NAMES = new Set(
  (
    "not and or in is None True False abs all any bool complex dict divmod enumerate filter float frozenset int len list map max min " +
    "pow range repr reversed round set sorted str sum tuple zip"
  ).split(" "),
);

const NUMBER = /^(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e\d*)?j?$|^0[xob][\da-f]+$/i;

const OPERATOR = /^[-+*/%<>=!~,:&|^ \t\n]$/;

const STRING_PREFIX = /^(?:[rbu]|br|rb)$/i;

/**
 * Whether a Python expression names nothing but `entryPoint`, literals and harmless builtins: no attributes, no other names, no
 * f-strings, nothing beyond ASCII outside strings (Python folds look-alike letters into plain ones). A model's assertion runs where
 * tests run, so it gets no more than it needs.
 */
export function isHarmless(expression: string, entryPoint: string): boolean {
  const lexemes = lexemesOf(expression, "python");
  return lexemes.every(({ kind, text }, index) => {
    if (kind === "comment") return false;
    if (kind !== "other") return true;
    if (lexemes[index + 1]?.kind === "string" && /\w/.test(text)) return STRING_PREFIX.test(text);
    return OPERATOR.test(text) || NUMBER.test(text) || NAMES.has(text) || text === entryPoint;
  });
}
