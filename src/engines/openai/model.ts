import { LabError } from "../../core/errors";
import { formatModelRef } from "../../core/model";
import { thoughtLength } from "../../core/protocol/chat/artefacts";
import type { Prompt, PromptCost, SampleRequest, SampleResult } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { EndpointSettings } from "../../ports/endpoint";
import type { Preparation } from "../../ports/experiment-runner";
import type { PolicyModel, TokenScorer } from "../../ports/policy-model";
import type { Answer } from "./answer";
import { completionsOf, estimateTokens } from "./completion";
import { Dialect } from "./dialect";
import { Endpoint, type RetryClock } from "./endpoint";
import { GREETING, likeliestBody, samplingBody, type Thinking } from "./request";

/** Which model, where, and how it is asked. */
export interface OpenAiOptions extends EndpointSettings {
  /** Such as `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly fetch?: typeof fetch;
  /** Most milliseconds without a sign of life from an answer under way. */
  readonly silenceMs?: number;
  readonly clock?: RetryClock;
}

/** A model behind an OpenAI-compatible endpoint. */
export interface OpenAiModel extends PolicyModel, TokenScorer {}

const PARALLEL_REQUESTS = 4;

/** Connections that a browser opens to a host over HTTP/1, but for one that can always be asked whether the server is still there. */
const BROWSER_REQUESTS = 5;

/** More would wait in the browser, where nothing tells their wait from a server's silence. Over https, most servers speak HTTP/2. */
function mostRequests({ baseUrl, fetch }: OpenAiOptions): number {
  const isBrowser = fetch === undefined && "location" in globalThis;
  return isBrowser && baseUrl.startsWith("http:") ? BROWSER_REQUESTS : Number.POSITIVE_INFINITY;
}

const SILENCE_MS = 120_000;

/** Where neither the server nor the person says: room for a prompt and a program in every model of the last years. */
const CONTEXT_LENGTH = 8192;

const WAITING = "Waiting for the endpoint's first token";

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
  const { baseUrl, model, silenceMs = SILENCE_MS } = options;
  const parallelRequests = Math.min(options.parallelRequests ?? PARALLEL_REQUESTS, mostRequests(options));
  const dialect = new Dialect();
  let wait = (_words: string | null) => {};
  const endpoint = new Endpoint({ ...options, parallelRequests, silenceMs, onWait: (words) => wait(words) }, dialect);
  const greeting = await withHeartbeat(report, (onWait) => {
    wait = onWait;
    return endpoint.ask((known) => samplingBody(model, GREETING, 1, 0, known), signal);
  });
  let thinking: Thinking = thinks(greeting) ? await thinkingOf(model, endpoint, signal) : "untold";
  wait = () => {};
  // A server lists its models when it has loaded them.
  const listed = await endpoint.models(signal);
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
        drawSamples(request, dialect, async (count, seed) => {
          const answer = await endpoint.ask(
            (known) => samplingBody(model, request, Math.min(count, known.choices), seed, known, thinking),
            each,
          );
          // One whose first token told nothing of it.
          if (thinks(answer)) thinking = "roomy";
          return answer;
        }),
      ),
    tokenProbabilities: (queries, caller) =>
      together(queries, caller, async ({ prompt, tokens }, each) => {
        const answer = await endpoint.ask((known) => likeliestBody(model, prompt, known, thinking), each);
        return { probabilities: probabilitiesIn(answer, tokens), ...promptCostOf(prompt, [answer]) };
      }),
  };
}

/** Whether an answer has thoughts, in its text or apart from it. */
function thinks({ choices }: Answer): boolean {
  return choices.some(({ text, thoughts }) => thoughts !== "" || thoughtLength(text) > 0);
}

/** How a model that thinks is to think: not at all where the server can have that, else with room. */
async function thinkingOf(model: string, endpoint: Endpoint, signal: AbortSignal): Promise<Thinking> {
  const quiet = await endpoint.ask((known) => samplingBody(model, GREETING, 1, 0, known, "off"), signal);
  return thinks(quiet) ? "roomy" : "off";
}

/**
 * Says again and again what is being waited for: a worker that says nothing is thought dead.
 * @param work is handed what takes other words for it.
 */
async function withHeartbeat<T>(
  report: (preparation: Preparation) => void,
  work: (onWait: (words: string | null) => void) => Promise<T>,
): Promise<T> {
  let message = WAITING;
  const say = () => report({ message, fraction: null });
  say();
  const timer = setInterval(say, HEARTBEAT_MS);
  try {
    return await work((words) => {
      message = words ?? WAITING;
      say();
    });
  } finally {
    clearInterval(timer);
  }
}

/** Asks for at most `count` completions with a seed. */
type AskForSamples = (count: number, seed: number) => Promise<Answer>;

/**
 * Draws the completions of one request: as many at once as the server gives in a single answer, and each answer with a seed of its own.
 */
async function drawSamples(
  { count, prompt, seed, stop, temperature }: SampleRequest,
  dialect: Dialect,
  ask: AskForSamples,
): Promise<SampleResult> {
  const answers: Answer[] = [];
  let given = 0;
  const missing = () => count - given;
  const take = (answer: Answer) => {
    answers.push(answer);
    given += answer.choices.length;
  };
  // One after another until it is known how many come at once.
  while (missing() > 1 && dialect.takes("n")) {
    const wanted = missing();
    const answer = await ask(wanted, deriveSeed(seed, given));
    take(answer);
    const got = answer.choices.length;
    if (got < Math.min(wanted, dialect.choices)) dialect.refuse("n");
    else if (got > 1 && temperature > 0) dialect.noteChoices(areAlike(answer));
  }
  const seeds = Array.from({ length: Math.max(0, missing()) }, (_, i) => deriveSeed(seed, given + i));
  for (const answer of await Promise.all(seeds.map((each) => ask(1, each)))) take(answer);
  const completions = answers.flatMap((answer) => completionsOf(answer, stop)).slice(0, count);
  return { completions, ...promptCostOf(prompt, answers) };
}

function areAlike({ choices }: Answer): boolean {
  return choices.every(({ text }) => text === choices[0]?.text);
}

/** What a prompt came to: sent once with every request, and computed as far as the server does not say that it had it. */
function promptCostOf(prompt: Prompt, answers: readonly Answer[]): PromptCost {
  const estimate = estimateTokens(textOf(prompt));
  const sent = answers.map(({ usage }) => usage?.promptTokens ?? estimate);
  const had = answers.map(({ usage }, i) => Math.min(usage?.cachedTokens ?? 0, sent[i] ?? 0));
  const promptTokens = sent.reduce((sum, tokens) => sum + tokens, 0);
  return { promptTokens, prefilledTokens: promptTokens - had.reduce((sum, tokens) => sum + tokens, 0) };
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
