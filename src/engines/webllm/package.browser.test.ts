import { afterEach, describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import type { CustomModel } from "../../ports/model-catalog";
import { createModelCatalog } from "./catalog/catalog";
import { createWebLlmModel } from "./model";
import { createMlcEngine, importWebLlm } from "./package";

/** Nothing answers there: what these tests need of it lies in the browser's cache. */
const FOLDER = "https://models.invalid/mine/";
const CUSTOM: CustomModel = { model: FOLDER, modelLib: "https://models.invalid/mine.wasm" };
const CONFIG = JSON.stringify({
  tokenizer_files: ["tokenizer.json"],
  vocab_size: 32,
  conv_template: { seps: ["\n"], roles: {}, stop_str: [], stop_token_ids: [] },
  context_window_size: 2048,
  quantization: "q4f32_1",
});

async function plant(scope: string, url: string, body: string): Promise<void> {
  await (await caches.open(scope)).put(url, new Response(body));
}

const cachedIn = async (scope: string) => (await (await caches.open(scope)).keys()).map(({ url }) => url);

async function failure(work: Promise<unknown>): Promise<LabError> {
  const thrown = await work.then(() => null).catch((error: unknown) => error);
  if (thrown instanceof LabError) return thrown;
  throw new Error(`Expected a LabError, got ${String(thrown)}`);
}

const load = (signal?: AbortSignal) => createWebLlmModel({ id: "mine", customModels: [CUSTOM] }, () => {}, signal);

afterEach(() => createModelCatalog().deleteAllCached());

describe("the real package, without weights", () => {
  it("is imported, lists its models and makes an engine", async () => {
    const { prebuiltAppConfig, MLCEngine } = await importWebLlm();
    expect(prebuiltAppConfig.model_list.length).toBeGreaterThan(100);
    expect(prebuiltAppConfig.cacheBackend ?? "cache").toBe("cache");
    expect(new MLCEngine()).toHaveProperty("chat.completions.create");
  });

  it("is told that an address is nothing, and that a page is not a model", async () => {
    expect((await failure(load())).code).toBe("model/network");
    await plant("webllm/config", `${FOLDER}mlc-chat-config.json`, "<!doctype html><title>Sign in</title>");
    const error = await failure(load());
    expect([error.code, error.message]).toEqual(["model/not-a-model", expect.stringContaining("a web page")]);
    expect(await cachedIn("webllm/config")).toEqual([]);
  });

  it("fails on a library that cannot be fetched or is none; what was wrong is not kept", async () => {
    await plant("webllm/config", `${FOLDER}mlc-chat-config.json`, CONFIG);
    expect((await failure(load())).code).toBe("model/network");
    await plant("webllm/wasm", CUSTOM.modelLib, "<!doctype html>");
    expect((await failure(load())).code).toBe("model/not-a-model");
    expect(await cachedIn("webllm/wasm")).toEqual([]);
  });

  it("is cancelled while it loads", async () => {
    await plant("webllm/config", `${FOLDER}mlc-chat-config.json`, CONFIG);
    const controller = new AbortController();
    const loading = load(controller.signal);
    controller.abort(new DOMException("Enough", "AbortError"));
    await expect(loading).rejects.toThrow("Enough");
  });

  it("does not lose its device unseen", async () => {
    const { deviceLoss } = await createMlcEngine({});
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter?.requestDevice();
    const later = await adapter?.requestDevice().catch(() => null);
    later?.destroy();
    device?.destroy();
    expect((await deviceLoss).reason).toBe("destroyed");
  });
});

describe("the catalog of a real browser", () => {
  it("tells the software adapter's faults, what is cached, and deletes it", async () => {
    const catalog = createModelCatalog();
    const { adapter, models } = await catalog.list();
    expect(adapter?.description).toContain("swiftshader");
    const coder = models.find(({ ref }) => ref === "webllm:Qwen2.5-Coder-0.5B-Instruct-q4f32_1-MLC");
    expect(coder).toMatchObject({ fault: null, cachedBytes: null });
    const half = models.find(({ ref }) => ref === "webllm:Qwen2.5-Coder-0.5B-Instruct-q4f16_1-MLC");
    expect(half?.fault === null).toBe(adapter?.hasShaderF16);
    const folder = "https://huggingface.co/mlc-ai/Qwen2.5-Coder-0.5B-Instruct-q4f32_1-MLC/resolve/main/";
    await plant("webllm/config", `${folder}mlc-chat-config.json`, CONFIG);
    const cached = (await catalog.list()).models.find(({ ref }) => ref === coder?.ref);
    expect(cached?.cachedBytes).toBe(CONFIG.length);
    await catalog.deleteCached(coder?.ref ?? "");
    expect(await cachedIn("webllm/config")).toEqual([]);
    const { usedBytes, quotaBytes } = await catalog.storage();
    expect(quotaBytes).toBeGreaterThan(usedBytes ?? 0);
  });
});
