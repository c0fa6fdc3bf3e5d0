import type { Sampling, SearchConfig } from "../config";
import type { Problem } from "../problem";
import { completedStep } from "../protocol/chat/program";
import type { Completion, DrawnStep, Prompt, SampleRequest, StepProtocol, TokenSample } from "../protocol/protocol";
import type { Step } from "../step";

/** What a policy is asked for: the one next step, the whole rest of a path, or code at once (which has no steps before it). */
export type DrawPurpose = "expand" | "playout" | "code";

/** The prompt for what follows `prefix`. */
export function promptFor(
  protocol: StepProtocol,
  purpose: DrawPurpose,
  problem: Problem,
  prefix: readonly Step[],
): Prompt {
  if (purpose === "code") return protocol.vanillaPrompt(problem);
  return protocol.policyPrompt(problem, prefix, purpose === "expand" ? "step" : "path");
}

/** Something to draw, `count` times. */
export interface Draw {
  readonly purpose: DrawPurpose;
  readonly problem: Problem;
  readonly prefix: readonly Step[];
  readonly sampling: Sampling;
  /** At least 1. */
  readonly count: number;
  readonly seed: number;
  /** Whether the ids of the sampled tokens are wanted. */
  readonly keepIds?: boolean;
  /** To draw without replacement: what was drawn before (`SampleRequest.drawn`). */
  readonly drawn?: readonly TokenSample[];
  /** Then: the likeliest of what is left, not one by chance. */
  readonly likeliest?: boolean;
}

/** Whether what was drawn is not drawn again. Best-first search knows no other way. */
export function drawsWithoutReplacement({ strategy, sampling }: SearchConfig): boolean {
  return sampling.withoutReplacement || strategy === "best-first";
}

/** What to ask of the policy: one step ends where a step ends and has the tokens of one, all else those of a path. */
export function drawRequest(protocol: StepProtocol, draw: Draw): SampleRequest {
  const { purpose, problem, prefix, sampling, count, seed, keepIds, drawn, likeliest } = draw;
  const single = purpose === "expand";
  return {
    prompt: promptFor(protocol, purpose, problem, prefix),
    count,
    stop: single ? protocol.stepStop : protocol.pathStop,
    maxTokens: single ? sampling.maxStepTokens : sampling.maxPathTokens,
    temperature: sampling.temperature,
    topK: sampling.topK,
    topP: sampling.topP,
    seed,
    ...(keepIds ? { keepIds } : {}),
    ...(drawn === undefined ? {} : { drawn }),
    ...(likeliest ? { likeliest } : {}),
  };
}

/** The steps that a completion of a draw holds, at least one; only the last can be a program or a dead end. Never throws. */
export function readDraw(
  protocol: StepProtocol,
  { purpose, problem, prefix }: Pick<Draw, "purpose" | "problem" | "prefix">,
  completion: Completion,
): readonly DrawnStep[] {
  return stepsIn(protocol, { purpose, problem, prefix }, completion).map((drawn) => completedStep(drawn, problem));
}

function stepsIn(
  protocol: StepProtocol,
  { purpose, problem, prefix }: Pick<Draw, "purpose" | "problem" | "prefix">,
  completion: Completion,
): readonly DrawnStep[] {
  switch (purpose) {
    case "expand":
      return protocol.parseSteps(completion, prefix, problem.entryPoint);
    case "playout":
      return protocol.parsePath(completion, prefix, problem.entryPoint);
    case "code":
      return [protocol.parseCode(completion, problem.entryPoint)];
  }
}
