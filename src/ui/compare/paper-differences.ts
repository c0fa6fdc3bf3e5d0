import { parseModelRef } from "../../core/model-ref";
import type { ComparisonSpec } from "../../experiment/compare/spec";

/** What sets our rows apart from the paper's rows beside them, in one sentence. */
export function paperDifferences({ models, problems }: Pick<ComparisonSpec, "models" | "problems">): string {
  const names = models.map((model) => {
    const ref = parseModelRef(model);
    return ref.engine === "webllm" ? ref.id : ref.engine === "openai" ? ref.model : "";
  });
  const isMbpp = problems.source === "imported" && /mbpp/i.test(problems.collection);
  const differences = [
    isMbpp ? "" : "other problems than its MBPP",
    names.some((name) => /instruct/i.test(name)) ? "a model tuned to instructions" : "",
    names.some((name) => /q\d|int\d|awq|gptq|gguf/i.test(name)) ? "quantised weights" : "",
    "other prompts",
    "a token budget",
  ].filter((difference) => difference !== "");
  return (
    "Rows in italics are the paper's own, without intervals, token counts or a number of problems. " +
    `Ours differ from them: ${differences.join(", ")}.`
  );
}
