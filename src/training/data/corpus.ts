import type { Problem, Tier } from "../../core/problem";
import { MARKERS, policyPrompt, renderProblem, renderStep, renderValue, vanillaPrompt } from "../../core/protocol/tiny";
import { createRandom, deriveSeed, pickWeighted, type Random } from "../../core/rng";
import { type Chain, ENTRY_POINT, evaluate } from "../../puzzles/chain";
import { type Draft, sampleDraft } from "../../puzzles/generator";
import { isReadable, LARGEST, SMALLEST, sampleReadableList, testOf } from "../../puzzles/inputs";
import { corruptApplication, LIST_APPLICATIONS, REDUCER_APPLICATIONS } from "../../puzzles/operations";
import { reasoningPath, renderRefine, renderRefines, renderSolution } from "../../puzzles/reasoning";
import { splitOf } from "../../puzzles/splits";

/** A piece of a training text; it begins and ends at token borders. */
export interface TextSegment {
  readonly text: string;
  /** Loss weight of predicting each of this segment's tokens, at least 0. Prompts get 0, random inputs little. */
  readonly weight: number;
}

/** One training example: its segments, joined, are what the model reads. */
export interface TrainingExample {
  readonly segments: readonly TextSegment[];
}

/** An endless stream of training examples, the same for the same seed and the same sequence of calls. */
export interface Corpus {
  /** @param progress the share of the planned run that is done, in [0, 1]: what the curriculum goes by. */
  next(progress: number): TrainingExample;
}

/**
 * Chance that a refine step of the pretraining texts names a wrong operation or argument. Code follows the pseudocode it was
 * given, so that pseudocode is unreliable and code from good pseudocode is reliable (O1-CODER, Table 1).
 */
export const CORRUPTION = 0.2;

/** Weight of what nobody could predict (random inputs) in the loss. */
export const NOISE_WEIGHT = 0.05;

const EXECUTIONS_PER_TEXT = 4;

type Role = "execute" | "tests" | "vanilla" | "think";

/** How often each role is met: execution on its own first, then more and more whole tasks. Weights, not shares. */
function roleWeights(progress: number): Readonly<Record<Role, number>> {
  const warm = Math.min(1, progress / 0.25);
  return { execute: 6 - 5 * warm, tests: 1 + 1.5 * warm, vanilla: 2, think: 2 + 2 * warm };
}

/** Percent of each tier: described problems before the ones with something to infer. */
function tierWeights(progress: number): Readonly<Record<Tier, number>> {
  const warm = Math.min(1, progress / 0.25);
  return {
    described: 75 - 60 * warm,
    hinted: 15 + 30 * warm,
    "two-hidden": 3 + 17 * warm,
    examples: 7 + 13 * warm,
  };
}

function problemOf(draft: Draft, tier: Tier): Problem {
  return {
    id: "",
    title: "",
    statement: draft.statement,
    language: "javascript",
    entryPoint: ENTRY_POINT,
    visibleTests: draft.visibleInputs.map((input) => testOf(draft.chain, input)),
    tier,
  };
}

function prompted(prompt: string, ...completion: TrainingExample["segments"]): TrainingExample {
  return { segments: [{ text: prompt, weight: 0 }, ...completion] };
}

/**
 * The chain as an imperfect reasoner would write it: each operation may be swapped for a wrong one. What comes out is a
 * training-split chain too, so that no test composition is ever read, not even as a mistake.
 */
function corruptChain(chain: Chain, input: readonly number[], corruption: number, random: Random): Chain {
  const corrupted = chain.map((application) =>
    random.chance(corruption) ? corruptApplication(application, random) : application,
  );
  const twice = new Set(corrupted.map(({ operation }) => operation.id)).size < corrupted.length;
  return twice || splitOf(corrupted) !== "train" || !isReadable(corrupted, input) ? chain : corrupted;
}

/** A reasoning path: define as the problem has it, refines that may be wrong, code that follows them. */
function thinkExample(draft: Draft, problem: Problem, corruption: number, random: Random): TrainingExample {
  const input = draft.visibleInputs[0] ?? [];
  const define = reasoningPath(draft.chain, input).slice(0, 1);
  const rest = reasoningPath(corruptChain(draft.chain, input, corruption, random), input).slice(1);
  const text = [...define, ...rest].map(renderStep).join("") + MARKERS.eos;
  return prompted(policyPrompt(problem, []), { text, weight: 1 });
}

