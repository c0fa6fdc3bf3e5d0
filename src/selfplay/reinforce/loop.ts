/**
 * Step 5 of Algorithm 1 (O1-CODER, section 3.5), reinforcement learning on the aggregated reward: draw paths, reward them, learn from
 * them, draw with the new weights. Same spec, same weights, same backend: same run, also when it is broken off and gone on with.
 */
import { z } from "zod";
import { alphaAt } from "../../core/aggregated-reward";
import { LabError, toErrorData } from "../../core/errors";
import { deriveSeed } from "../../core/rng";
import { type CoverageReport, coverage } from "../../experiment/evaluate/coverage";
import { problemsOf } from "../../experiment/evaluate/evaluate";
import type { RunPorts } from "../../experiment/run/requirements";
import { strategyConfig } from "../../experiment/spec/presets";
import type { PolicyLearner } from "../../ports/policy-learner";
import type { PolicyModel, WeightsHolder } from "../../ports/policy-model";
import { puzzleRef } from "../collect";
import { type Collapse, collapseOf, type WatchedStep } from "./collapse";
import { isEven, lessonOf, type RewardedGroup, rewarded, sampleOf } from "./lesson";
import { passes, rollOut } from "./rollouts";
import type { ReinforceSpec } from "./spec";

/** Everyone a run calls. */
export interface ReinforcePorts extends Omit<RunPorts, "policy"> {
  /** Draws, with the weights that it is given; when the run has ended it still has the last ones. */
  readonly policy: PolicyModel & WeightsHolder;
  readonly learner: PolicyLearner;
}

/** A run to do, or to go on with where its learner is. */
export interface ReinforceRequest extends ReinforceSpec {
  readonly ports: ReinforcePorts;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Breaks the step under way off, which is then not counted. */
  readonly signal?: AbortSignal;
}

/** A batch of paths, and what was learnt from it. Means are over its paths. In TRL's logs some have other names, which stand in brackets. */
export interface StepRecord {
  readonly type: "step";
  /** From 1. */
  readonly step: number;
  /** Of the whole run up to here; those that were read count their prompts, and once more for each pass. */
  readonly tokens: { readonly sampled: number; readonly read: number };
  readonly learningRate: number;
  readonly alpha: number;
  /** Mean phi, and its two terms; no process where nobody scores steps. */
  readonly reward: number;
  readonly outcome: number;
  readonly process: number | null;
  /** Shares of paths that pass all visible tests, and all hidden ones: where the first rises alone, the reward is being hacked. */
  readonly visiblePass: number;
  readonly hiddenPass: number;
  /** Nats per drawn token, from the log-probabilities at which they were drawn. */
  readonly entropy: number;
  /** Divergence from the weights that the run began with, in nats per token, on one path a problem. */
  readonly kl: number;
  /** Share of problems whose paths were all worth the same [frac_reward_zero_std]. */
  readonly evenShare: number;
  /** Tokens [completions/mean_length], and the share of paths that ran into their limit [completions/clipped_ratio]. */
  readonly length: number;
  readonly cutShare: number;
  /** The objective's own: its loss, and of a policy gradient the share of tokens that were clipped [clip_ratio]. None if nothing was learnt. */
  readonly objective: Readonly<Record<string, number>>;
  /** Wall milliseconds; judging without what went on while something else was drawn. */
  readonly ms: Readonly<Record<"sampling" | "scoring" | "judging" | "learning", number>>;
}

/** What the policy can do on validation problems. */
export interface EvaluationRecord extends Pick<CoverageReport, "all" | "tiers"> {
  readonly type: "evaluation";
  /** 0 before the first step. */
  readonly step: number;
  /** The best Pass@1 of a sample so far: these weights are what comes of the run, if none are better. */
  readonly isBest: boolean;
  readonly ms: number;
}

