import { type CallTest, isCallTest, type JsonValue } from "../../core/problem";
import type { Verdict } from "../../core/verdict";
import type { CodeRunner } from "../../ports/code-runner";

/** What a program returns for a test, or undefined when it is to fail with an error. */
export type ScriptedProgram = (code: string, test: CallTest) => JsonValue | undefined;

function verdictOf(program: ScriptedProgram, code: string, test: CallTest): Verdict {
  const got = program(code, test);
  const { expected } = test;
  if (got === undefined) return { verdict: "error", expected, message: "Error: scripted", ms: 0 };
  return { verdict: JSON.stringify(got) === JSON.stringify(expected) ? "passed" : "failed", expected, got, ms: 0 };
}

/** A runner that executes nothing: a script says what each program returns. It knows calls only. */
export function createScriptedRunner(program: ScriptedProgram): CodeRunner {
  return {
    judge: ({ code, tests }) => Promise.resolve(tests.filter(isCallTest).map((test) => verdictOf(program, code, test))),
  };
}
