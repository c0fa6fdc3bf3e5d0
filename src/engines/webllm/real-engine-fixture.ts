import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ChatCompletionMessageParam, LogitProcessor, MLCEngineConfig, MLCEngineInterface } from "./package";
import { type Behaviour, createScriptedWorld, LOGIT, type ScriptedWorld, tokensOf } from "./scripted-engine-fixture";

/** The package's engine with its own conversations, streams and stops, over a model that is not there. */
export interface RealWorld extends ScriptedWorld {
  /** For each request, whether the package went on with what its cache held. */
  readonly continued: boolean[];
  /** Prompt tokens that went through the model. */
  prefilledTokens: number;
  engine: MLCEngineInterface | null;
}

interface Internals {
  readonly MLCEngine: new (
    config: MLCEngineConfig,
  ) => MLCEngineInterface & Readonly<Record<string, Map<string, unknown>>>;
  readonly Pipeline: { readonly prototype: Pipeline };
  readonly Lock: new () => object;
  readonly getConversation: (template: object) => { readonly messages: readonly [string, string, string?][] };
}

/** What is read and set of the package's pipeline. */
interface Pipeline {
  [field: string]: unknown;
  conversation: ReturnType<Internals["getConversation"]>;
  outputIds: number[];
  filledKVCacheLength: number;
  tokenLogprobArray: object[];
  samplePrefillStep(...parts: unknown[]): Promise<{ readonly promptLen: number }>;
}

const END = 0;
const TEMPLATE = {
  system_template: "<|im_start|>system\n{system_message}<|im_end|>\n",
  system_message: "",
  roles: { user: "<|im_start|>user", assistant: "<|im_start|>assistant", tool: "<|im_start|>tool" },
  seps: ["<|im_end|>\n"],
  role_content_sep: "\n",
  role_empty_sep: "\n",
  stop_str: ["<|im_end|>"],
  stop_token_ids: [END],
};

/** The package keeps its pipeline to itself: a copy of it is made to hand it out. */
async function importInternals(): Promise<Internals> {
  // Below a folder of this name the test runner takes files as they are.
  const folder = join(mkdtempSync(join(tmpdir(), "webllm-")), "node_modules");
  try {
    const source = readFileSync(createRequire(import.meta.url).resolve("@mlc-ai/web-llm"), "utf8");
    const handedOut = "LLMChatPipeline as Pipeline, getConversation, CustomLock as Lock";
    mkdirSync(folder);
    writeFileSync(
      join(folder, "web-llm.mjs"),
      `${source.replace(/^\/\/# source.*$/m, "")}\nexport { ${handedOut} };\n`,
    );
    return (await import(/* @vite-ignore */ pathToFileURL(join(folder, "web-llm.mjs")).href)) as Internals;
  } finally {
    rmSync(dirname(folder), { recursive: true });
  }
}

let imported: Promise<Internals> | null = null;

/** Words get ids as they come. */
function createTokenizer() {
  const words = ["<|im_end|>"];
  const idOf = (word: string) => (words.includes(word) ? words.indexOf(word) : words.push(word) - 1);
  return {
    idOf,
    encode: (text: string) => Int32Array.from(tokensOf(text).map(idOf)),
    decode: (ids: Int32Array) => Array.from(ids, (id) => words[id] ?? "").join(""),
  };
}

/** A world whose engine is the package's own, but for the arithmetic of its model, which says what a script says. */
export async function createRealWorld(behaviour: Behaviour): Promise<RealWorld> {
  imported ??= importInternals();
  const internals = await imported;
  const world: RealWorld = { ...createScriptedWorld(behaviour), continued: [], prefilledTokens: 0, engine: null };
  const createEngine: ScriptedWorld["createEngine"] = (config) => {
    const engine = new internals.MLCEngine(config);
    engine.reload = (id) => {
      const name = String(id);
      const pipeline = createPipeline(internals, config, name, behaviour, world);
      engine.loadedModelIdToPipeline?.set(name, pipeline);
      engine.loadedModelIdToChatConfig?.set(name, pipeline.config);
      engine.loadedModelIdToModelType?.set(name, 0);
      engine.loadedModelIdToLock?.set(name, new internals.Lock());
      return Promise.resolve();
    };
    world.engine = engine;
    return Promise.resolve({ engine, deviceLoss: new Promise(() => {}) });
  };
  return Object.assign(world, { createEngine });
}

