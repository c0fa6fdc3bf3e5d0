import { LabError } from "../../core/errors";
import { formatModelRef, type ModelInfo } from "../../core/model";
import { deriveSeed } from "../../core/rng";
import { sha256 } from "../../core/sha256";
import { type BackendName, canUseThreads, surveyBackends } from "../../model/backend";
import { onChosenBackend } from "../../model/backend-choice";
import type { GenerationRequest } from "../../model/decode/generate";
import { readSafetensors } from "../../model/io/safetensors";
import { loadTokenizer, type Tokenizer } from "../../model/io/tokenizer";
import { type LanguageModel, loadOn, loadOnFastest } from "../../model/language-model";
import { type ModelConfig, parseModelConfig } from "../../model/network/config";
import type { HostParams } from "../../model/network/parameters";
import type { FetchKernels } from "../../model/wasm/kernels";
import type { BrowserMemory } from "../../ports/browser-memory";
import type {
  Completion,
  PolicyModel,
  Prompt,
  SampleRequest,
  SampleResult,
  WeightsHolder,
} from "../../ports/policy-model";

/** Completions that cost hardly more together than one by one. */
const BATCH_SIZE = 16;

/** A model as its three files have it. */
export interface TinyModelFiles {
  /** Parsed `config.json`. */
  readonly config: unknown;
  /** Parsed `tokenizer.json`. */
  readonly tokenizer: object;
  /** `model.safetensors`. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** The tiny model as a policy. What `info` says of its weights is of those it has at the time. */
export interface TinyModel extends PolicyModel, WeightsHolder {
  /** What it runs on. */
  readonly backend: BackendName;
  dispose(): void;
}

/** Lets the app choose a backend: what the choice is remembered in, and the version of the app that it holds for. */
export interface AutomaticBackend {
  readonly memory: BrowserMemory;
  readonly version: string;
}

/**
 * Loads the tiny model.
 * @param fetchKernels brings the files of kernels/.
 * @param backend the one to use, or how the fastest is chosen: by a short measurement, once in each browser.
 * @param id what it is to call itself.
 * @throws LabError `model/*` when the files do not fit together or the backend cannot run here.
 */
export async function createTinyModel(
  files: TinyModelFiles,
  fetchKernels: FetchKernels,
  backend: BackendName | AutomaticBackend,
  id = formatModelRef({ engine: "tiny" }),
): Promise<TinyModel> {
  const config = parseModelConfig(files.config);
  const tokenizer = loadTokenizer(files.tokenizer);
  if (tokenizer.vocabSize !== config.vocab_size) {
    throw new LabError(
      "model/weights-mismatch",
      `The tokenizer has ${tokenizer.vocabSize} tokens, the model ${config.vocab_size}.`,
      "Use tokenizer.json and config.json from the same checkpoint.",
    );
  }
  const { tensors } = readSafetensors(files.weights);
  const model =
    typeof backend === "string"
      ? await loadOn(backend, config, tensors, fetchKernels)
      : await loadOnChosen(backend, config, tensors, fetchKernels);
  let info = {
    id,
    contextLength: config.max_position_embeddings,
    weights: hash(files.weights),
    batching: { kind: "batch", size: BATCH_SIZE },
  } as const;
  // A thread that dies leaves the rest to one.
  const infoNow = (): ModelInfo => ({ ...info, backend: describeBackend(model.backend) });
  return {
    get info() {
      return infoNow();
    },
    get backend() {
      return model.backend;
    },
    sample: (requests, signal) => sample(model, tokenizer, requests, signal),
    async loadWeights(file) {
      const weights = hash(file);
      model.replaceParams(readSafetensors(file).tensors);
      info = { ...info, weights };
      return infoNow();
    },
    dispose: () => model.dispose(),
  };
}

/** On the backend that was chosen here for a model of these sizes, or is chosen now. */
async function loadOnChosen(
  { memory, version }: AutomaticBackend,
  config: ModelConfig,
  weights: HostParams,
  fetchKernels: FetchKernels,
): Promise<LanguageModel> {
  const { hidden_size, intermediate_size, num_hidden_layers, vocab_size } = config;
  const purpose = ["sampling", hidden_size, intermediate_size, num_hidden_layers, vocab_size].join(" ");
  return onChosenBackend(
    purpose,
    memory,
    await surveyBackends(version),
    (name) => loadOn(name, config, weights, fetchKernels),
    async (names) => {
      const { model } = await loadOnFastest(config, weights, names, fetchKernels);
      return { backend: model.backend, value: model };
    },
  );
}

async function sample(
  model: LanguageModel,
  tokenizer: Tokenizer,
  requests: readonly SampleRequest[],
  signal?: AbortSignal,
): Promise<readonly SampleResult[]> {
  const prepared = requests.map((request) => prepare(tokenizer, request));
  const results = await model.generate(prepared, signal);
  return results.map(({ completions, prefilledTokens }, i) => ({
    completions: completions.map(({ tokens, logProbs, drawLogProbs, finish }): Completion => {
      const pieces = tokens.map(tokenizer.pieceOf);
      const { keepIds, drawn } = requests[i] ?? {};
      return {
        text: pieces.join(""),
        tokens: tokens.length,
        logProbs,
        pieces,
        finish,
        ...(keepIds || drawn ? { tokenIds: tokens } : {}),
        ...(drawn ? { drawLogProbs } : {}),
      };
    }),
    promptTokens: prepared[i]?.prompt.length ?? 0,
    prefilledTokens,
  }));
}

function prepare(tokenizer: Tokenizer, request: SampleRequest): GenerationRequest {
  const { prompt, count, stop, maxTokens, temperature, topK, topP, seed, drawn, likeliest } = request;
  return {
    prompt: tokenizer.encode(textOf(prompt)),
    seeds: Array.from({ length: count }, (_, index) => deriveSeed(seed, index)),
    stop: new Set(stop.map(tokenizer.idOf)),
    maxTokens,
    sampling: { temperature, topK, topP },
    ...(drawn === undefined ? {} : { drawn }),
    ...(likeliest ? { likeliest } : {}),
  };
}

function textOf(prompt: Prompt): string {
  if (typeof prompt === "string") return prompt;
  throw new LabError("model/no-chat", "The tiny model cannot take part in a conversation.", "Choose a chat model.");
}

/** One thread is what is left when a browser or a server withholds the others: then it says so. */
function describeBackend(name: BackendName): string {
  const isAlone = name === "wasm" || name === "simd";
  return isAlone && !canUseThreads() ? `${name} (one thread: the page is not cross-origin isolated)` : name;
}

/** The first 12 hexadecimal digits of the bytes' SHA-256. */
function hash(bytes: Uint8Array<ArrayBuffer>): string {
  return sha256(bytes).slice(0, 12);
}

/**
 * Fetches a model's files from a folder.
 * @param folder an address that ends with a slash.
 * @param report gets the share of the weights that has arrived, in [0, 1].
 * @throws LabError `model/unreachable`
 */
export async function fetchTinyModel(
  folder: string | URL,
  report?: (fraction: number) => void,
): Promise<TinyModelFiles> {
  const [config, tokenizer, weights] = await Promise.all([
    fetchFile(folder, "config.json").then(readJson),
    fetchFile(folder, "tokenizer.json").then(readJson),
    fetchFile(folder, "model.safetensors").then((response) => readBytes(response, report)),
  ]);
  return { config, tokenizer: tokenizer as object, weights };
}

/** Fetches a model's parsed `tokenizer.json` alone. @throws LabError `model/unreachable` */
export async function fetchTinyTokenizer(folder: string | URL): Promise<object> {
  return (await fetchFile(folder, "tokenizer.json").then(readJson)) as object;
}

async function fetchFile(folder: string | URL, name: string): Promise<Response> {
  const response = await fetch(new URL(name, folder)).catch(() => null);
  if (!response?.ok) throw unreachable(name);
  return response;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw unreachable(new URL(response.url).pathname.split("/").at(-1) ?? "A file");
  }
}

async function readBytes(response: Response, report?: (fraction: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value);
    received += part.value.length;
    if (total > 0) report?.(Math.min(1, received / total));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function unreachable(name: string): LabError {
  return new LabError(
    "model/unreachable",
    `${name} of the tiny model could not be loaded.`,
    "Check the connection and reload the page; a copy of the app needs its models folder.",
  );
}
