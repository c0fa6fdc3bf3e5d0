import { LabError } from "../../core/errors";
import { formatModelRef } from "../../core/model";
import type { Prompt, PromptCost, SampleRequest, SampleResult } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { EndpointSettings } from "../../ports/endpoint";
import type { Preparation } from "../../ports/experiment-runner";
import type { PolicyModel, TokenScorer } from "../../ports/policy-model";
import type { Answer } from "./answer";
import { completionsOf, estimateTokens } from "./completion";
import { Endpoint, type RetryClock } from "./endpoint";
import { Dialect, GREETING, likeliestBody, samplingBody } from "./request";

/** Which model, where, and how it is asked. */
export interface OpenAiOptions extends EndpointSettings {
  /** Such as `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly fetch?: typeof fetch;
  /** Most milliseconds without a sign of life from an answer under way; the first answer gets five times as long. */
  readonly silenceMs?: number;
  readonly clock?: RetryClock;
}

/** A model behind an OpenAI-compatible endpoint. */
export interface OpenAiModel extends PolicyModel, TokenScorer {}

const PARALLEL_REQUESTS = 4;
const SILENCE_MS = 120_000;

/** A model that was not in use is loaded first. */
const FIRST_ANSWER_PATIENCE = 5;

/** Where neither the server nor the person says: room for a prompt and a program in every model of the last years. */
const CONTEXT_LENGTH = 8192;

/** Shorter than what a worker's client waits for a sign of life. */
const HEARTBEAT_MS = 5000;

/**
 * A model behind an OpenAI-compatible endpoint (vLLM, SGLang, llama.cpp, Ollama and others). Asks it for one token
 * first: this shows whether it can be used at all, wakes a model that is not loaded, and teaches which fields the
 * server takes.
 *
 * Token counts are the server's own; where it does not count they are estimates, which `info.backend` then says.
 * Log-probabilities are the server's: before temperature in vLLM and llama.cpp, after it in SGLang unless it is told
 * otherwise.
 * @throws LabError `model/*`, one sentence; the signal's reason.
 */
export async function createOpenAiModel(
  options: OpenAiOptions,
  report: (preparation: Preparation) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<OpenAiModel> {
  const { baseUrl, model, parallelRequests = PARALLEL_REQUESTS, silenceMs = SILENCE_MS } = options;
  const dialect = new Dialect();
  const endpoint = new Endpoint({ ...options, parallelRequests }, dialect);
  const listed = await endpoint.models(signal);
  const greeting = await withHeartbeat(report, () =>
    endpoint.ask((known) => samplingBody(model, GREETING, 1, 0, known), FIRST_ANSWER_PATIENCE * silenceMs, signal),
  );
  return {
    info: {
      id: formatModelRef({ engine: "openai", baseUrl, model }),
      backend: greeting.usage ? "endpoint" : "endpoint (token counts are estimates)",
      contextLength: options.contextLength ?? listed.find(({ id }) => id === model)?.contextLength ?? CONTEXT_LENGTH,
      protocol: "chat",
      batching: { kind: "requests", limit: parallelRequests },
    },
    sample: (requests, caller) =>
      together(requests, caller, (request, each) =>
        drawSamples(request, dialect, (count, seed) =>
          endpoint.ask((known) => samplingBody(model, request, count, seed, known), silenceMs, each),
        ),
      ),
    tokenProbabilities: (queries, caller) =>
      together(queries, caller, async ({ prompt, tokens }, each) => {
        const answer = await endpoint.ask((known) => likeliestBody(model, prompt, known), silenceMs, each);
        return { probabilities: probabilitiesIn(answer, tokens), ...promptCostOf(prompt, [answer]) };
      }),
  };
}

/** Says again and again what is being waited for: a worker that says nothing is thought dead. */
async function withHeartbeat<T>(report: (preparation: Preparation) => void, work: () => Promise<T>): Promise<T> {
  const say = () => report({ message: "Waiting for the endpoint's first token", fraction: null });
  say();
  const timer = setInterval(say, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Asks for `count` completions with a seed. */
type AskForSamples = (count: number, seed: number) => Promise<Answer>;

/**
 * Draws the completions of one request: in a single answer where the server gives several, else one by one, each with a
 * seed of its own.
 */
async function drawSamples(
  { count, prompt, seed, stop, temperature }: SampleRequest,
  dialect: Dialect,
  ask: AskForSamples,
): Promise<SampleResult> {
  const answers: Answer[] = [];
  if (count > 1 && dialect.takes("n")) {
    const first = await ask(count, deriveSeed(seed, 0));
    // Fewer than asked for: it knows no `n`. All alike: it gives each the same seed.
    const isLacking = first.choices.length < count || (temperature > 0 && areAlike(first));
    if (isLacking) dialect.refuse("n");
    answers.push(first);
  }
  const given = answers[0]?.choices.length ?? 0;
  const missing = Array.from({ length: Math.max(0, count - given) }, (_, i) => deriveSeed(seed, given + i));
  answers.push(...(await Promise.all(missing.map((each) => ask(1, each)))));
  const completions = answers.flatMap((answer) => completionsOf(answer, stop)).slice(0, count);
  return { completions, ...promptCostOf(prompt, answers) };
}

function areAlike({ choices }: Answer): boolean {
  return choices.every(({ text }) => text === choices[0]?.text);
}

/** What a prompt came to. Prefilled at most once by this account, though a server without a prompt cache does it for every answer. */
function promptCostOf(prompt: Prompt, answers: readonly Answer[]): PromptCost {
  const told = answers[0]?.usage?.promptTokens;
  const promptTokens = told ?? estimateTokens(textOf(prompt));
  const prefilled = answers.reduce((sum, { usage }) => sum + promptTokens - (usage?.cachedTokens ?? 0), 0);
  return { promptTokens, prefilledTokens: Math.max(0, Math.min(promptTokens, prefilled)) };
}

function textOf(prompt: Prompt): string {
  return typeof prompt === "string" ? prompt : prompt.map(({ content }) => content).join("\n");
}

/**
 * How likely some tokens are as the first of an answer: with and without a space before them, which tokenizers keep
 * apart.
 * @returns for each of `tokens` a probability in [0, 1].
 * @throws LabError `model/no-logprobs` when the answer tells nothing of it.
 */
function probabilitiesIn({ choices }: Answer, tokens: readonly string[]): readonly number[] {
  const likeliest = choices[0]?.tokens[0]?.top_logprobs ?? [];
  if (likeliest.length === 0) {
    throw new LabError(
      "model/no-logprobs",
      "This endpoint does not tell how likely tokens are.",
      "Let playouts value the leaves, or use a server that tells them, such as vLLM, SGLang or llama.cpp.",
    );
  }
  return tokens.map((token) => {
    const same = likeliest.filter((candidate) => candidate.token.trimStart() === token.trimStart());
    return Math.min(
      1,
      same.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0),
    );
  });
}

/** Does all the work at once; when one piece fails, the others are cancelled and its error is thrown. */
async function together<Item, Result>(
  items: readonly Item[],
  caller: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<readonly Result[]> {
  const group = new AbortController();
  const signal = caller ? AbortSignal.any([caller, group.signal]) : group.signal;
  try {
    return await Promise.all(items.map((item) => work(item, signal)));
  } catch (thrown) {
    group.abort(thrown);
    throw thrown;
  }
}