function vanillaExample(draft: Draft, problem: Problem): TrainingExample {
  const code = renderStep({ kind: "code", text: renderSolution(draft.chain) });
  return prompted(vanillaPrompt(problem), { text: code + MARKERS.eos, weight: 1 });
}

/** A test case: a new input, the list after each operation, the output. */
function testsExample(draft: Draft, problem: Problem, random: Random): TrainingExample {
  let input = sampleReadableList(random);
  for (let tries = 0; tries < 20 && !isReadable(draft.chain, input); tries++) input = sampleReadableList(random);
  if (!isReadable(draft.chain, input)) input = [...(draft.visibleInputs[1] ?? [])];
  const lines = renderRefines(draft.chain, input).map((text) => renderStep({ kind: "refine", text }));
  const output = `${MARKERS.output}${renderValue(evaluate(draft.chain, input))}${MARKERS.end}${MARKERS.eos}`;
  return prompted(
    `${renderProblem(problem)}${MARKERS.tests}${MARKERS.input}`,
    { text: `${renderValue(input)}${MARKERS.end}`, weight: NOISE_WEIGHT },
    { text: lines.join("") + output, weight: 1 },
  );
}

/** Single operations on unrelated lists: what an operation does, and nothing else. */
function executeExample(progress: number, random: Random): TrainingExample {
  const segments: { text: string; weight: number }[] = [{ text: MARKERS.execute, weight: 0 }];
  const longest = progress < 0.05 ? 4 : 6;
  for (let index = 0; index < EXECUTIONS_PER_TEXT; ) {
    const application = random.pick(random.chance(0.1) ? REDUCER_APPLICATIONS : LIST_APPLICATIONS);
    const input = sampleOperand(random, longest);
    const after = application.operation.apply(input, application.arg);
    if (after.some((x) => x < SMALLEST || x > LARGEST)) continue;
    const [question = "", answer = ""] = splitAfter(renderRefine(application, index, input), " -> ");
    segments.push({ text: MARKERS.refine + question, weight: 0 }, { text: answer + MARKERS.end, weight: 1 });
    index++;
  }
  return { segments };
}

/** A list as it may stand in the middle of a chain: mostly digits, now and then what an operation has made of them. */
function sampleOperand(random: Random, longest: number): readonly number[] {
  const list = sampleReadableList(random, random.int(1, longest));
  if (random.chance(0.6)) return list;
  const { operation, arg } = random.pick(LIST_APPLICATIONS);
  const after = operation.apply(list, arg);
  return after.length > 0 && after.every((x) => x >= SMALLEST && x <= LARGEST) ? after : list;
}

function splitAfter(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator) + separator.length;
  return [text.slice(0, at), text.slice(at)];
}

/** What a corpus is like; what is not said is as the base read it. */
export interface CorpusOptions {
  /** Chance, in [0, 1], that a refine step names something wrong. */
  readonly corruption?: number;
  /** Whole tasks of one kind only. */
  readonly only?: Exclude<Role, "execute">;
}

/**
 * The pretraining texts: the three roles that share the base model (policy with pseudocode, code at once, test-case
 * generator) and execution on its own, all on training-split puzzles. Deterministic: text number n depends on the seed, n
 * and the progress it was asked at.
 */
export function createCorpus(seed: number, { corruption = CORRUPTION, only }: CorpusOptions = {}): Corpus {
  let count = 0;
  return {
    next(progress) {
      const random = createRandom(deriveSeed("corpus", seed, count++));
      const role = only ?? pickWeighted(roleWeights(progress), random);
      if (role === "execute") return executeExample(progress, random);
      const tier = pickWeighted(tierWeights(progress), random);
      const draft = sampleDraft("train", tier, random);
      const problem = problemOf(draft, tier);
      if (role === "vanilla") return vanillaExample(draft, problem);
      return role === "tests" ? testsExample(draft, problem, random) : thinkExample(draft, problem, corruption, random);
    },
  };
}
