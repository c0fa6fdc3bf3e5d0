import type { Problem } from "../problem";
import type { DeadEndReason, Step } from "../step";

/** One message of a conversation with a chat model. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What a model is given: plain text (the tiny model), or a conversation whose last message is the user's (chat models). */
export type Prompt = string | readonly ChatMessage[];

/** One prompt and how to continue it. */
export interface SampleRequest {
  readonly prompt: Prompt;
  /** Completions to draw from this prompt; they share its prefill. At least 1. */
  readonly count: number;
  /**
   * A completion ends when it produces one of these; the marker itself is part of its text. Not every server stops there: what came behind
   * it then is part of the text, too.
   */
  readonly stop: readonly string[];
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 keeps all. */
  readonly topK: number;
  /** In (0, 1]. */
  readonly topP: number;
  /** Same request, same seed, same backend: same completions, whatever else is in the batch (up to float rounding). */
  readonly seed: number;
  /** Whether the ids of the sampled tokens are wanted too. An engine that has none leaves them out. */
  readonly keepIds?: boolean;
  /**
   * Draw without replacement: what was drawn from this prompt before. No completion begins with one of these or with an
   * earlier completion of the request; what is left is drawn in proportion to its probability. When nothing is left, there are
   * fewer completions than `count`. The ids come with them.
   * Absent: with replacement. An engine that tells no ids cannot do it.
   */
  readonly drawn?: readonly TokenSample[];
  /** With `drawn`: not by chance, but always the token behind which the most is left. */
  readonly likeliest?: boolean;
}

/** One continuation of a prompt. */
export interface Completion {
  /** Without the prompt, and without thoughts that came apart from it; with the stop marker that ended it. */
  readonly text: string;
  /** Sampled tokens, thoughts included. Servers count more than they tell of: what a stop word was made of, what ended the text. */
  readonly tokens: number;
  /**
   * How many of them a reasoning model spent on thoughts, which are no part of its answer, whether they stand in `text` or came
   * apart from it. A whole number, at least 0; absent where nothing was thought.
   */
  readonly thoughtTokens?: number;
  /**
   * Raw log-probability (temperature 1, before top-k and top-p) of each sampled token that the model tells of, each at most 0. Empty
   * when it tells of none.
   */
  readonly logProbs: readonly number[];
  /**
   * The decoded text of each of those tokens, with that of the untold ones before it (and, in the last, behind it); joined they are
   * `text`. Empty when the model tells of none.
   */
  readonly pieces: readonly string[];
  /** The vocabulary's id of each sampled token; only where the request asked for them. */
  readonly tokenIds?: readonly number[];
  /** See {@link TokenSample}; only of a request that draws without replacement. */
  readonly drawLogProbs?: readonly number[];
  readonly finish: "stop" | "length";
}

/** What one or more prompts came to. */
export interface PromptCost {
  /** Their tokens. */
  readonly promptTokens: number;
  /** How many of those were really prefilled, because no cache had them. */
  readonly prefilledTokens: number;
}

/**
 * What a request got. Its prompt's tokens count once; of an engine whose completions cannot share them, once for each. None of them were
 * prefilled when another request of the batch shares the prompt.
 */
export interface SampleResult extends PromptCost {
  readonly completions: readonly Completion[];
}

/** The tokens of a step as they were sampled: what training by reinforcement needs. */
export interface TokenSample {
  readonly tokenIds: readonly number[];
  /** Raw log-probability of each, at most 0; empty when the model does not tell them. */
  readonly logProbs: readonly number[];
  /**
   * Where it was drawn without replacement: log-probability of each, at most 0, as one drawing with replacement would have drawn it,
   * after temperature, top-k and top-p.
   */
  readonly drawLogProbs?: readonly number[];
}

/** A step as a model drew it, and what it cost. */
export interface DrawnStep {
  /** For a dead end, `text` is the raw rest of the completion, markers included. */
  readonly step: Step;
  /** Sampled tokens of this step, its markers included. A whole number, at least 0. */
  readonly tokens: number;
  /**
   * Sum of their raw log-probabilities: finite, at most 0. Where the model told some of them only, their mean counts for the others,
   * too; null where it told none.
   */
  readonly logProb: number | null;
  /** How many of its tokens that is known of; not said when it is all. */
  readonly toldTokens?: number;
  /** Set when the text could not become a step. */
  readonly deadEnd?: DeadEndReason;
  /** Its tokens, where the completion has their ids and it is known which are this step's. */
  readonly sample?: TokenSample;
}

/** What a policy is asked for after some steps: one more step, the program as the one next step, or the whole rest of the path. */
export type Wish = "step" | "program" | "path";

/** Where in a tree a policy is asked. */
export interface Place {
  /** Next steps that were drawn there before; none when absent. */
  readonly tried?: readonly Step[];
  /** Steps that the path may still have, at least 1, the last of which must be a program; any number when absent. */
  readonly stepsLeft?: number;
}

/** The protocols there are: the tiny model's own format, and conversations with chat models. */
export type ProtocolName = "tiny" | "chat";

/**
 * How reasoning steps travel as text: what a model is asked, where it stops, and how its answer is read. Reading never throws and takes
 * time in proportion to the text: what breaks the format is a dead end with a reason.
 */
