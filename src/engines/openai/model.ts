import { formatModelRef } from "../../core/model-ref";
import type { EndpointSettings } from "../../ports/endpoint";
import type { Preparation } from "../../ports/experiment-runner";
import type { PolicyModel, TokenScorer } from "../../ports/policy-model";
import { likeliestBody, samplingBody } from "./chat-request";
import { Dialect } from "./dialect";
import { Endpoint } from "./endpoint";
import { GREETING } from "./greeting";
import { probabilitiesIn } from "./likeliest";
import type { RetryClock } from "./retry";
import { drawSamples, promptCostOf } from "./sample";
import { together } from "./together";

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
  const endpoint = await Endpoint.open({ ...options, parallelRequests }, dialect);
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
      parallelRequests,
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
