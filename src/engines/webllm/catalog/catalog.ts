import { LabError, toErrorData } from "../../../core/errors";
import { formatModelRef, parseModelRef } from "../../../core/model";
import type {
  CatalogListing,
  CatalogModel,
  CustomModel,
  ModelCatalog,
  StorageSummary,
} from "../../../ports/model-catalog";
import {
  type CachedFile,
  deleteFiles,
  filesOf,
  listCachedFiles,
  type ReadText,
  readRemoteText,
  readShardList,
  sizeOf,
} from "../load/model-files";
import type { AppConfig, ModelLists, ModelRecord } from "../package";
import { faultOf, type Machine, probeMachine } from "./machine";
import {
  appConfigOf,
  checkCustomModel,
  contextLengthOf,
  findRecord,
  folderOf,
  type KeyValueStore,
  parseModelName,
  readCustomModels,
  type StoredModel,
  writeCustomModels,
} from "./records";

/** What the catalog needs of the world; tests play machines and browsers. */
export interface CatalogSurroundings {
  readonly readLists: () => Promise<ModelLists>;
  readonly probeMachine: () => Promise<Machine | null>;
  readonly store: KeyValueStore;
  readonly caches: CacheStorage;
  readonly readText: ReadText;
  /** None on pages that came over plain http. */
  readonly storage: Pick<StorageManager, "estimate" | "persisted" | "persist"> | undefined;
}

/** Where a record without a window of its own ends: what the models of the list are compiled for. */
const CONTEXT_UNTOLD = 4096;

/** The catalog of this browser, or of the one that `around` plays. */
export function createModelCatalog(around: CatalogSurroundings = browser()): ModelCatalog {
  return new WebLlmCatalog(around);
}

function browser(): CatalogSurroundings {
  return {
    readLists: readModelLists,
    probeMachine,
    store: keptTexts(),
    caches: globalThis.caches,
    readText: readRemoteText,
    storage: navigator.storage,
  };
}

/** What the browser keeps; where it keeps nothing for this page, nothing is found and nothing is kept. */
function keptTexts(): KeyValueStore {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}

class WebLlmCatalog implements ModelCatalog {
  #lists: Promise<ModelLists> | null = null;

  constructor(private readonly around: CatalogSurroundings) {}

  async list(): Promise<CatalogListing> {
    const [{ config, custom }, machine, files] = await Promise.all([
      this.#config(),
      this.around.probeMachine(),
      listCachedFiles(this.around.caches),
    ]);
    const models = await Promise.all(
      config.model_list.map(async (record): Promise<CatalogModel> => {
        const own = custom.get(record.model_id);
        return { ...entryOf(record, own, config, machine), cachedBytes: await cachedBytesOf(record, files) };
      }),
    );
    return { adapter: machine, models: models.sort(byUse) };
  }

  async addCustom(model: CustomModel): Promise<CatalogModel> {
    const checked = await checkCustomModel(model, this.around.readText);
    const { config, custom } = await this.#config();
    const isTaken = config.model_list.some(({ model_id: id }) => id === checked.id && !custom.has(id));
    if (isTaken) {
      throw new LabError(
        "model/name-taken",
        `WebLLM's list has a model called ${checked.id}.`,
        "Give it another name.",
      );
    }
    const others = [...custom.values()].filter(({ id }) => id !== checked.id);
    writeCustomModels(this.around.store, [...others, checked]);
    const ref = formatModelRef({ engine: "webllm", id: checked.id });
    const added = (await this.list()).models.find((listed) => listed.ref === ref);
    if (added) return added;
    throw new LabError("model/not-kept", "This browser did not keep the model's addresses.", "Allow it to store data.");
  }

  async forgetCustom(ref: string): Promise<void> {
    const id = idOf(ref);
    const { custom } = await this.#config();
    if (!custom.has(id)) return;
    await this.deleteCached(ref);
    writeCustomModels(
      this.around.store,
      [...custom.values()].filter((model) => model.id !== id),
    );
  }

  async deleteCached(ref: string): Promise<void> {
    const { config } = await this.#config();
    const record = findRecord(config, idOf(ref));
    await deleteFiles(filesOf(await listCachedFiles(this.around.caches), folderOf(record), record.model_lib));
  }

