import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { LabError } from "../../../core/errors";
import type { CatalogModel, CustomModel } from "../../../ports/model-catalog";
import { readRemoteText } from "../load/model-files";
import { importWebLlm } from "../package";
import { LARGE_MACHINE } from "../scripted-engine-fixture";
import { type CatalogSurroundings, createModelCatalog } from "./catalog";
import type { Machine } from "./machine";
import { readCustomModels, recordOfCustom } from "./records";

/** A `CacheStorage` in memory, as far as model files need one. */
function createMemoryCaches(): CacheStorage {
  const caches = new Map<string, Map<string, Response>>();
  const addressOf = (request: RequestInfo | URL) => (request instanceof Request ? request.url : String(request));
  const open = (name: string): Cache => {
    const entries = caches.get(name) ?? new Map<string, Response>();
    caches.set(name, entries);
    const cache: Pick<Cache, "match" | "put" | "delete" | "keys"> = {
      match: (request) => Promise.resolve(entries.get(addressOf(request))?.clone()),
      put: (request, response) => Promise.resolve(void entries.set(addressOf(request), response)),
      delete: (request) => Promise.resolve(entries.delete(addressOf(request as RequestInfo))),
      keys: () => Promise.resolve([...entries.keys()].map((url) => new Request(url))),
    };
    return cache as Cache;
  };
  const storage: Pick<CacheStorage, "open" | "keys"> = {
    open: (name) => Promise.resolve(open(name)),
    keys: () => Promise.resolve([...caches.keys()]),
  };
  return storage as CacheStorage;
}

const GB = 2 ** 30;
const PHONE: Machine = {
  ...LARGE_MACHINE,
  maxBufferSize: GB / 4,
  maxStorageBufferBindingSize: GB / 8,
};
const NO_F16: Machine = { ...LARGE_MACHINE, hasShaderF16: false };
const CODER = "Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC";

function memoryStore(): CatalogSurroundings["store"] {
  const entries = new Map<string, string>();
  return { getItem: (key) => entries.get(key) ?? null, setItem: (key, value) => void entries.set(key, value) };
}

function surroundings(machine: Machine | null = LARGE_MACHINE): CatalogSurroundings {
  return {
    readLists: importWebLlm,
    probeMachine: () => Promise.resolve(machine),
    store: memoryStore(),
    caches: createMemoryCaches(),
    readText: readRemoteText,
    storage: {
      estimate: () => Promise.resolve({ usage: 5, quota: 100 }),
      persisted: () => Promise.resolve(false),
      persist: () => Promise.resolve(true),
    },
  };
}

async function modelsOn(machine: Machine | null): Promise<readonly CatalogModel[]> {
  return (await createModelCatalog(surroundings(machine)).list()).models;
}

function find(models: readonly CatalogModel[], id: string): CatalogModel {
  const model = models.find(({ ref }) => ref === `webllm:${id}`);
  if (!model) throw new Error(`${id} is not listed`);
  return model;
}

async function failure(work: Promise<unknown>): Promise<LabError> {
  const thrown = await work.then(() => null).catch((error: unknown) => error);
  if (thrown instanceof LabError) return thrown;
  throw new Error(`Expected a LabError, got ${String(thrown)}`);
}

describe("the list", () => {
  it("is the package's own without embedding models, each told apart by what its id says", async () => {
    const { prebuiltAppConfig, ModelType } = await importWebLlm();
    const chat = prebuiltAppConfig.model_list.filter(({ model_type }) => model_type !== ModelType.embedding);
    const models = await modelsOn(LARGE_MACHINE);
    expect(models.map(({ ref }) => ref).sort()).toEqual(chat.map(({ model_id }) => `webllm:${model_id}`).sort());
    expect(models.every(({ name, quantization }) => name !== "" && /^q\d/.test(quantization))).toBe(true);
    expect(find(models, CODER)).toEqual({
      ref: `webllm:${CODER}`,
      name: "Qwen2.5 Coder 1.5B Instruct",
      quantization: "q4f16_1",
      vramMB: 1629.75,
      contextLength: 4096,
      isCode: true,
      isCustom: false,
      fault: null,
      cachedBytes: null,
    });
    expect(find(models, "Llama-3.1-8B-Instruct-q4f32_1-MLC-1k").contextLength).toBe(1024);
  });

  it("begins with code models, the smallest first; what cannot run comes last", async () => {
    const models = await modelsOn(LARGE_MACHINE);
    const able = models.filter(({ fault }) => fault === null);
    expect(models.slice(0, able.length)).toEqual(able);
    const lastCode = able.findLastIndex(({ isCode }) => isCode);
    expect(able.slice(0, lastCode + 1).every(({ isCode }) => isCode)).toBe(true);
    const needs = able.slice(0, lastCode + 1).map(({ vramMB }) => vramMB ?? 0);
    expect(needs).toEqual([...needs].sort((a, b) => a - b));
    expect(able[0]?.name).toBe("Qwen2.5 Coder 0.5B Instruct");
  });
});

