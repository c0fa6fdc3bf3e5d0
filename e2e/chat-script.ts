import type { Language } from "../src/core/problem";
import { fenced, renderStep } from "../src/core/protocol/chat/ask";
import {
  ASK_FIRST_STEP,
  ASK_PROGRAM,
  ASK_REFINEMENT,
  DONE,
  JUDGE_SYSTEM,
  TESTS_SYSTEM,
} from "../src/core/protocol/chat/templates";
import type { Step } from "../src/core/step";
import type { Saying, Script } from "./openai-completion";

/** How a scripted model solves a problem. */
export interface ScriptedSolution {
  readonly language: Language;
  /** The pseudocode of the steps before the code; the first is the define step. */
  readonly pseudocode: readonly [string, ...string[]];
  /** Programs to choose from, by the seed of the call. */
  readonly programs: readonly [string, ...string[]];
  /** What it says when it is asked for test cases. Default: nothing. */
  readonly tests?: string;
  /** The probability that it answers Yes to a path; the rest is No. Default: 0.5. */
  readonly judge?: (step: string) => number;
}

function judgement(path: string, judge: (path: string) => number): Saying {
  const good = judge(path);
  return { text: good >= 0.5 ? "Yes" : "No", likeliest: { Yes: Math.log(good), No: Math.log(1 - good) } };
}

/** Turns of the model in the example that opens every conversation about steps. */
const EXAMPLE_TURNS = 3;

/**
 * A model that answers as the chat protocol asks it to: step by step, by whole paths, or with a program at once; and in
 * its other two roles, with test cases and with judgements.
 */
export function chatScript({
  language,
  pseudocode,
  programs,
  tests = "",
  judge = () => 0.5,
}: ScriptedSolution): Script {
  return (call, index) => {
    const { messages, seed = 0 } = call.body;
    const program = programs[(seed + index) % programs.length] ?? programs[0];
    const steps: readonly Step[] = [
      ...pseudocode.map((text, i): Step => ({ kind: i === 0 ? "define" : "refine", text })),
      { kind: "code", text: program },
    ];
    const rest = steps.slice(messages.filter(({ role }) => role === "assistant").length - EXAMPLE_TURNS);
    const said = rest.map((step) => renderStep(step, language));
    const wish = messages.at(-1)?.content ?? "";
    const role = messages[0]?.content;
    if (role === TESTS_SYSTEM) return tests;
    if (role === JUDGE_SYSTEM) return judgement(wish, judge);
    if (wish.endsWith(ASK_PROGRAM)) return fenced(program, language);
    if (wish.endsWith(ASK_FIRST_STEP) || wish.endsWith(ASK_REFINEMENT)) return said[0] ?? "";
    return wish.includes(DONE) ? `${said.join("\n")}\n${DONE}` : (said.at(-1) ?? "");
  };
}