  async deleteAllCached(): Promise<void> {
    await deleteFiles(await listCachedFiles(this.around.caches));
  }

  async storage(): Promise<StorageSummary> {
    const { storage } = this.around;
    const unknown = { usedBytes: null, quotaBytes: null, isPersistent: false };
    if (!storage) return unknown;
    return Promise.all([storage.estimate(), storage.persisted()]).then(
      ([{ usage = null, quota = null }, isPersistent]) => ({ usedBytes: usage, quotaBytes: quota, isPersistent }),
      () => unknown,
    );
  }

  async persist(): Promise<boolean> {
    return (await this.around.storage?.persist()) ?? false;
  }

  async #config(): Promise<{ config: AppConfig; custom: ReadonlyMap<string, StoredModel> }> {
    const custom = readCustomModels(this.around.store);
    this.#lists ??= this.around.readLists();
    const lists = await this.#lists.catch((error) => {
      // The next call tries again.
      this.#lists = null;
      throw error;
    });
    const config = appConfigOf(lists, custom);
    return { config, custom: new Map(custom.map((model) => [model.id, model])) };
  }
}

function entryOf(
  record: ModelRecord,
  own: StoredModel | undefined,
  { model_list: list }: AppConfig,
  machine: Machine | null,
) {
  const { name, quantization, isCode } = parseModelName(record.model_id);
  const inFloat32 = record.model_id.replace(/f16/, "f32");
  const alternative = list.find(({ model_id: id }) => id === inFloat32 && id !== record.model_id)?.model_id ?? null;
  const fault = faultOf(record, machine, alternative, own?.quantization);
  return {
    ref: formatModelRef({ engine: "webllm", id: record.model_id }),
    name,
    quantization: quantization || (own?.quantization ?? ""),
    vramMB: record.vram_required_MB ?? null,
    contextLength: contextLengthOf(record) ?? own?.contextLength ?? CONTEXT_UNTOLD,
    isCode,
    isCustom: own !== undefined,
    fault: fault && toErrorData(fault),
  };
}

/** What can run comes first, code models first in each part, smaller ones before larger ones. */
function byUse(a: CatalogModel, b: CatalogModel): number {
  return (
    Number(a.fault !== null) - Number(b.fault !== null) ||
    Number(b.isCode) - Number(a.isCode) ||
    (a.vramMB ?? 0) - (b.vramMB ?? 0) ||
    a.ref.localeCompare(b.ref)
  );
}

async function cachedBytesOf(record: ModelRecord, files: readonly CachedFile[]): Promise<number | null> {
  const folder = folderOf(record);
  const own = filesOf(files, folder, record.model_lib);
  // A library alone is shared: models of one size have the same.
  if (!own.some(({ url }) => url.startsWith(folder))) return null;
  const readText: ReadText = async (url) => {
    const file = own.find((cached) => cached.url === url);
    const response = await file?.cache.match(url);
    return response ? response.text() : Promise.reject(new Error(`${url} is not cached`));
  };
  const shards = await readShardList(folder, readText).catch(() => null);
  const sizes = await Promise.all(own.map((file) => sizeOf(file, shards?.bytes ?? new Map())));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function idOf(ref: string): string {
  const parsed = parseModelRef(ref);
  if (parsed.engine === "webllm") return parsed.id;
  throw new LabError("model/unknown", `${ref} is not a WebLLM model.`, "Choose one of the list.");
}

/**
 * What the package knows of models, read in a worker that lives as long as that takes, so that the page does not stop
 * for it.
 * @throws LabError `model/network`
 */
async function readModelLists(): Promise<ModelLists> {
  const worker = new Worker(new URL("./lists.worker.ts", import.meta.url), { type: "module", name: "model-lists" });
  try {
    const lists = await new Promise<ModelLists | null>((resolve) => {
      worker.addEventListener("message", ({ data }: MessageEvent<ModelLists | null>) => resolve(data));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(null);
      });
    });
    if (lists) return lists;
  } finally {
    worker.terminate();
  }
  throw new LabError("model/network", "WebLLM could not be loaded.", "Check the connection, and reload the page.");
}
