/**
 * Preference pairs for the test-case generator (O1-CODER, section 3.1.2), from training puzzles: the chosen answer is true,
 * the rejected one is not. Two kinds, to be measured against each other: outputs exchanged, as in the paper, whose answers differ
 * in few tokens (which lowers the likelihood of the chosen ones: Smaug, arXiv 2402.13228), and what the model itself gets wrong.
 */

import { MARKERS, renderStep, renderValue } from "../../core/protocol/tiny";
import { planExecutionPrompt, renderPlan } from "../../core/protocol/tiny-tests";
import { createRandom, deriveSeed, pickWeighted, type Random } from "../../core/rng";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { type Chain, evaluate } from "../../puzzles/chain";
import { sampleDraft } from "../../puzzles/generator";
import { isReadable, sampleReadableList } from "../../puzzles/inputs";
import { renderRefines } from "../../puzzles/reasoning";
import { TIER_WEIGHTS } from "./tests-corpus";

/** A pair in TRL's shape; both answers are what follows the prompt. */
export interface TestPair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Which puzzle it is about. */
  readonly problem: string;
}

/** Executions of the true plan that are drawn on an input. */
const DRAWS = 8;

const MAX_EXECUTION_TOKENS = 160;

/** Pairs that an input gives at most: otherwise the hardest puzzles would be all there is. */
const MOST_PAIRS = 2;

/** A training puzzle, what it is made of, and inputs of its tests. */
interface Subject {
  readonly id: string;
  readonly chain: Chain;
  readonly plan: string;
  readonly inputs: readonly (readonly number[])[];
}

function subjectOf(seed: number, index: number): Subject {
  const random = createRandom(deriveSeed("test-pairs", seed, index));
  for (;;) {
    const tier = pickWeighted(TIER_WEIGHTS, random);
    const { chain } = sampleDraft("train", tier, random);
    const inputs = distinctInputs(chain, random);
    if (inputs.length < 2) continue;
    const plan = renderPlan(chain.map(({ operation, arg }) => operation.pseudocode(arg)));
    return { id: `train-pair-${seed}-${index}`, chain, plan, inputs };
  }
}

/** Up to two inputs that the chain can be followed on and that it gives different outputs for. */
function distinctInputs(chain: Chain, random: Random): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  for (let tries = 0; tries < 20 && found.size < 2; tries++) {
    const input = sampleReadableList(random);
    const output = JSON.stringify(evaluate(chain, input));
    if (isReadable(chain, input) && !found.has(output)) found.set(output, input);
  }
  return [...found.values()];
}

/** The true answer to a request for an execution, with the output of `outputOf` instead of its own, if that is given. */
function executionOf(chain: Chain, input: readonly number[], outputOf = input): string {
  const lines = renderRefines(chain, input).map((text) => renderStep({ kind: "refine", text }));
  return `${lines.join("")}${MARKERS.output}${renderValue(evaluate(chain, outputOf))}${MARKERS.end}${MARKERS.eos}`;
}

/** The paper's pairs of puzzle number `index`: each of two inputs with the other's output. */
export function exchangedPairs(seed: number, index: number): readonly TestPair[] {
  const { id, chain, plan, inputs } = subjectOf(seed, index);
  return inputs.map((input, i) => ({
    prompt: planExecutionPrompt(plan, input),
    chosen: executionOf(chain, input),
    rejected: executionOf(chain, input, inputs[1 - i]),
    problem: id,
  }));
}

/**
 * What a generator gets wrong when it executes the plans of puzzles number `from` to `to` (exclusive), at temperature 1, beside what
 * is right. It is not asked for the plans themselves: which of two that both fit what is said is the true one cannot be learnt, so that
 * such pairs are noise (after 2,000 of them, pairs held out were told apart no better than by chance).
 */
export async function drawnPairs(
  generator: PolicyModel,
  seed: number,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<readonly TestPair[]> {
  const subjects = Array.from({ length: to - from }, (_, i) => subjectOf(seed, from + i));
  const questions = subjects.flatMap(({ id, chain, plan, inputs }) =>
    inputs.map((input) => ({
      prompt: planExecutionPrompt(plan, input),
      chosen: executionOf(chain, input),
      problem: id,
    })),
  );
  const requests = questions.map(
    ({ prompt }, i): SampleRequest => ({
      ...{ prompt, count: DRAWS, stop: [MARKERS.eos], maxTokens: MAX_EXECUTION_TOKENS },
      ...{ temperature: 1, topK: 0, topP: 1, seed: deriveSeed("pairs", seed, from, i) },
    }),
  );
  const results = await generator.sample(requests, signal);
  return questions.flatMap(({ prompt, chosen, problem }, i) => {
    const drawn = results[i]?.completions.filter(({ finish }) => finish === "stop").map(({ text }) => text) ?? [];
    const wrong = [...new Set(drawn)].filter((text) => text !== chosen);
    return wrong.slice(0, MOST_PAIRS).map((rejected) => ({ prompt, chosen, rejected, problem }));
  });
}
