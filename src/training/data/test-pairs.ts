/**
 * Preference pairs for the test-case generator (O1-CODER, section 3.1.2), from training puzzles: the chosen answer is true,
 * the rejected one is not. Two kinds, to be measured against each other: outputs exchanged, as in the paper, whose answers differ
 * in few tokens (which lowers the likelihood of the chosen ones: Smaug, arXiv 2402.13228), and what the model itself gets wrong.
 */

import type { Problem } from "../../core/problem";
import { MARKERS, renderStep, renderValue } from "../../core/protocol/tiny";
import { planExecutionPrompt, planPrompt, readPlan, renderPlan } from "../../core/protocol/tiny-tests";
import { createRandom, deriveSeed, pickWeighted, type Random } from "../../core/rng";
import type { PolicyModel, SampleRequest } from "../../ports/policy-model";
import { agree, type Chain, ENTRY_POINT, evaluate } from "../../puzzles/chain";
import { sampleDraft } from "../../puzzles/generator";
import { isReadable, sampleHardList, sampleReadableList, testOf } from "../../puzzles/inputs";
import { applicationOf } from "../../puzzles/operations";
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

/** Drawn answers a puzzle: of plans, and of executions of the true plan. */
const DRAWS = 8;

/** Pairs of each kind that a puzzle gives at most: otherwise the hardest puzzles would be all there is. */
const MOST_PAIRS = 2;

/** Lists on which a wrong plan has to differ from the true one, or it is not wrong. */
const PROBES = 40;

/** A training puzzle, what it is made of, and inputs of its tests. */
interface Subject {
  readonly id: string;
  readonly problem: Problem;
  readonly chain: Chain;
  readonly plan: string;
  readonly inputs: readonly (readonly number[])[];
}

function subjectOf(seed: number, index: number): Subject {
  const random = createRandom(deriveSeed("test-pairs", seed, index));
  for (;;) {
    const tier = pickWeighted(TIER_WEIGHTS, random);
    const { chain, statement, visibleInputs } = sampleDraft("train", tier, random);
    const inputs = distinctInputs(chain, random);
    if (inputs.length < 2) continue;
    const id = `train-pair-${seed}-${index}`;
    const problem = {
      ...{ id, title: "", statement, language: "javascript" as const, entryPoint: ENTRY_POINT, tier },
      visibleTests: visibleInputs.map((input) => testOf(chain, input)),
    };
    return {
      id,
      problem,
      chain,
      plan: renderPlan(chain.map(({ operation, arg }) => operation.pseudocode(arg))),
      inputs,
    };
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

/** What a generator gets wrong on puzzles number `from` to `to` (exclusive), at temperature 1, beside what would be right. */
export async function drawnPairs(
  generator: PolicyModel,
  seed: number,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<readonly TestPair[]> {
  const subjects = Array.from({ length: to - from }, (_, i) => subjectOf(seed, from + i));
  const questions = subjects.flatMap(questionsOf);
  const requests = questions.map(
    ({ prompt, stop, maxTokens }, i): SampleRequest => ({
      ...{ prompt, count: DRAWS, stop: [stop], maxTokens },
      ...{ temperature: 1, topK: 0, topP: 1, seed: deriveSeed("pairs", seed, from, i) },
    }),
  );
  const results = await generator.sample(requests, signal);
  return questions.flatMap(({ prompt, chosen, problem, isRight }, i) => {
    const drawn = results[i]?.completions.filter(({ finish }) => finish === "stop").map(({ text }) => text) ?? [];
    const wrong = [...new Set(drawn)].filter((text) => text !== chosen && !isRight(text));
    return wrong.slice(0, MOST_PAIRS).map((rejected) => ({ prompt, chosen, rejected, problem }));
  });
}

/** A request, its true answer, and how another one is told to be true as well. */
interface Question {
  readonly prompt: string;
  readonly chosen: string;
  readonly problem: string;
  readonly stop: string;
  readonly maxTokens: number;
  isRight(answer: string): boolean;
}

function questionsOf({ id, problem, chain, plan, inputs }: Subject): readonly Question[] {
  const [input = []] = inputs;
  const random = createRandom(deriveSeed("probes", id));
  const probes = Array.from({ length: PROBES }, (_, i) =>
    i % 2 ? sampleReadableList(random) : sampleHardList(random),
  );
  return [
    {
      prompt: planPrompt(problem),
      chosen: plan + MARKERS.end,
      problem: id,
      stop: MARKERS.end,
      maxTokens: 72,
      isRight: (answer) => {
        const other = chainOf(readPlan(answer));
        return other !== null && probes.every((list) => agree(chain, other, list));
      },
    },
    {
      prompt: planExecutionPrompt(plan, input),
      chosen: executionOf(chain, input),
      problem: id,
      stop: MARKERS.eos,
      maxTokens: 160,
      isRight: () => false,
    },
  ];
}

/** The chain that a plan names, or null when it names something that is no operation. */
function chainOf(plan: string | undefined): Chain | null {
  const found = plan?.split("\n").map((line) => applicationOf(line.slice(line.indexOf(" ") + 1)));
  return found?.every((application) => application !== undefined) ? found : null;
}