export interface StepProtocol {
  readonly id: ProtocolName;
  /** The prompt that asks for what follows `steps`. */
  policyPrompt(problem: Problem, steps: readonly Step[], wish: Wish, place?: Place): Prompt;
  /** What to ask for when `count` next steps are to be drawn after `steps`: siblings may be asked for different things. */
  stepWishes(steps: readonly Step[], count: number, place?: Place): readonly Wish[];
  /** The prompt that asks for code at once. */
  vanillaPrompt(problem: Problem): Prompt;
  /** Where one step ends. */
  readonly stepStop: readonly string[];
  /** Where a whole path (a playout, or code at once) ends. */
  readonly pathStop: readonly string[];
  /**
   * What was asked for as the one step that follows `prefix`: that step, and those behind it which the model wrote without being asked. At
   * least one; behind the first there is no dead end. `entryPoint` is what a program must define, if anything; here and below.
   */
  parseSteps(completion: Completion, prefix: readonly Step[], entryPoint?: string | null): readonly DrawnStep[];
  /** The steps that follow `prefix`, at least one. Only the last is a code step or a dead end, and it is one of the two. */
  parsePath(completion: Completion, prefix: readonly Step[], entryPoint?: string | null): readonly DrawnStep[];
  /** The answer to `vanillaPrompt`. */
  parseCode(completion: Completion, entryPoint?: string | null): DrawnStep;
}

/** The cost of several prompts together. */
export function totalCost(costs: readonly PromptCost[]): PromptCost {
  return {
    promptTokens: costs.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    prefilledTokens: costs.reduce((sum, { prefilledTokens }) => sum + prefilledTokens, 0),
  };
}

/** A step as it was read, and where in the completion's text it begins. */
export interface ReadStep {
  readonly start: number;
  readonly step: Step;
  readonly deadEnd?: DeadEndReason;
}

/** Charges all of a completion's tokens to the one step that was read from it. */
export function chargeWhole(completion: Completion, read: ReadStep): DrawnStep {
  return drawn(completion, read, 0, Number.POSITIVE_INFINITY);
}

/**
 * Charges a completion's tokens to the steps read from it: each to the step in whose text it begins, what comes after the last step to
 * the last. Where the model does not tell its tokens, each step gets its share of them by characters, and no log-probability; where it
 * tells of fewer than it counts, its share by those it tells of. Together the steps cost what the completion did.
 */
export function charge(completion: Completion, reads: readonly ReadStep[]): readonly DrawnStep[] {
  const { tokenIds: _, ...untold } = { ...completion, logProbs: [] };
  const isTold = completion.pieces.length > 0;
  const borders = isTold ? pieceBorders(completion, reads) : characterBorders(completion, reads);
  return reads.map((read, index) =>
    drawn(
      isTold ? completion : untold,
      read,
      index === 0 ? 0 : (borders[index] ?? 0),
      borders[index + 1] ?? Number.POSITIVE_INFINITY,
    ),
  );
}

/** A step that consists of the told tokens from `from` up to `to`, and of its share of the untold ones. */
function drawn(completion: Completion, { step, deadEnd }: ReadStep, from: number, to: number): DrawnStep {
  const logProbs = completion.logProbs.slice(from, to).map(soundLogProb);
  const tokenIds = completion.tokenIds?.slice(from, to);
  const drawLogProbs = completion.drawLogProbs?.slice(from, to);
  const tokens = tokensUpTo(completion, to) - tokensUpTo(completion, from);
  return {
    step,
    tokens,
    ...likelihood(logProbs, tokens),
    ...(deadEnd === undefined ? {} : { deadEnd }),
    ...(tokenIds === undefined
      ? {}
      : { sample: { tokenIds, logProbs, ...(drawLogProbs === undefined ? {} : { drawLogProbs }) } }),
  };
}

/** The log-probability of `tokens` tokens, of which the first ones are told. */
function likelihood(told: readonly number[], tokens: number): Pick<DrawnStep, "logProb" | "toldTokens"> {
  if (told.length === 0 && tokens > 0) return { logProb: null };
  const sum = told.reduce((total, logProb) => total + logProb, 0);
  return told.length < tokens ? { logProb: (sum / told.length) * tokens, toldTokens: told.length } : { logProb: sum };
}

/** How many of a completion's tokens belong to the first `end` pieces. */
function tokensUpTo(completion: Completion, end: number): number {
  const sampled = sampledTokens(completion);
  const { length } = completion.pieces;
  if (end === 0 || end === Number.POSITIVE_INFINITY) return end === 0 ? 0 : sampled;
  return length === 0 || length >= sampled ? Math.min(end, sampled) : Math.round((end * sampled) / length);
}

/** How many told tokens begin before each step. */
function pieceBorders({ pieces }: Completion, reads: readonly ReadStep[]): readonly number[] {
  let offset = 0;
  let count = 0;
  return reads.map(({ start }) => {
    for (; count < pieces.length && offset < start; count++) offset += pieces[count]?.length ?? 0;
    return count;
  });
}

/** Rounded at the borders between steps, so that the shares add up to the whole. */
function characterBorders(completion: Completion, reads: readonly ReadStep[]): readonly number[] {
  const share = sampledTokens(completion) / Math.max(1, completion.text.length);
  return reads.map(({ start }) => Math.round(start * share));
}

/** A completion's token count; where an engine gives none that can be, the number of its pieces. */
function sampledTokens({ tokens, pieces }: Completion): number {
  return Number.isFinite(tokens) && tokens >= 0 ? Math.round(tokens) : pieces.length;
}

/** What servers write for a token that cannot be: the log of 0 has no place in JSON. */
const LEAST_LOG_PROB = -9999;

/** One that is not known counts nothing. */
function soundLogProb(logProb: number): number {
  return Number.isNaN(logProb) ? 0 : Math.max(LEAST_LOG_PROB, Math.min(0, logProb));
}
