import { MESSY } from "../src/core/protocol/chat/messy-fixture";
import { chatProtocol } from "../src/core/protocol/chat/read";
import { readTests } from "../src/core/protocol/chat/tests";
import type { Completion } from "../src/core/protocol/protocol";
import { readDraw } from "../src/core/search/draw";
import type { Step } from "../src/core/step";
import { createOpenAiModel } from "../src/engines/openai/model";
import { problemOf } from "../src/testing/problem";
import { prefixIn, problemIn, type RealConversation, realConversations } from "../src/testing/real-answers";
import type { Measure } from "./measure";

/** What became of answers that were asked for steps. */
interface Tally {
  /** Texts that a model said. */
  answers: number;
  /** Those whose first step is one. */
  usable: number;
  /** Steps in them. */
  steps: number;
  /** Programs among these. */
  programs: number;
}

const none = (): Tally => ({ answers: 0, usable: 0, steps: 0, programs: 0 });

/** A server that says what a model once said, in one piece and to its end: no stop word stops it. */
function serverThatSays({ answers }: RealConversation): typeof fetch {
  const choices = answers.map(({ content, reasoning }, index) => ({
    index,
    message: { content, ...(reasoning === "" ? {} : { reasoning_content: reasoning }) },
    finish_reason: "stop",
  }));
  const answer = JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 1 } });
  return async () => new Response(answer, { headers: { "content-type": "application/json" } });
}

/** The completions of a conversation as the app gets them. */
async function completionsOf(conversation: RealConversation): Promise<readonly Completion[]> {
  const model = await createOpenAiModel({
    baseUrl: "http://localhost/v1",
    model: "m",
    fetch: serverThatSays(conversation),
  });
  const { messages, answers, stop, maxTokens } = conversation;
  const [result] = await model.sample([
    { prompt: messages, count: answers.length, stop, maxTokens, temperature: 0.8, topK: 0, topP: 1, seed: 1 },
  ]);
  return result?.completions ?? [];
}

function count(tally: Tally, drawn: ReturnType<typeof readDraw>): void {
  const steps = drawn.filter(({ deadEnd }) => deadEnd === undefined).map(({ step }): Step => step);
  tally.answers += 1;
  tally.usable += Number(steps.length > 0);
  tally.steps += steps.length;
  tally.programs += steps.filter(({ kind }) => kind === "code").length;
}

/** How much of what models really answer becomes steps and tests: of the conversations in `LAB_CASES`, and of the messy fixtures. */
export const measure: Measure = async (log) => {
  const tallies: Record<string, Tally> = {};
  const tests = { asked: 0, read: 0 };
  for (const conversation of realConversations()) {
    const { name, wish } = conversation;
    if (wish === "greeting") continue;
    const problem = problemIn(conversation);
    const completions = await completionsOf(conversation);
    if (wish === "tests") {
      tests.asked += 5;
      tests.read += readTests(
        completions.map(({ text }) => text),
        problem,
        5,
      ).length;
      continue;
    }
    tallies[name.split(" ")[0] ?? ""] ??= none();
    for (const completion of completions) {
      const purpose = wish === "step" ? "expand" : "playout";
      const drawn = readDraw(chatProtocol, { purpose, problem, prefix: prefixIn(conversation) }, completion);
      count(tallies[name.split(" ")[0] ?? ""] ?? none(), drawn);
      if (drawn[0]?.deadEnd !== undefined) log(`${name}: ${drawn[0].deadEnd}`);
    }
  }
  const fixtures = none();
  for (const { text, as, prefix = 0, finish = "stop", entryPoint = null } of MESSY) {
    const steps = [
      { kind: "define", text: "some structure" },
      { kind: "refine", text: "some part of it" },
    ] as const;
    const purpose = ({ step: "expand", path: "playout", code: "code" } as const)[as];
    const draw = { purpose, problem: problemOf({ language: "python", entryPoint }), prefix: steps.slice(0, prefix) };
    const tokens = Math.ceil(text.length / 4);
    count(fixtures, readDraw(chatProtocol, draw, { text, finish, tokens, logProbs: [], pieces: [] }));
  }
  const shares = Object.entries({ ...tallies, fixtures }).map(([name, tally]) => [
    name,
    { ...tally, usableShare: tally.usable / tally.answers },
  ]);
  return { ...Object.fromEntries(shares), testsAskedFor: tests.asked, testsRead: tests.read };
};