/** What is needed to go on from here: a file for `createPolicyLearner`. */
export interface PartRecord {
  readonly type: "part";
  readonly step: number;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** What a run says on its way: of each step its record, an evaluation where one is due, and a part. */
export type ReinforceRecord = StepRecord | EvaluationRecord | PartRecord;

/** How a run ended. */
export interface ReinforceEnd {
  readonly reason: "done" | "stopped" | "collapsed";
  /** What has collapsed. */
  readonly collapse: Collapse | null;
}

const positionSchema = z.object({
  sampled: z.int().min(0),
  read: z.int().min(0),
  best: z.number().nullable(),
  watched: z.array(z.object({ outcome: z.number(), entropy: z.number(), evenShare: z.number() })),
});

/** Where a run is. */
type Position = z.infer<typeof positionSchema>;

/**
 * Learns until the tokens are spent, `signal` fires, or the policy collapses.
 * @throws LabError `model/bad-checkpoint` when the learner's position is none; `input/*` when a port is missing; what the ports throw.
 */
export async function* reinforce(request: ReinforceRequest): AsyncGenerator<ReinforceRecord, ReinforceEnd> {
  checkPorts(request);
  const run = new Run(request);
  try {
    return yield* run.toEnd();
  } catch (thrown) {
    if (request.signal?.aborted) return { reason: "stopped", collapse: null };
    throw thrown;
  }
}

function checkPorts({ tests, ports }: ReinforceRequest): void {
  if (tests === "own" || ports.testGenerator) return;
  const hint = "Let the problems' own tests decide.";
  throw new LabError("input/no-test-generator", "There is nobody to write tests.", hint);
}

/** Failures of the sandbox in a row that are borne. */
const SANDBOX_FAILURES = 3;

class Run {
  readonly #request: ReinforceRequest;
  readonly #signal: AbortSignal;
  #step: number;
  #position: Position;
  #metrics: Readonly<Record<string, number>> = {};

  constructor(request: ReinforceRequest) {
    const { begun } = request.ports.learner;
    this.#request = request;
    this.#signal = request.signal ?? new AbortController().signal;
    this.#step = begun?.step ?? 0;
    this.#position = begun ? readPosition(begun.position) : { sampled: 0, read: 0, best: null, watched: [] };
  }