it("asks for the package's list again after it could not be had", async () => {
  let asked = 0;
  const readLists = () => (asked++ === 0 ? Promise.reject(new LabError("model/network", "No.")) : importWebLlm());
  const catalog = createModelCatalog({ ...surroundings(), readLists });
  expect((await failure(catalog.list())).code).toBe("model/network");
  expect((await catalog.list()).models.length).toBeGreaterThan(100);
  await catalog.list();
  expect(asked).toBe(2);
});

describe("what a machine can run", () => {
  it("nothing without WebGPU", async () => {
    const { adapter, models } = await createModelCatalog(surroundings(null)).list();
    expect(adapter).toBeNull();
    expect(new Set(models.map(({ fault }) => fault?.code))).toEqual(new Set(["model/no-webgpu"]));
  });

  it("no model in 16-bit floats where they are missing, declared or not; the same in 32 bits is named", async () => {
    const models = await modelsOn(NO_F16);
    for (const { quantization, fault } of models) {
      expect(fault?.code === "model/needs-f16").toBe(/f16/.test(quantization));
    }
    expect(find(models, CODER).fault?.hint).toContain("Qwen2.5-Coder-1.5B-Instruct-q4f32_1-MLC");
    expect(find(models, "Qwen2.5-Coder-1.5B-Instruct-q4f32_1-MLC").fault).toBeNull();
    expect(models[0]?.quantization).toBe("q4f32_1");
  });

  it("with small buffers only what is made for them, within what its buffers say of its memory", async () => {
    const models = await modelsOn(PHONE);
    expect(find(models, "SmolLM2-360M-Instruct-q4f16_1-MLC").fault).toBeNull();
    expect(find(models, "Llama-3.1-8B-Instruct-q4f16_1-MLC").fault?.code).toBe("model/small-buffers");
    expect(find(models, "gemma-2b-it-q4f16_1-MLC-1k").fault?.code).toBe("model/small-buffers");
    expect(find(models, "Qwen2.5-Coder-3B-Instruct-q4f16_1-MLC").fault?.code).toBe("model/out-of-memory");
  });

  it("not what is larger than the memory that its limits or its browser tell of", async () => {
    const large = "Llama-3.1-70B-Instruct-q3f16_1-MLC";
    expect(find(await modelsOn(LARGE_MACHINE), large).fault?.code).toBe("model/out-of-memory");
    const small = await modelsOn({ ...LARGE_MACHINE, memoryMB: 4096 });
    expect(find(small, "Qwen2.5-Coder-7B-Instruct-q4f16_1-MLC").fault?.code).toBe("model/out-of-memory");
    expect(find(small, CODER).fault).toBeNull();
  });
});

describe("what is cached", () => {
  const FOLDER = `https://huggingface.co/mlc-ai/${CODER}/resolve/main/`;

  async function withCached(around: CatalogSurroundings) {
    const { prebuiltAppConfig } = await importWebLlm();
    const library = prebuiltAppConfig.model_list.find(({ model_id }) => model_id === CODER)?.model_lib ?? "";
    const records = [{ dataPath: "params_shard_0.bin", nbytes: 1000 }];
    const list = JSON.stringify({ records });
    const model = await around.caches.open("webllm/model");
    await model.put(`${FOLDER}tensor-cache.json`, new Response(list));
    await model.put(`${FOLDER}params_shard_0.bin`, new Response("the body of a shard is not read"));
    await (await around.caches.open("webllm/wasm")).put(library, new Response("12345"));
    await (await around.caches.open("webllm/config")).put(`${FOLDER}mlc-chat-config.json`, new Response("{}"));
    await (await around.caches.open("another")).put("https://app.test/", new Response("of the app itself"));
    return { bytes: list.length + 1000 + 5 + 2 };
  }

  it("is told in bytes, by model; a library that models share is not enough", async () => {
    const around = surroundings();
    const { bytes } = await withCached(around);
    const { models } = await createModelCatalog(around).list();
    expect(find(models, CODER).cachedBytes).toBe(bytes);
    expect(models.filter(({ cachedBytes }) => cachedBytes !== null)).toHaveLength(1);
  });

  it("is deleted by model, and all of it, and nothing else", async () => {
    for (const clear of [
      (catalog: ReturnType<typeof createModelCatalog>) => catalog.deleteCached(`webllm:${CODER}`),
      (catalog: ReturnType<typeof createModelCatalog>) => catalog.deleteAllCached(),
    ]) {
      const around = surroundings();
      await withCached(around);
      const catalog = createModelCatalog(around);
      await catalog.deleteCached("webllm:Qwen2.5-Coder-0.5B-Instruct-q4f16_1-MLC");
      expect(find((await catalog.list()).models, CODER).cachedBytes).not.toBeNull();
      await clear(catalog);
      expect(find((await catalog.list()).models, CODER).cachedBytes).toBeNull();
      expect(await (await around.caches.open("webllm/model")).keys()).toEqual([]);
      expect(await (await around.caches.open("another")).keys()).toHaveLength(1);
    }
  });

  it("is summed up, and kept on request", async () => {
    const catalog = createModelCatalog(surroundings());
    expect(await catalog.storage()).toEqual({ usedBytes: 5, quotaBytes: 100, isPersistent: false });
    expect(await catalog.persist()).toBe(true);
  });

  it("of a model that is not listed is an error", async () => {
    const catalog = createModelCatalog(surroundings());
    expect((await failure(catalog.deleteCached("webllm:nobody"))).code).toBe("model/unknown");
    expect((await failure(catalog.deleteCached("tiny"))).code).toBe("model/unknown");
  });
});

