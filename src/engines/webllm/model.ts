import { LabError } from "../../core/errors";
import type { ModelInfo } from "../../core/model";
import { formatModelRef } from "../../core/model";
import type { ChatMessage, Completion, SampleRequest, SampleResult } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import type { Preparation } from "../../ports/experiment-runner";
import type { CustomModel } from "../../ports/model-catalog";
import type { PolicyModel, TokenOdds, TokenQuery, TokenScorer } from "../../ports/policy-model";
import { complete, conversationOf, probeTokens } from "./decode/complete";
import type { LiveEngine } from "./decode/live-engine";
import { type CachedSequence, SequenceCache } from "./decode/sequences";
import { TokenRecorder } from "./decode/token-recorder";
import { BROWSER, loadEngine, type Surroundings } from "./load/load";

/** Conversations in the cache of one engine: the package keeps a single one (0.2.86). */
const SEQUENCES = 1;

/** Which model to load. */
export interface WebLlmOptions {
  /** A `model_id` of WebLLM's list, or of one of `customModels`. */
  readonly id: string;
  readonly customModels?: readonly CustomModel[];
}

/** A WebLLM model as a policy and a scorer of tokens. */
export interface WebLlmModel extends PolicyModel, TokenScorer {
  /** Frees the GPU; calls under way reject. */
  dispose(): void;
}

/**
 * Loads a WebLLM model. It answers one request at a time; `topK` and raw log-probabilities, which the package does not
 * offer, come from a look at the logits of each token.
 * @throws LabError `model/no-webgpu`, `model/needs-f16`, `model/small-buffers` and `model/out-of-memory` before
 * anything is downloaded, where the machine is known to be unfit; `model/unknown`, `model/not-a-model`,
 * `model/network`, `model/quota`, `model/device-lost` and others of {@link classifyFailure} while it loads; the
 * signal's reason.
 */
export async function createWebLlmModel(
  { id, customModels = [] }: WebLlmOptions,
  report: (preparation: Preparation) => void = () => {},
  signal?: AbortSignal,
  around: Surroundings = BROWSER,
): Promise<WebLlmModel> {
  signal?.throwIfAborted();
  const recorder = new TokenRecorder();
  const { live, machine, contextLength, weights } = await loadEngine(
    { id, customModels, recorder },
    report,
    signal,
    around,
  );
  const policy = new ChatPolicy(live, recorder);
  const info: ModelInfo = {
    id: formatModelRef({ engine: "webllm", id }),
    backend: `webgpu (${machine.description})`,
    contextLength,
    ...(weights ? { weights } : {}),
    protocol: "chat",
    batching: { kind: "sequences", count: SEQUENCES },
  };
  return {
    info,
    sample: (requests, stop) => live.inTurn(() => policy.sample(requests, stop)),
    tokenProbabilities: (queries, stop) => live.inTurn(() => policy.tokenProbabilities(queries, stop)),
    dispose: () => live.dispose(),
  };
}

/** A request that waits for its turn. */
interface Pending {
  readonly index: number;
  readonly request: SampleRequest;
  readonly prompt: readonly ChatMessage[];
}

/** One completion and its share of {@link SampleResult}. */
interface Drawn extends Pick<SampleResult, "promptTokens" | "prefilledTokens"> {
  readonly completion: Completion;
}

class ChatPolicy {
  readonly #sequences = new SequenceCache(SEQUENCES);

  constructor(
    private readonly live: LiveEngine,
    private readonly recorder: TokenRecorder,
  ) {}

  /** Requests that go on with a conversation in the engine's cache come first, since any other one may push it out. */
  async sample(requests: readonly SampleRequest[], signal?: AbortSignal): Promise<readonly SampleResult[]> {
    const pending = requests.map(
      (request, index): Pending => ({ index, request, prompt: conversationOf(request.prompt) }),
    );
    const results: SampleResult[] = [];
    while (pending.length > 0) {
      const continuing = pending.findIndex(({ prompt }) => this.#sequences.holds(prompt));
      const [next] = pending.splice(Math.max(0, continuing), 1) as [Pending];
      results[next.index] = await this.#answer(next, signal);
    }
    return results;
  }

  /** One engine request per completion: its own `n` is a loop that prefills the prompt anew each time. */
  async #answer({ request, prompt }: Pending, signal?: AbortSignal): Promise<SampleResult> {
    const drawn: Drawn[] = [];
    for (let index = 0; index < request.count; index++) {
      drawn.push(await this.#draw(prompt, { ...request, seed: deriveSeed(request.seed, index) }, signal));
    }
    return {
      completions: drawn.map(({ completion }) => completion),
      promptTokens: sum(drawn.map(({ promptTokens }) => promptTokens)),
      prefilledTokens: sum(drawn.map(({ prefilledTokens }) => prefilledTokens)),
    };
  }

  async #draw(prompt: readonly ChatMessage[], request: SampleRequest, signal?: AbortSignal): Promise<Drawn> {
    const { sequence, messages, cachedTokens: known } = this.#sequences.plan(prompt);
    const question = { ...request, messages };
    const answer = await this.#during(sequence, signal, () => complete(this.live.engine, this.recorder, question));
    const { completion, reply, finish, prefilledTokens } = answer;
    const promptTokens = promptTokensOf(prefilledTokens, known);
    const { text, tokens } = completion;
    // The last token was sampled but never fed back.
    const cachedTokens = promptTokens + Math.max(0, tokens - 1);
    sequence.note({ messages, reply, text, finish, cachedTokens });
    return { completion, promptTokens, prefilledTokens };
  }

  async tokenProbabilities(queries: readonly TokenQuery[], signal?: AbortSignal): Promise<readonly TokenOdds[]> {
    const prompts = queries.map(({ prompt }) => conversationOf(prompt));
    const odds: TokenOdds[] = [];
    for (const [i, { tokens }] of queries.entries()) {
      const { sequence, messages, cachedTokens } = this.#sequences.plan(prompts[i] ?? []);
      this.recorder.begin(0);
      const probed = await this.#during(sequence, signal, () => probeTokens(this.live.engine, messages, tokens));
      odds.push({ ...probed, promptTokens: promptTokensOf(probed.prefilledTokens, cachedTokens) });
      // A reply of one token ends at its length, after which the engine starts anew.
      sequence.forget();
    }
    return odds;
  }

  async #during<T>(sequence: CachedSequence, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await this.live.during(signal, work);
    } catch (thrown) {
      sequence.forget();
      throw thrown instanceof LabError || signal?.aborted ? thrown : await this.live.explain(thrown);
    }
  }
}

/** Had the engine started anew after all, it would have prefilled no less than what was thought to lie in its cache. */
function promptTokensOf(prefilledTokens: number, cachedTokens: number): number {
  return prefilledTokens + (prefilledTokens < cachedTokens ? cachedTokens : 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