function createPipeline(
  { Pipeline, getConversation }: Internals,
  { logitProcessorRegistry }: MLCEngineConfig,
  id: string,
  behaviour: Behaviour,
  world: RealWorld,
): Pipeline {
  const tokenizer = createTokenizer();
  const pipeline: Pipeline = Object.create(Pipeline.prototype);
  const processor = logitProcessorRegistry?.get(id);
  const { setSeed, sampleFromRawLogits } = createVoice(pipeline, tokenizer, behaviour, processor);
  const nothing = () => {};
  const fields: Partial<Pipeline> = {
    ...emptyState(),
    tokenizer,
    logitProcessor: processor,
    conversation: getConversation(TEMPLATE),
    tvm: { beginScope: nothing, endScope: nothing, detachFromCurrentScope: (tensor: unknown) => tensor, setSeed },
    device: { sync: () => Promise.resolve() },
    resetKVCache: nothing,
    embedAndForward: (_tokens: unknown, length: number) => {
      pipeline.filledKVCacheLength += length;
      return Promise.resolve({ dispose: nothing });
    },
    samplePrefillStep: async (...parts) => {
      world.continued.push(pipeline.filledKVCacheLength > 0);
      const step = await Pipeline.prototype.samplePrefillStep.apply(pipeline, parts);
      world.prefilledTokens += step.promptLen;
      return step;
    },
    sampleFromRawLogits,
  };
  return Object.assign(pipeline, fields);
}

/** What the package's constructor, which wants a GPU, would have set. */
const emptyState = (): Partial<Pipeline> => ({
  config: { conv_template: TEMPLATE, temperature: 1, top_p: 1, repetition_penalty: 1.1 },
  stopStr: TEMPLATE.stop_str,
  stopTokens: TEMPLATE.stop_token_ids,
  outputIds: [],
  tokenLogprobArray: [],
  appearedTokensFreq: new Map(),
  imageDataCache: new Map(),
  artifactImagePixelCache: new Map(),
  slidingWindowSize: -1,
  contextWindowSize: 2048,
  prefillChunkSize: 1024,
  filledKVCacheLength: 0,
});

/** In place of logits and of the GPU's sampling: what the script says next. */
function createVoice(
  pipeline: Pipeline,
  tokenizer: ReturnType<typeof createTokenizer>,
  { script, losesSpaces = false, likeliest = [] }: Behaviour,
  processor: LogitProcessor | undefined,
) {
  let seed = 0;
  let reply: readonly string[] = [];
  const tops = likeliest.map(([token, probability]) => ({ token, logprob: Math.log(probability) }));
  const begin = () => {
    const said = pipeline.conversation.messages.slice(0, -1);
    const messages = said.map(([role, , content = ""]) => ({ role, content }) as ChatCompletionMessageParam);
    reply = tokensOf(script(messages, seed));
  };
  return {
    setSeed: (value: number) => {
      seed = value;
    },
    sampleFromRawLogits: () => {
      if (pipeline.outputIds.length === 0) begin();
      const word = reply[pipeline.outputIds.length];
      const token = word === undefined ? END : tokenizer.idOf(word);
      processor?.processLogits(logitsOf(token));
      const text = tokenizer.decode(Int32Array.of(token));
      const entry = { token: losesSpaces ? text.trimStart() : text, logprob: 0, top_logprobs: tops };
      pipeline.tokenLogprobArray.push(entry);
      return Promise.resolve(token);
    },
  };
}

/** One logit above all others, of a vocabulary that grows as words come. */
function logitsOf(token: number): Float32Array {
  const logits = new Float32Array(token + 2);
  logits[token] = LOGIT;
  return logits;
}
