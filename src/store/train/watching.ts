/** What a model is asked while it is trained: about a puzzle of the validation split, which it never learns from. */
import { isCallTest, type JsonValue } from "../../core/problem";
import { policyPrompt, readTestOutput, tinyProtocol } from "../../core/protocol/tiny";
import { planExecutionPrompt, renderPlan } from "../../core/protocol/tiny-tests";
import type { CodeRunner } from "../../ports/code-runner";
import type { WatchedText } from "../../ports/trainer";
import type { TrainingWatch, WatchedPuzzle } from "../../ports/training-archive";
import { generatePuzzle, type Puzzle } from "../../puzzles/generator";
import type { TrainStage } from "./stages";

const PATH_TOKENS = 256;
const EXECUTION_TOKENS = 160;

/** The puzzle itself. */
export function watchedPuzzle({ tier, index }: WatchedPuzzle): Puzzle {
  return generatePuzzle("validation", tier, index);
}

/** What to ask about a puzzle; null for a stage whose model writes nothing. */
export function questionOf({ watches }: TrainStage, puzzle: WatchedPuzzle): TrainingWatch | null {
  if (watches === null) return null;
  const { problem, chain } = watchedPuzzle(puzzle);
  if (watches === "path") return { puzzle, prompt: policyPrompt(problem, []), maxTokens: PATH_TOKENS };
  const plan = renderPlan(chain.map(({ operation, arg }) => operation.pseudocode(arg)));
  const input = problem.visibleTests[0]?.input[0] ?? [];
  return { puzzle, prompt: planExecutionPrompt(plan, input), maxTokens: EXECUTION_TOKENS };
}

/** Whether an answer is right: its program passes all tests, or its output is the true one. Null when it cannot be judged here. */
export async function isRight(
  { watches }: TrainStage,
  puzzle: WatchedPuzzle,
  { pieces, logProbs }: WatchedText,
  runner: CodeRunner,
): Promise<boolean | null> {
  const { problem, hiddenTests } = watchedPuzzle(puzzle);
  const text = pieces.join("");
  if (watches === "execution") return isSame(readTestOutput(text), problem.visibleTests[0]?.expected);
  const last = tinyProtocol.parsePath({ text, tokens: pieces.length, logProbs, pieces, finish: "stop" }, []).at(-1);
  if (last === undefined || last.deadEnd !== undefined || last.step.kind !== "code") return false;
  const tests = [...problem.visibleTests, ...hiddenTests].filter(isCallTest);
  const { language, entryPoint } = problem;
  try {
    const verdicts = await runner.judge({ language, code: last.step.text, entryPoint, tests });
    return verdicts.every(({ verdict }) => verdict === "passed");
  } catch {
    return null;
  }
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
