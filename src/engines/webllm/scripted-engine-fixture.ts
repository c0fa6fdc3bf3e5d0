import { deferred } from "../../core/deferred";
import { createRandom } from "../../core/rng";
import type { Machine } from "./catalog/machine";
import type { Surroundings } from "./load/load";
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionRequestStreaming,
  DeviceLoss,
  EngineFactory,
  LogitProcessor,
  MLCEngineConfig,
  MLCEngineInterface,
} from "./package";

/** What the engine would say to a conversation if nothing stopped it; it ends with the model's own end token. */
export type EngineScript = (messages: readonly ChatCompletionMessageParam[], seed: number) => string;

/** A request that is not streamed, which only first tokens are. */
interface FirstTokenRequest {
  readonly stream: false;
  readonly messages: readonly ChatCompletionMessageParam[];
}

/** Ids of the scripted vocabulary: token n of a reply is id n modulo this, and the last id ends a reply. */
export const VOCABULARY = 8;
const END = VOCABULARY - 1;
/** The logit of the token that the script says next; all others have 0. */
export const LOGIT = 3;
const TOKEN = /\s*\w+|[\s\S]/g;

/** Tokens of a text as the scripted engine cuts it. */
export function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

type Held = { readonly role: string; readonly content: string };
type Finish = "stop" | "length" | "abort";

/** How the scripted engine may behave. */
export interface Behaviour {
  readonly script: EngineScript;
  /** Of `tokenProbabilities`: likeliest first tokens of a reply. */
  readonly likeliest?: readonly (readonly [token: string, probability: number])[];
  /** Tokens told on their own lose the space before them, as those of SentencePiece do. */
  readonly losesSpaces?: boolean;
  /** Called before each token; what it throws is the engine's failure. */
  readonly beforeToken?: () => Promise<void> | void;
  /** What `reload` does besides taking note. */
  readonly load?: (config: MLCEngineConfig) => Promise<void>;
}

/**
 * An engine that says what a script says and keeps its conversation by WebLLM's rule (0.2.86): a request whose messages
 * before the last equal the conversation held, its own reply included, prefills the last message only, unless the reply
 * before was cut short; the reply is kept without the stop marker, and the last token is never fed back.
 */
export class ScriptedEngine {
  readonly requests: (ChatCompletionRequestStreaming & { readonly wasContinued: boolean })[] = [];
  isUnloaded = false;
  /** Of all requests. */
  prefilledTokens = 0;
  #held: readonly Held[] = [];
  #finish: Finish = "stop";
  #message = "";
  #isInterrupted = false;
  #processor: LogitProcessor | undefined;

  constructor(
    private readonly behaviour: Behaviour,
    private readonly config: MLCEngineConfig,
  ) {}

