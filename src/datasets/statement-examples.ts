import { type CallTest, isCallTest, type ProgramTest } from "../core/problem";
import { pythonText } from "./io-tests";

/** Tests divided by who may see them. */
export interface DividedTests {
  readonly visible: readonly (CallTest | ProgramTest)[];
  readonly hidden: readonly (CallTest | ProgramTest)[];
  /** Whether the visible ones stand in the statement; else they are simply the first. */
  readonly shown: boolean;
}

/**
 * The first tests that the statement gives as examples are visible; where it gives none that can be recognised, the
 * first test is. A test that is there twice counts once.
 * @param count how many at most; null for all examples.
 */
export function divideTests(
  tests: readonly (CallTest | ProgramTest)[],
  statement: string,
  functionName: string | null,
  count: number | null,
): DividedTests {
  const keys = tests.map(likeness);
  const different = tests.filter((_, i) => keys.indexOf(keys[i] ?? "") === i);
  const examples = different.filter(standsIn(statement, functionName)).slice(0, count ?? different.length);
  const visible = new Set(examples.length > 0 ? examples : different.slice(0, Math.min(count ?? 1, 1)));
  return {
    visible: different.filter((test) => visible.has(test)),
    hidden: different.filter((test) => !visible.has(test)),
    shown: examples.length > 0,
  };
}

/** The same for tests that are the same but for white space at the ends. */
function likeness(test: CallTest | ProgramTest): string {
  return isCallTest(test) ? JSON.stringify(test) : JSON.stringify([test.stdin.trim(), test.stdout.trim()]);
}

/**
 * Whether a statement shows a test: what goes in, and behind it what comes out. White space and the kind of quotes do
 * not count.
 */
function standsIn(statement: string, functionName: string | null): (test: CallTest | ProgramTest) => boolean {
  const lines = words(statement);
  const compact = bare(statement);
  return (test) => {
    if (!isCallTest(test)) return follows(lines, [words(test.stdin), words(test.stdout)]);
    const given = bare(test.input.map(pythonText).join(","));
    const calls = [`${functionName}(${given})`, `Input:${given}Output:`];
    return calls.some((call) => compact.includes(call) && follows(compact, [call, bare(pythonText(test.expected))]));
  };
}

/** Whether the texts stand in `text` one after the other. An empty one proves nothing. */
function follows(text: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = part.trim() === "" ? -1 : text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** Words with single spaces around them, so that `1 2` is not found in `11 23`. */
function words(text: string): string {
  return ` ${text.trim().replaceAll(/\s+/g, " ")} `;
}

/** Without white space, names of arguments (`arr = [1]`), and with one kind of quotes. */
function bare(text: string): string {
  return text
    .replaceAll(/\b[A-Za-z_]\w*\s*=\s*(?=[-[{"'\d])/g, "")
    .replaceAll(/\s+/g, "")
    .replaceAll("'", '"');
}