describe("a model of one's own", () => {
  const CONFIG = {
    tokenizer_files: ["tokenizer.json"],
    vocab_size: 32,
    conv_template: {},
    context_window_size: 8192,
    quantization: "q4f16_1",
  };
  const PAGE = "<!doctype html><title>Sign in</title>";
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  async function serve(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
    server = createServer(({ url = "" }, response) => {
      const body = files[url.slice(1)];
      response.writeHead(body === undefined ? 404 : 200).end(body ?? "Nothing here");
    });
    await new Promise<void>((resolve) => server?.listen(0, "localhost", resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  const MODEL = {
    "my/model/mlc-chat-config.json": JSON.stringify(CONFIG),
    "my/lib.wasm": Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    "my/page.wasm": PAGE,
    "page/mlc-chat-config.json": PAGE,
    "other/mlc-chat-config.json": JSON.stringify({ name: "a package" }),
  };

  it("is checked, listed, remembered, and loaded from its folder as it stands", async () => {
    const base = await serve(MODEL);
    const around = surroundings(NO_F16);
    const added = await createModelCatalog(around).addCustom({
      model: `${base}/my/model`,
      modelLib: `${base}/my/lib.wasm`,
    });
    expect(added).toMatchObject({ ref: "webllm:model", isCustom: true, contextLength: 8192, quantization: "q4f16_1" });
    expect(added.fault?.code).toBe("model/needs-f16");
    const [stored] = readCustomModels(around.store);
    if (!stored) throw new Error("Nothing was stored");
    const address = new URL("mlc-chat-config.json", recordOfCustom(stored).model).href;
    expect(address).toBe(`${base}/my/model/mlc-chat-config.json`);
    const catalog = createModelCatalog(around);
    expect((await catalog.list()).models.filter(({ isCustom }) => isCustom)).toHaveLength(1);
    await catalog.forgetCustom("webllm:model");
    expect((await catalog.list()).models.some(({ isCustom }) => isCustom)).toBe(false);
  });

  it("may be replaced, but not take the name of a listed one", async () => {
    const base = await serve(MODEL);
    const catalog = createModelCatalog(surroundings());
    const custom = { model: `${base}/my/model`, modelLib: `${base}/my/lib.wasm` };
    await catalog.addCustom(custom);
    await catalog.addCustom(custom);
    expect((await catalog.list()).models.filter(({ isCustom }) => isCustom)).toHaveLength(1);
    expect((await failure(catalog.addCustom({ ...custom, id: CODER }))).code).toBe("model/name-taken");
  });

  it("is refused with a sentence when it is none", async () => {
    const base = await serve(MODEL);
    const [model, modelLib] = [`${base}/my/model`, `${base}/my/lib.wasm`];
    const cases: readonly (readonly [CustomModel, string, string])[] = [
      [{ model: "not an address", modelLib }, "model/address", "of the model"],
      [{ model, modelLib: "file:///etc/passwd" }, "model/address", "of the library"],
      [{ model: `${base}/nothing`, modelLib }, "model/not-a-model", "404"],
      [{ model: `${base}/page`, modelLib }, "model/not-a-model", "a web page"],
      [{ model: `${base}/other`, modelLib }, "model/not-a-model", "tokenizer_files"],
      [{ model, modelLib: `${base}/my/page.wasm` }, "model/not-a-model", "WebAssembly"],
      [{ model: "http://localhost:1/model", modelLib }, "model/network", "could not be reached"],
    ];
    const around = surroundings();
    for (const [custom, code, word] of cases) {
      const error = await failure(createModelCatalog(around).addCustom(custom));
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(word)]);
    }
    expect(readCustomModels(around.store)).toEqual([]);
  });

  it("does not keep the list from being read when the store holds something else", async () => {
    const around = surroundings();
    for (const text of ["{", "[1, null]", '{"id":"x"}', '[{"id":"x","model":"no","modelLib":"no"}]']) {
      around.store.setItem("webllm-models", text);
      expect((await createModelCatalog(around).list()).models.some(({ isCustom }) => isCustom)).toBe(false);
    }
  });
});
