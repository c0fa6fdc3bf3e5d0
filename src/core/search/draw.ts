import type { Sampling, SearchConfig } from "../config";
import type { Problem } from "../problem";
import { completedStep } from "../protocol/chat/program";
import type {
  Completion,
  DrawnStep,
  Place,
  Prompt,
  SampleRequest,
  StepProtocol,
  TokenSample,
  Wish,
} from "../protocol/protocol";
import { deriveSeed } from "../rng";
import type { Step } from "../step";

/**
 * What a policy is asked for: the one next step, that step as a program, the whole rest of a path, or code at once (which has no steps
 * before it).
 */
export type DrawPurpose = "expand" | "program" | "playout" | "code";

const WISHES: Readonly<Record<Exclude<DrawPurpose, "code">, Wish>> = {
  expand: "step",
  program: "program",
  playout: "path",
};

/** The prompt for what follows `prefix`. */
export function promptFor(
  protocol: StepProtocol,
  purpose: DrawPurpose,
  problem: Problem,
  prefix: readonly Step[],
  place?: Place,
): Prompt {
  if (purpose === "code") return protocol.vanillaPrompt(problem);
  return protocol.policyPrompt(problem, prefix, WISHES[purpose], place);
}

/** Something to draw, `count` times. */
export interface Draw {
  readonly purpose: DrawPurpose;
  readonly problem: Problem;
  readonly prefix: readonly Step[];
  /** What is known of where it is drawn. */
  readonly place?: Place;
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
  const { purpose, problem, prefix, place, sampling, count, seed, keepIds, drawn, likeliest } = draw;
  const single = purpose === "expand" || purpose === "program";
  return {
    prompt: promptFor(protocol, purpose, problem, prefix, place),
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

/** The requests of a draw: next steps may be asked for in several ways, each of which is one request. */
export function drawRequests(protocol: StepProtocol, draw: Draw): readonly SampleRequest[] {
  if (draw.purpose !== "expand") return [drawRequest(protocol, draw)];
  const programs = protocol.stepWishes(draw.prefix, draw.count, draw.place).filter((wish) => wish === "program").length;
  const steps: Draw = { ...draw, count: draw.count - programs };
  const seed = steps.count === 0 ? draw.seed : deriveSeed("program", draw.seed);
  const wanted: readonly Draw[] = [steps, { ...draw, purpose: "program", count: programs, seed }];
  return wanted.filter(({ count }) => count > 0).map((each) => drawRequest(protocol, each));
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
    case "program":
      return protocol.parseSteps(completion, prefix, problem.entryPoint);
    case "playout":
      return protocol.parsePath(completion, prefix, problem.entryPoint);
    case "code":
      return [protocol.parseCode(completion, problem.entryPoint)];
  }
}
