import { LabError } from "../../../core/errors";

const IDENTIFIER = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in " +
    "is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** Throws unless tests can call this name. @throws LabError `input/entry-point`. */
export function checkEntryPoint(name: string | null): asserts name is string {
  if (name !== null && IDENTIFIER.test(name) && !KEYWORDS.has(name)) return;
  const hint = "Give the name of the function the tests call, such as solve.";
  const message =
    name === null ? "The tests call a function without a name." : `"${name}" is not the name of a function.`;
  throw new LabError("input/entry-point", message, hint);
}

/**
 * The program, with its entry point as a global. LeetCode's programs have it as a method of `class Solution`; then a
 * function of that name is added at the end, which calls it on a new object each time.
 */
export function withGlobalEntryPoint(code: string, entryPoint: string): string {
  if (!IDENTIFIER.test(entryPoint)) return code;
  const isGlobal = new RegExp(`^(async\\s+def|def|class)\\s+${entryPoint}\\b|^${entryPoint}\\s*=`, "mu");
  const isMethod = new RegExp(`^[ \\t]+def\\s+${entryPoint}\\b`, "mu");
  if (isGlobal.test(code) || !/^class\s+Solution\b/m.test(code) || !isMethod.test(code)) return code;
  return `${code}\n\ndef ${entryPoint}(*args, **kwargs):\n    return Solution().${entryPoint}(*args, **kwargs)\n`;
}