  async *toEnd(): AsyncGenerator<ReinforceRecord, ReinforceEnd> {
    const { ports, tokens, evaluation } = this.#request;
    await ports.policy.loadWeights(await ports.learner.weights());
    if (this.#step === 0) {
      yield await this.#evaluate();
      yield await this.#part();
    }
    while (this.#tokens < tokens) {
      this.#signal.throwIfAborted();
      yield await this.#learn();
      const collapse = collapseOf(this.#position.watched);
      const isOver = collapse !== null || this.#tokens >= tokens;
      if (isOver || this.#step % evaluation.every === 0) yield await this.#evaluate();
      yield await this.#part();
      if (collapse) return { reason: "collapsed", collapse };
    }
    return { reason: "done", collapse: null };
  }

  get #tokens(): number {
    return this.#position.sampled + this.#position.read;
  }

  /** One batch of paths, and one update. */
  async #learn(): Promise<StepRecord> {
    const { ports, tokens, tier, problems, samples, seed, tests, now, alpha: schedule, gamma } = this.#request;
    const progress = this.#tokens / tokens;
    const alpha = alphaAt(schedule, progress);
    const places = Array.from({ length: problems }, (_, i) => this.#step * problems + i);
    const puzzles = places.map((place) => puzzleRef({ tier, seed }, place).make());
    const own = deriveSeed(seed, "rollouts", this.#step);
    const signal = this.#signal;
    const rolledOut = await this.#bearing(() => rollOut({ puzzles, samples, tests, ports, seed: own, now, signal }));
    const groups = rewarded(rolledOut.groups, alpha, gamma);
    const begun = now();
    const kl = await ports.learner.divergence(groups.flatMap(({ rollouts }) => rollouts.slice(0, 1).map(sampleOf)));
    const update = await ports.learner.update(lessonOf(this.#request.method.name, groups), progress);
    await ports.policy.loadWeights(await ports.learner.weights());
    const figures = figuresOf(groups);
    this.#step++;
    this.#position = {
      ...this.#position,
      sampled: this.#position.sampled + figures.sampled,
      read: this.#position.read + update.tokens,
      watched: [...this.#position.watched, watchedOf(figures)],
    };
    const record = {
      type: "step",
      step: this.#step,
      tokens: { sampled: this.#position.sampled, read: this.#position.read },
      learningRate: update.learningRate,
      alpha,
      ...figures,
      kl,
      objective: update.metrics,
      ms: { ...rolledOut.ms, learning: now() - begun },
    } satisfies StepRecord & { readonly sampled: number };
    this.#metrics = metricsOf(record);
    const { sampled: _, ...told } = record;
    return told;
  }

  /** What the weights are worth on validation problems, always the same ones with the same seed. */
  async #evaluate(): Promise<EvaluationRecord> {
    const { ports, evaluation, seed, now } = this.#request;
    const measuring = {
      problems: problemsOf({ split: "validation", tier: "all", n: evaluation.problems }),
      ports,
      config: strategyConfig("sample", evaluation.samples),
      seed: deriveSeed(seed, "evaluation"),
      now,
      signal: this.#signal,
    };
    const report = await this.#bearing(async () => {
      const measured = coverage(measuring);
      let next = await measured.next();
      while (!next.done) next = await measured.next();
      return next.value;
    });
    this.#signal.throwIfAborted();
    const { all, tiers, wallMs } = report;
    const passAt1 = all.passAtK[0]?.value ?? 0;
    const isBest = passAt1 > (this.#position.best ?? Number.NEGATIVE_INFINITY);
    if (isBest) {
      this.#position = { ...this.#position, best: passAt1 };
      const passAtK = Object.fromEntries(all.passAtK.map(({ k, value }) => [`passAt${k}`, value]));
      // What is minimised on what is held out: the share of samples that fail.
      await ports.learner.keepBest(this.#step, {
        loss: 1 - passAt1,
        metrics: { greedy: all.greedy.value, ...passAtK },
      });
    }
    return { type: "evaluation", step: this.#step, all, tiers, isBest, ms: wallMs };
  }

  /** Does something that changes nothing, and does it anew when the sandbox failed: on a busy machine a page of it comes too late. */
  async #bearing<T>(work: () => Promise<T>): Promise<T> {
    for (let left = SANDBOX_FAILURES; ; left--) {
      try {
        return await work();
      } catch (thrown) {
        const isSandbox = toErrorData(thrown).code.startsWith("sandbox/");
        if (!isSandbox || left === 0 || this.#signal.aborted) throw thrown;
      }
    }
  }

  async #part(): Promise<PartRecord> {
    const [step, tokens, metrics, position] = [this.#step, this.#tokens, this.#metrics, this.#position];
    const file = await this.#request.ports.learner.checkpoint({ step, tokens, metrics, position });
    return { type: "part", step, file };
  }
}

/** What a batch of paths was like. */
function figuresOf(groups: readonly RewardedGroup[]) {
  const paths = groups.flatMap(({ rollouts }) => rollouts);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const mean = (figure: (path: (typeof paths)[number]) => number) => sum(paths.map(figure)) / Math.max(1, paths.length);
  const sampled = sum(paths.map(({ tokenIds }) => tokenIds.length));
  const surprise = sum(paths.map(({ logProbs }) => -sum(logProbs)));
  return {
    sampled,
    reward: mean(({ reward }) => reward.value),
    outcome: mean(({ reward }) => reward.outcome),
    process: paths.every(({ process }) => process === null) ? null : mean(({ reward }) => reward.process ?? 0),
    visiblePass: mean(({ verdicts }) => Number(passes(verdicts, "visible"))),
    hiddenPass: mean(({ verdicts }) => Number(passes(verdicts, "hidden"))),
    entropy: surprise / Math.max(1, sampled),
    evenShare: groups.filter(isEven).length / Math.max(1, groups.length),
    length: sampled / Math.max(1, paths.length),
    cutShare: mean(({ isCut }) => Number(isCut)),
  };
}

function watchedOf({ outcome, entropy, evenShare }: WatchedStep): WatchedStep {
  return { outcome, entropy, evenShare };
}

/** The figures of a step as a checkpoint's record has them. */
function metricsOf(record: StepRecord): Readonly<Record<string, number>> {
  const { reward, outcome, process, entropy, kl, evenShare, length, visiblePass, hiddenPass, objective } = record;
  const known = { reward, outcome, entropy, kl, evenShare, length, visiblePass, hiddenPass, ...objective };
  return process === null ? known : { ...known, process };
}

function readPosition(position: unknown): Position {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw new LabError(
    "model/bad-checkpoint",
    "The part does not say where the run was.",
    "Begin the run anew, or take another part of it.",
  );
}
