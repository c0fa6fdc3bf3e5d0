import { LabError } from "../src/core/errors";
import type { Problem } from "../src/core/problem";
import { chatProtocol } from "../src/core/protocol/chat/read";
import type { ChatMessage, SampleRequest } from "../src/core/protocol/protocol";
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

/** Short, because a model for tests may have a short context. */
const ROOT: readonly ChatMessage[] = [{ role: "user", content: "Tell me about the sea, the wind and the rain." }];

function ask(prompt: SampleRequest["prompt"], settings: Partial<SampleRequest> = {}): SampleRequest {
  const sampling = { count: 1, stop: [], maxTokens: 24, temperature: 0.8, topK: 40, topP: 0.95, seed: 7 };
  return { prompt, ...sampling, ...settings };
}

/**
 * Runs in the page: loads the model, draws a reply that ends at a marker, goes on with it, and asks for a probability.
 */
export async function drawTwoSteps(custom: CustomModel & { readonly id: string }) {
  const model = await createWebLlmModel({ id: custom.id, customModels: [custom] });
  const sample = async (request: SampleRequest) => {
    const [result] = await model.sample([request]);
    const [completion] = result?.completions ?? [];
    if (!result || !completion) throw new Error("No completion");
    const { promptTokens, prefilledTokens } = result;
    return { promptTokens, prefilledTokens, completion };
  };
  const free = await sample(ask(ROOT));
  // Something that the model will say again with the same seed, whatever its weights: random ones will do.
  const marker = free.completion.pieces.slice(1).find((piece) => /^[^\uFFFD]*\S[^\uFFFD]*$/.test(piece)) ?? " ";
  const first = await sample(ask(ROOT, { stop: [marker] }));
  const said: readonly ChatMessage[] = [
    { role: "assistant", content: first.completion.text.trim() },
    { role: "user", content: "Go on." },
  ];
  const second = await sample(ask([...ROOT, ...said]));
  const greedy = await sample(ask(ROOT, { temperature: 0, maxTokens: 1 }));
  const token = greedy.completion.pieces[0] ?? "";
  const [odds] = await model.tokenProbabilities([{ prompt: ROOT, tokens: [token] }]);
  const probability = odds?.probabilities[0] ?? 0;
  const step = await sample(ask(chatProtocol.policyPrompt(PROBLEM, [], "step"), { stop: chatProtocol.stepStop })).then(
    ({ completion }) => chatProtocol.parseSteps(completion, [])[0],
    (error: unknown) => {
      if (error instanceof LabError && error.code === "model/context") return error.message;
      throw error;
    },
  );
  model.dispose();
  return { info: model.info, free, marker, first, second, greedy, probability, step };
}
