import type { Problem } from "../problem";
import type { DrawnStep } from "./protocol";

/** Whether Python code can only be what stands inside a function: it returns, but not from any function of its own. */
function isBody(code: string): boolean {
  const definesSomething = /^(?:async\s+def|def|class)\s/m.test(code);
  return /^return\b/m.test(code) || (!definesSomething && /^[ \t]+return\b/m.test(code));
}

function indented(code: string): string {
  return code.replace(/^(?=.*\S)/gm, "    ");
}

/**
 * A program for a problem that gives the head of its function, such as those of HumanEval: a model that goes on where the head ends,
 * instead of writing the function out, gets the head back. Any other program is left as it is.
 */
export function completedProgram(code: string, { language, entryPoint, starterCode }: Problem): string {
  if (language !== "python" || entryPoint === null || starterCode === undefined) return code;
  const head = starterCode.trimEnd();
  const isHead = new RegExp(`^(?:async\\s+)?def\\s+${entryPoint}\\s*\\([\\s\\S]*:$`, "m").test(head);
  const isWhole = new RegExp(`^(?:(?:async\\s+def|def|class)\\s+${entryPoint}\\b|${entryPoint}\\s*=)`, "m").test(code);
  return isHead && !isWhole && isBody(code) ? `${head}\n${indented(code)}` : code;
}

/** A drawn step whose program, if it is one, is completed. */
export function completedStep(drawn: DrawnStep, problem: Problem): DrawnStep {
  const { step, deadEnd } = drawn;
  if (step.kind !== "code" || deadEnd !== undefined) return drawn;
  const text = completedProgram(step.text, problem);
  return text === step.text ? drawn : { ...drawn, step: { ...step, text } };
}
