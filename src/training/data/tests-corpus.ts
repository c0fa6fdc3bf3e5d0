/**
 * What the test-case generator learns from (O1-CODER, section 3.1): to name the operations a statement and its examples
 * stand for, to propose an input, and to execute operations that have a name. The three are apart, because a name that
 * the examples bear out can be told from one that they do not only by executing it without looking at what must come out.
 */
import type { Tier } from "../../core/problem";
import { MARKERS, renderStep, renderValue } from "../../core/protocol/tiny";
import { planExecutionPrompt, planPrompt, renderPlan } from "../../core/protocol/tiny-tests";
import { createRandom, deriveSeed, pickWeighted, type Random } from "../../core/rng";
import { type Application, type Chain, ENTRY_POINT, evaluate, type OperationKind, trace } from "../../puzzles/chain";
import { sampleDraft } from "../../puzzles/generator";
import { LARGEST, SMALLEST, sampleReadableList, testOf } from "../../puzzles/inputs";
import { OPERATIONS } from "../../puzzles/operations";
import { renderRefine, renderRefines } from "../../puzzles/reasoning";
import { type Corpus, NOISE_WEIGHT, type TextSegment, type TrainingExample } from "./corpus";

const EXECUTIONS_PER_TEXT = 5;

type Role = "operation" | "chain" | "plan";

/** How often each role is met: single operations first, then more and more chains. Weights, not shares. */
function roleWeights(progress: number): Readonly<Record<Role, number>> {
  const warm = Math.min(1, progress / 0.3);
  return { operation: 4 - 3 * warm, chain: 2 + 2 * warm, plan: 3 };
}

/** Statements that leave something out teach more than described ones, which are soon known. */
export const TIER_WEIGHTS: Readonly<Record<Tier, number>> = {
  described: 3,
  hinted: 9,
  "two-hidden": 4,
  examples: 4,
};

/** How often a kind of operation is executed on its own: the kinds whose results depend on several elements take longest. */
const KIND_WEIGHTS: Readonly<Record<OperationKind, number>> = {
  filter: 4,
  map: 5,
  order: 6,
  slice: 3,
  scan: 8,
  set: 5,
  reduce: 2,
};

/** A problem, the operations behind it and an input. Only the last is random, so it counts little. */
function planExample(random: Random): TrainingExample {
  const tier = pickWeighted(TIER_WEIGHTS, random);
  const { chain, statement, visibleInputs } = sampleDraft("train", tier, random);
  const problem = {
    ...{ id: "", title: "", statement, language: "javascript" as const, entryPoint: ENTRY_POINT, tier },
    visibleTests: visibleInputs.map((input) => testOf(chain, input)),
  };
  const input = sampleInput(chain, random) ?? visibleInputs[0] ?? [];
  return {
    segments: [
      { text: planPrompt(problem), weight: 0 },
      { text: renderPlan(chain.map(({ operation, arg }) => operation.pseudocode(arg))) + MARKERS.end, weight: 1 },
      { text: `${MARKERS.input}${renderValue(input)}${MARKERS.end}`, weight: NOISE_WEIGHT },
    ],
  };
}

/** A list on which no number leaves the one-token range, or null when some draws gave none. Nothing may be left on the way. */
function sampleInput(chain: Chain, random: Random): readonly number[] | null {
  for (let tries = 0; tries < 20; tries++) {
    const input = sampleReadableList(random);
    if (trace(chain, input).every((list) => list.every((x) => x >= SMALLEST && x <= LARGEST))) return input;
  }
  return null;
}

/** Named operations executed one after the other: the list after each, then the output. */
function chainExample(random: Random): TrainingExample {
  for (;;) {
    const { chain } = sampleDraft("train", "described", random);
    const input = sampleInput(chain, random);
    if (!input) continue;
    const plan = renderPlan(chain.map(({ operation, arg }) => operation.pseudocode(arg)));
    const lines = renderRefines(chain, input).map((text) => renderStep({ kind: "refine", text }));
    const output = `${MARKERS.output}${renderValue(evaluate(chain, input))}${MARKERS.end}${MARKERS.eos}`;
    return {
      segments: [
        { text: planExecutionPrompt(plan, input), weight: 0 },
        { text: lines.join("") + output, weight: 1 },
      ],
    };
  }
}

/** Single operations on unrelated lists: what an operation does, and nothing else. */
function operationExample(progress: number, random: Random): TrainingExample {
  const segments: TextSegment[] = [{ text: MARKERS.execute, weight: 0 }];
  const longest = progress < 0.03 ? 4 : 6;
  for (let index = 0; index < EXECUTIONS_PER_TEXT; ) {
    const application = sampleApplication(random);
    const input = sampleOperand(random, longest);
    const after = application.operation.apply(input, application.arg);
    if (after.some((x) => x < SMALLEST || x > LARGEST)) continue;
    const line = renderRefine(application, index, input);
    const at = line.indexOf(" -> ") + " -> ".length;
    segments.push(
      { text: MARKERS.refine + line.slice(0, at), weight: 0 },
      { text: line.slice(at) + MARKERS.end, weight: 1 },
    );
    index++;
  }
  return { segments };
}

function sampleApplication(random: Random): Application {
  const operation = random.pick(OPERATIONS[pickWeighted(KIND_WEIGHTS, random)]);
  return { operation, arg: operation.args.length > 0 ? random.pick(operation.args) : 0 };
}

/** A list as it may stand in the middle of a chain: mostly digits, now and then what an operation has made of them. */
function sampleOperand(random: Random, longest: number): readonly number[] {
  const list = sampleReadableList(random, random.int(1, longest));
  if (random.chance(0.5)) return list;
  const { operation, arg } = sampleApplication(random);
  const after = operation.apply(list, arg);
  return after.length > 0 && after.every((x) => x >= SMALLEST && x <= LARGEST) ? after : list;
}

/** The generator's texts, on training-split puzzles only. Deterministic: text n depends on the seed, n and the progress it was asked at. */
export function createTestsCorpus(seed: number): Corpus {
  let count = 0;
  return {
    next(progress) {
      const random = createRandom(deriveSeed("tests-corpus", seed, count++));
      const role = pickWeighted(roleWeights(progress), random);
      if (role === "operation") return operationExample(progress, random);
      return role === "chain" ? chainExample(random) : planExample(random);
    },
  };
}
