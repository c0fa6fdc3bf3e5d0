import { DONE } from "../src/core/chat/markers";
import { fenced, renderStep } from "../src/core/chat/render";
import { ASK_FIRST_STEP, ASK_NEXT_STEP, ASK_REST_OF_PATH, ASK_WHOLE_PATH } from "../src/core/chat/templates/requests";
import { ASK_PROGRAM } from "../src/core/chat/templates/vanilla";
import type { Language } from "../src/core/problem";
import type { Step } from "../src/core/step";
import type { ChatCall, Saying, Script } from "./openai-server";

/** How a scripted model solves a problem. */
export interface ScriptedSolution {
  readonly language: Language;
  /** The pseudocode of the steps before the code; the first is the define step. */
  readonly pseudocode: readonly [string, ...string[]];
  /** Programs to choose from, by the seed of the call. */
  readonly programs: readonly [string, ...string[]];
  /** What to say to anything that is no wish for a step or a program, such as test cases or a judgement. Default: nothing. */
  readonly otherwise?: (call: ChatCall) => Saying;
}

/** A model that answers as the chat protocol asks it to: step by step, by whole paths, or with a program at once. */
export function chatScript({ language, pseudocode, programs, otherwise = () => "" }: ScriptedSolution): Script {
  return (call, index) => {
    const { messages, seed = 0 } = call.body;
    const program = programs[(seed + index) % programs.length] ?? programs[0];
    const steps: readonly Step[] = [
      ...pseudocode.map((text, i): Step => ({ kind: i === 0 ? "define" : "refine", text })),
      { kind: "code", text: program },
    ];
    const rest = steps.slice(messages.filter(({ role }) => role === "assistant").length);
    const said = rest.map((step) => renderStep(step, language));
    const wish = messages.at(-1)?.content ?? "";
    if (wish.endsWith(ASK_PROGRAM)) return fenced(program, language);
    if (wish.endsWith(ASK_FIRST_STEP) || wish.endsWith(ASK_NEXT_STEP)) return said[0] ?? "";
    if (wish.endsWith(ASK_WHOLE_PATH) || wish.endsWith(ASK_REST_OF_PATH)) return `${said.join("\n")}\n${DONE}`;
    return otherwise(call);
  };
}
