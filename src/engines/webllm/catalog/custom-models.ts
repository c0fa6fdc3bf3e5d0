import { z } from "zod";
import { LabError } from "../../../core/errors";
import type { CustomModel } from "../../../ports/model-catalog";
import { fetchFile, notAModel, type ReadText, readChatConfig } from "../load/model-files";
import { contextLengthOfConfig, customIdOf } from "./records";

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
