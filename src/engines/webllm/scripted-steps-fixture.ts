import { createRandom } from "../../core/rng";
import type { EngineScript } from "./scripted-engine-fixture";

/** The program of {@link stepsByChance} that is right, when numbers are to be doubled. */
export const RIGHT_PROGRAM = "function solve(numbers) {\n  return numbers.map((x) => 2 * x);\n}";
const WRONG_PROGRAM = "function solve(numbers) {\n  return numbers.map((x) => x + 2);\n}";

const code = (program: string) => `### CODE\n\`\`\`javascript\n${program}\n\`\`\`\n### END\n`;

/**
 * A chat model that reasons in the steps of the chat protocol, in words that its seed chooses: one step, or the rest of
 * a path.
 */
export const stepsByChance: EngineScript = (messages, seed) => {
  const random = createRandom(seed);
  const depth = messages.filter(({ role }) => role === "assistant").length;
  const wantsPath = /all steps/.test(String(messages.at(-1)?.content));
  const define = `### DEFINE\nsolve(numbers):\n  change each number in way ${random.int(1, 3)}\n### END\n`;
  const refine = `### REFINE\nthe way to change a number: variant ${random.int(1, 3)}\n### END\n`;
  const program = code(random.chance(0.4) ? RIGHT_PROGRAM : WRONG_PROGRAM);
  const steps =
    depth === 0 ? [define, refine, program] : depth < 2 && random.chance(0.7) ? [refine, program] : [program];
  return wantsPath ? `${steps.join("")}### DONE` : (steps[0] ?? "");
};
