import { chatProtocol } from "../src/core/chat/protocol";
import type { ChatMessage, SampleRequest, SampleResult } from "../src/core/completion";
import type { Problem } from "../src/core/problem";
import { createWebLlmModel } from "../src/engines/webllm/model";
import type { CustomModel } from "../src/ports/model-catalog";

const PROBLEM: Problem = {
  id: "double",
  title: "Double",
  statement: "Write a function that returns twice its argument.",
  language: "python",
  entryPoint: "double",
  visibleTests: [],
};

/** Nearly every model has said one of these after a few tokens. */
const SOON = [" ", "\n", ".", ","];

function ask(prompt: SampleRequest["prompt"], settings: Partial<SampleRequest> = {}): SampleRequest {
  const sampling = { count: 1, stop: SOON, maxTokens: 64, temperature: 0.8, topK: 40, topP: 0.95, seed: 7 };
  return { prompt, ...sampling, ...settings };
}

function only({ completions, ...tokens }: SampleResult) {
  const [completion] = completions;
  if (!completion) throw new Error("No completion");
  return { ...tokens, completion };
}

/** Runs in the page: loads the model, draws a step, goes on with it, and asks for a probability. */
export async function drawTwoSteps(custom: CustomModel & { readonly id: string }) {
  const model = await createWebLlmModel({ id: custom.id, customModels: [custom] });
  const sample = async (request: SampleRequest) => {
    const [result] = await model.sample([request]);
    if (!result) throw new Error("No result");
    return only(result);
  };
  const root = chatProtocol.policyPrompt(PROBLEM, [], "step") as readonly ChatMessage[];
  const step = await sample(ask(root, { stop: chatProtocol.stepStop, maxTokens: 32 }));
  const again = await sample(ask(root));
  const first = await sample(ask(root));
  const said: readonly ChatMessage[] = [
    { role: "assistant", content: first.completion.text.trim() },
    { role: "user", content: "Go on." },
  ];
  const second = await sample(ask([...root, ...said]));
  const greedy = await sample(ask(root, { temperature: 0, maxTokens: 1, stop: [] }));
  const token = greedy.completion.pieces[0] ?? "";
  const [[probability = 0] = []] = await model.tokenProbabilities([{ prompt: root, tokens: [token] }]);
  const parsed = chatProtocol.parseStep(step.completion, []);
  model.dispose();
  return { info: model.info, first, again, second, greedy, probability, parsed };
}