  readonly chat = {
    completions: {
      create: (request: ChatCompletionRequestStreaming | FirstTokenRequest) =>
        Promise.resolve(request.stream ? this.#stream(request) : this.#firstToken(request.messages)),
    },
  };

  async reload(id: string): Promise<void> {
    this.#processor = this.config.logitProcessorRegistry?.get(id);
    await this.behaviour.load?.(this.config);
  }

  getMessage(): Promise<string> {
    return Promise.resolve(this.#message);
  }

  interruptGenerate(): void {
    this.#isInterrupted = true;
  }

  unload(): Promise<void> {
    this.isUnloaded = true;
    return Promise.resolve();
  }

  async *#stream(request: ChatCompletionRequestStreaming): AsyncGenerator<ChatCompletionChunk> {
    const { promptTokens, wasContinued } = this.#prefill(request.messages);
    this.requests.push({ ...request, wasContinued });
    this.#isInterrupted = false;
    const reply = [...tokensOf(this.behaviour.script(request.messages, request.seed ?? 0)), null];
    const stops = typeof request.stop === "string" ? [request.stop] : (request.stop ?? []);
    let said = "";
    let sampled = 0;
    this.#finish = "abort";
    for (const token of reply) {
      await this.behaviour.beforeToken?.();
      if (this.#isInterrupted) break;
      const before = said;
      said += token ?? "";
      sampled += 1;
      this.#sample(token === null ? END : sampled % END);
      const stop = stops.find((marker) => said.includes(marker));
      if (stop !== undefined) said = said.slice(0, said.lastIndexOf(stop));
      if (token === null || stop !== undefined) this.#finish = "stop";
      const isFull = token !== null && sampled >= (request.max_tokens ?? Number.POSITIVE_INFINITY);
      if (isFull) this.#finish = "length";
      const told = token ?? "<|im_end|>";
      yield chunk(said.slice(before.length), this.behaviour.losesSpaces ? told.trimStart() : told);
      if (token === null || stop !== undefined || isFull) break;
    }
    this.#message = said;
    const messages = request.messages.map(({ role, content }) => ({ role, content: String(content) }));
    this.#held = [...messages, { role: "assistant", content: said }];
    yield finalChunk(this.#finish);
    yield usageChunk(promptTokens, sampled);
  }

  #prefill(messages: readonly ChatCompletionMessageParam[]) {
    const history = messages.slice(0, -1);
    const wasContinued =
      this.#finish === "stop" &&
      history.some(({ role }) => role !== "system") &&
      history.length === this.#held.length &&
      history.every(({ role, content }, i) => role === this.#held[i]?.role && content === this.#held[i].content);
    const fed = wasContinued ? messages.slice(-1) : messages;
    // Each message has a header and a separator; the header of the reply comes last.
    const promptTokens = fed.reduce((sum, { content }) => sum + tokensOf(String(content)).length + 2, 1);
    this.prefilledTokens += promptTokens;
    return { promptTokens, wasContinued };
  }

  #sample(token: number): void {
    const logits = new Float32Array(VOCABULARY);
    logits[token] = LOGIT;
    this.#processor?.processLogits(logits);
    this.#processor?.processSampledToken(token);
  }

  #firstToken(messages: readonly ChatCompletionMessageParam[]) {
    const { promptTokens } = this.#prefill(messages);
    this.#finish = "length";
    const likeliest = (this.behaviour.likeliest ?? []).map(([token, probability]) => ({
      token,
      bytes: null,
      logprob: Math.log(probability),
    }));
    const content = this.behaviour.likeliest ? [{ ...likeliest[0], top_logprobs: likeliest }] : undefined;
    const choices = [{ logprobs: content ? { content } : null }];
    return { choices, usage: { prompt_tokens: promptTokens, completion_tokens: 1, total_tokens: promptTokens + 1 } };
  }
}

const NO_CHUNK = { id: "", model: "", created: 0, object: "chat.completion.chunk" } as const;

function chunk(content: string, token: string): ChatCompletionChunk {
  const entry = { token, bytes: null, logprob: 0, top_logprobs: [] };
  return {
    ...NO_CHUNK,
    choices: [{ index: 0, finish_reason: null, delta: { content }, logprobs: { content: [entry] } }],
  };
}

function finalChunk(finish: Finish): ChatCompletionChunk {
  return { ...NO_CHUNK, choices: [{ index: 0, finish_reason: finish, delta: {} }] };
}

function usageChunk(promptTokens: number, sampled: number): ChatCompletionChunk {
  const usage = { prompt_tokens: promptTokens, completion_tokens: sampled, total_tokens: promptTokens + sampled };
  return { ...NO_CHUNK, choices: [], usage: usage as NonNullable<ChatCompletionChunk["usage"]> };
}

/** A machine on which everything runs. */
export const LARGE_MACHINE: Machine = {
  description: "Test GPU",
  hasShaderF16: true,
  maxBufferSize: 4 * 2 ** 30,
  maxStorageBufferBindingSize: 2 * 2 ** 30,
  memoryMB: null,
  shortOf: null,
};

/** A scripted world around the engine, with hands on it. */
export interface ScriptedWorld extends Surroundings {
  readonly engines: ScriptedEngine[];
  /** Files by address; others are not to be had. */
  readonly files: Map<string, string>;
  readonly dropped: string[];
  loseDevice(loss: DeviceLoss): void;
}

/** The model of {@link createScriptedWorld}. */
export const SCRIPTED_ID = "Tiny-Coder-q4f16_1-MLC";
const FOLDER = "https://models.test/tiny/resolve/main/";

/** A world with one model, whose engine does as told. */
export function createScriptedWorld(behaviour: Behaviour, machine: Machine | null = LARGE_MACHINE): ScriptedWorld {
  const engines: ScriptedEngine[] = [];
  const dropped: string[] = [];
  const { promise: deviceLoss, resolve: loseDevice } = deferred<DeviceLoss>();
  const files = new Map([
    [
      `${FOLDER}mlc-chat-config.json`,
      JSON.stringify({ tokenizer_files: [], vocab_size: VOCABULARY, conv_template: {}, context_window_size: 2048 }),
    ],
    [
      `${FOLDER}tensor-cache.json`,
      JSON.stringify({
        records: [
          { dataPath: "params_shard_0.bin", nbytes: 3_000_000 },
          { dataPath: "params_shard_1.bin", nbytes: 1_000_000 },
        ],
      }),
    ],
  ]);
  const createEngine: EngineFactory = (config) => {
    const engine = new ScriptedEngine(behaviour, config);
    engines.push(engine);
    return Promise.resolve({ engine: engine as unknown as MLCEngineInterface, deviceLoss });
  };
  return {
    engines,
    files,
    dropped,
    loseDevice,
    importPackage: () => Promise.resolve(scriptedLists()),
    createEngine,
    probeMachine: () => Promise.resolve(machine),
    readText: (url) => {
      const text = files.get(url);
      return text === undefined ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve(text);
    },
    dropModelFiles: (folder) => {
      dropped.push(folder);
      return Promise.resolve();
    },
    nowMs: () => performance.now(),
  };
}

function scriptedLists(): Awaited<ReturnType<Surroundings["importPackage"]>> {
  const ModelType = { LLM: 0, embedding: 1, VLM: 2, 0: "LLM", 1: "embedding", 2: "VLM" };
  const record = {
    model: "https://models.test/tiny",
    model_id: SCRIPTED_ID,
    model_lib: "https://models.test/tiny.wasm",
  };
  return {
    prebuiltAppConfig: { model_list: [record] },
    ModelType: ModelType as unknown as Awaited<ReturnType<Surroundings["importPackage"]>>["ModelType"],
  };
}

/** A script that says one of `texts` by the request's seed. */
export function byChance(texts: readonly string[]): EngineScript {
  return (_messages, seed) => createRandom(seed).pick(texts);
}

/** The program of {@link stepsByChance} that is right, when numbers are to be doubled. */
export const RIGHT_PROGRAM = "function solve(numbers) {\n  return numbers.map((x) => 2 * x);\n}";
const WRONG_PROGRAM = "function solve(numbers) {\n  return numbers.map((x) => x + 2);\n}";

const code = (program: string) => `### CODE\n\`\`\`javascript\n${program}\n\`\`\`\n### END\n`;

/**
 * A chat model that reasons in the steps of the chat protocol, in words that its seed chooses: one step, or the rest of
 * a path.
 */
export const stepsByChance: EngineScript = (messages, seed) => {
  const random = createRandom(seed);
  // The conversation opens with an example in three steps.
  const depth = messages.filter(({ role }) => role === "assistant").length - 3;
  const wish = String(messages.at(-1)?.content);
  const wantsPath = /all steps/.test(wish);
  const define = `### DEFINE\nsolve(numbers):\n  change each number in way ${random.int(1, 3)}\n### END\n`;
  const refine = `### REFINE\nthe way to change a number: variant ${random.int(1, 3)}\n### END\n`;
  const program = code(random.chance(0.4) ? RIGHT_PROGRAM : WRONG_PROGRAM);
  const steps =
    depth === 0 ? [define, refine, program] : depth < 2 && !wish.includes("CODE step") ? [refine, program] : [program];
  return wantsPath ? `${steps.join("")}### DONE` : (steps[0] ?? "");
};
