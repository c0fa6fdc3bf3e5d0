import type { ErrorData } from "../core/errors";

/** A model that WebLLM can load, and whether this machine can run it. */
export interface CatalogModel {
  /** As `formatModelRef` writes it: `webllm:<model id>`. */
  readonly ref: string;
  /** For people, such as `Qwen2.5 Coder 1.5B Instruct`. */
  readonly name: string;
  /** Weights and activations, such as `q4f16_1`. */
  readonly quantization: string;
  /** Memory the list asks for, in MB; null when it does not say. */
  readonly vramMB: number | null;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  /** Trained for code. */
  readonly isCode: boolean;
  /** Added by the user. */
  readonly isCustom: boolean;
  /** Why it cannot run here, with what to do; null when nothing is known to be in its way. */
  readonly fault: ErrorData | null;
  /** Bytes of it that this browser keeps; null when it keeps none. */
  readonly cachedBytes: number | null;
}

/** What the machine offers to WebGPU models; null fields are not known. */
export interface AdapterSummary {
  /** For people, such as `Apple M2`. */
  readonly description: string;
  readonly hasShaderF16: boolean;
  /** Bytes. */
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
}

/** The models and the machine. */
export interface CatalogListing {
  /** Null without WebGPU. */
  readonly adapter: AdapterSummary | null;
  /** Code models first, then by memory; those with a fault after those without. */
  readonly models: readonly CatalogModel[];
}

/** A model of the user's own. */
export interface CustomModel {
  /** Address of the MLC model folder (`mlc-chat-config.json`, shards, tokenizer). */
  readonly model: string;
  /** Address of its compiled `.wasm`. */
  readonly modelLib: string;
  /** Default: the last part of `model`. */
  readonly id?: string;
}

/** What this origin keeps, in bytes; null when the browser does not say. */
export interface StorageSummary {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** Whether the browser has promised not to clear it on its own account. */
  readonly isPersistent: boolean;
}

/** The WebLLM models of this browser: which there are, which are cached, and how to be rid of them. Loads nothing of WebLLM before `list`. */
export interface ModelCatalog {
  list(): Promise<CatalogListing>;
  /** Checks that the addresses are what they should be and remembers the model. @throws LabError `model/*`, one sentence. */
  addCustom(model: CustomModel): Promise<CatalogModel>;
  /** Forgets a model of the user's own, and deletes what is cached of it. */
  forgetCustom(ref: string): Promise<void>;
  /** Deletes what is cached of a model. */
  deleteCached(ref: string): Promise<void>;
  deleteAllCached(): Promise<void>;
  storage(): Promise<StorageSummary>;
  /** Asks the browser to keep the cache; tells whether it will. */
  persist(): Promise<boolean>;
}
