import { z } from "zod";
import { LabError } from "../../../core/errors";
import type { CustomModel } from "../../../ports/model-catalog";
import { fetchFile, notAModel, type ReadText, readChatConfig } from "../load/model-files";
import type { AppConfig, ModelLists, ModelRecord } from "../package";

/** What a `model_id` says, such as `Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC`. */
export interface ModelName {
  /** For people: `Qwen2.5 Coder 1.5B Instruct`. */
  readonly name: string;
  /** Weights and activations: `q4f16_1`; empty when the id does not tell. */
  readonly quantization: string;
  readonly isCode: boolean;
}

const ID = /^(.+?)-(q\d+(?:bf|f)\d+(?:_\d+)?)(?:-MLC)?(?:-1k)?$/;
const CONTEXT_DEFAULT = 4096;

/** Reads a `model_id`; the package's records have no field for any of this. */
export function parseModelName(id: string): ModelName {
  const [, stem = id, quantization = ""] = ID.exec(id) ?? [];
  return { name: stem.replaceAll("-", " "), quantization, isCode: /code|codestral/i.test(stem) };
}

/** The address of a record's files, with a slash at its end: the package reads `…/resolve/main/` of a bare address. */
export function folderOf({ model }: ModelRecord): string {
  const slashed = model.endsWith("/") ? model : `${model}/`;
  const address = new URL(/.+\/resolve\/.+\//.test(slashed) ? slashed : `${slashed}resolve/main/`);
  address.hash = "";
  return address.href;
}

/** Tokens of prompt and completion together that the record asks for; null when its own configuration decides. */
export function contextLengthOf({ overrides }: ModelRecord): number | null {
  const { context_window_size: window, sliding_window_size: sliding } = overrides ?? {};
  if (window !== undefined && window > 0) return window;
  return sliding !== undefined && sliding > 0 ? sliding : null;
}

/** As {@link contextLengthOf}, of a model's `mlc-chat-config.json`. */
export function contextLengthOfConfig(config: Readonly<Record<string, unknown>>): number {
  const sizes = [config.context_window_size, config.sliding_window_size];
  return sizes.find((size): size is number => typeof size === "number" && size > 0) ?? CONTEXT_DEFAULT;
}

/** The name a model of the user's own goes by: the last part of its address unless one is given. */
export function customIdOf({ id, model }: CustomModel): string {
  if (id) return id;
  const parts = new URL(model).pathname.split("/").filter(Boolean);
  const end = parts.indexOf("resolve");
  return (end > 0 ? parts.slice(0, end) : parts).at(-1) ?? new URL(model).host;
}

/** A model of the user's own as the package takes it. */
export function recordOfCustom(custom: CustomModel): ModelRecord {
  const folder = custom.model.endsWith("/") ? custom.model : `${custom.model}/`;
  // The package appends `resolve/main/` to an address without it; in the fragment it satisfies the check and changes
  // nothing.
  const model = /\/resolve\/.+\//.test(folder) ? folder : `${folder}#/resolve/main/`;
  return { model, model_id: customIdOf(custom), model_lib: custom.modelLib };
}

/** The package's own list without models that only embed, with the user's models after it, kept in the Cache API. */
export function appConfigOf(webLlm: ModelLists, custom: readonly CustomModel[] = []): AppConfig {
  const { prebuiltAppConfig, ModelType } = webLlm;
  const chat = prebuiltAppConfig.model_list.filter((record) => record.model_type !== ModelType.embedding);
  return { ...prebuiltAppConfig, cacheBackend: "cache", model_list: [...chat, ...custom.map(recordOfCustom)] };
}

/** @throws LabError `model/unknown` */
export function findRecord(config: AppConfig, id: string): ModelRecord {
  const record = config.model_list.find(({ model_id }) => model_id === id);
  if (record) return record;
  throw new LabError(
    "model/unknown",
    `WebLLM's list has no model called ${id}.`,
    "Choose one of the list, or add it with its addresses.",
  );
}

/** Where models of the user's own are remembered, such as `localStorage`. */
export type KeyValueStore = Pick<Storage, "getItem" | "setItem">;

const KEY = "webllm-models";

const storedModel = z.object({
  id: z.string().min(1),
  model: z.url(),
  modelLib: z.url(),
  quantization: z.string(),
  contextLength: z.int().positive(),
});

/** A model of the user's own, and what its configuration said when it was added. */
export type StoredModel = z.infer<typeof storedModel>;

/**
 * The models of the user's own; what the store holds besides is passed over. Also what a model worker has to be told
 * of.
 */
export function readCustomModels(store: KeyValueStore): readonly StoredModel[] {
  try {
    const list: unknown = JSON.parse(store.getItem(KEY) ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry) => storedModel.safeParse(entry).data ?? []);
  } catch {
    return [];
  }
}

/** Replaces the list. */
export function writeCustomModels(store: KeyValueStore, models: readonly StoredModel[]): void {
  store.setItem(KEY, JSON.stringify(models));
}

/**
 * Makes sure that the addresses are those of an MLC model and its library.
 * @throws LabError `model/address`, `model/network`, `model/not-a-model`
 */
export async function checkCustomModel(custom: CustomModel, readText: ReadText): Promise<StoredModel> {
  const modelLib = addressOf(custom.modelLib, "of the library").href;
  const { folder, config } = await findFolder(addressOf(custom.model, "of the model"), readText);
  await checkLibrary(modelLib);
  const { quantization } = config;
  return {
    id: customIdOf({ ...custom, model: folder }),
    model: folder,
    modelLib,
    quantization: typeof quantization === "string" ? quantization : "",
    contextLength: contextLengthOfConfig(config),
  };
}

function addressOf(text: string, whose: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === "") return url;
  throw new LabError(
    "model/address",
    `The address ${whose} is not a web address.`,
    "Give the whole address, with https:// before it.",
  );
}

/** The address as it stands, or the branch `main` of a Hugging Face repository. */
async function findFolder(model: URL, readText: ReadText) {
  const bare = new URL(model);
  [bare.hash, bare.search] = ["", ""];
  if (bare.pathname.endsWith("/mlc-chat-config.json")) bare.pathname = bare.pathname.replace(/[^/]+$/, "");
  const folder = bare.href.endsWith("/") ? bare.href : `${bare.href}/`;
  const isRepository = bare.host === "huggingface.co" && !bare.pathname.includes("/resolve/");
  const address = isRepository ? `${folder}resolve/main/` : folder;
  return { folder: address, config: await readChatConfig(address, readText) };
}

const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

async function checkLibrary(url: string): Promise<void> {
  const response = await fetchFile(url);
  const reader = response.body?.getReader();
  const { value = new Uint8Array(0) } = (await reader?.read()) ?? {};
  await reader?.cancel();
  if (WASM_MAGIC.every((byte, i) => value[i] === byte)) return;
  throw notAModel(`${url} is not a compiled WebAssembly library.`);
}
