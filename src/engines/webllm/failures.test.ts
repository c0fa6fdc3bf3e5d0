import { describe, expect, it } from "vitest";
import { LabError } from "../../core/errors";
import { classifyFailure } from "./failures";

function error(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Texts as web-llm 0.2.86, its runtime and Chromium, Firefox and Safari write them. */
const CASES: readonly (readonly [code: string, name: string, message: string])[] = [
  ["model/no-webgpu", "WebGPUNotAvailableError", "WebGPU is not supported in your current environment, but it is"],
  [
    "model/no-webgpu",
    "Error",
    "Unable to find a compatible GPU. This issue might be because your computer doesn't have",
  ],
  ["model/needs-f16", "ShaderF16SupportError", "This model requires WebGPU extension shader-f16, which is not enabled"],
  ["model/needs-f16", "GPUPipelineError", "'f16' type used without 'f16' extension enabled"],
  ["model/needs-feature", "FeatureSupportError", "This model requires feature subgroups, which is not yet supported"],
  [
    "model/needs-feature",
    "ArtifactManifestError",
    'Compiled artifact requires unsupported WebGPU feature "chromium-experimental"',
  ],
  [
    "model/small-buffers",
    "Error",
    "Cannot initialize runtime because of requested maxBufferSize exceeds limit. requested=256MB, limit=128MB. ",
  ],
  [
    "model/small-buffers",
    "ArtifactManifestError",
    "Compiled artifact requires maxStorageBufferBindingSize 201326592, but this device exposes 134217728",
  ],
  ["model/out-of-memory", "DeviceLostError", "The WebGPU device was lost while loading the model. This issue often"],
  ["model/out-of-memory", "RangeError", "Array buffer allocation failed"],
  ["model/out-of-memory", "RangeError", "WebAssembly.Memory(): could not allocate memory"],
  ["model/out-of-memory", "GPUOutOfMemoryError", "vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY"],
  [
    "model/device-lost",
    "ModelNotLoadedError",
    "Model not loaded before trying to complete ChatCompletionRequest. Please",
  ],
  [
    "model/device-lost",
    "AbortError",
    "Failed to execute 'mapAsync' on 'GPUBuffer': The Device was lost before mapping was resolved.",
  ],
  ["model/quota", "QuotaExceededError", "Quota exceeded."],
  ["model/quota", "QuotaExceededError", "Failed to execute 'add' on 'Cache': Unexpected internal error."],
  ["model/network", "TypeError", "Failed to fetch"],
  ["model/network", "NetworkError", "Failed to execute 'add' on 'Cache': Cache.add() encountered a network error"],
  ["model/network", "TypeError", "NetworkError when attempting to fetch resource."],
  ["model/network", "TypeError", "Load failed"],
  ["model/network", "Error", "Cannot fetch https://models.test/params_shard_0.bin"],
  ["model/not-a-model", "TypeError", "Failed to execute 'add' on 'Cache': Request failed"],
  [
    "model/not-a-model",
    "TypeError",
    "Cache got basic response with bad status 404 while trying to add request https://x",
  ],
  ["model/not-a-model", "SyntaxError", "Unexpected token '<', \"<!doctype \"... is not valid JSON"],
  [
    "model/not-a-model",
    "CompileError",
    "WebAssembly.instantiate(): expected magic word 00 61 73 6d, found 3c 21 64 6f @+0",
  ],
  [
    "model/not-a-model",
    "LinkError",
    'WebAssembly.instantiate(): Import #3 "env" "TVMFFIWasm": function import requires',
  ],
  ["model/not-a-model", "Error", "Cannot find global function vm.builtin.attention_kv_cache"],
  ["model/not-a-model", "Error", "Cannot find required VM function `prefill`. Available candidate functions: decode"],
  ["model/not-a-model", "UnsupportedTokenizerFilesError", "Cannot handle tokenizer files vocab.txt"],
  ["model/not-a-model", "MissingModelError", 'Missing `model_lib` for the model with ID "x".'],
  ["model/not-a-model", "IntegrityError", "Integrity verification failed for https://models.test/mlc-chat-config.json"],
  ["model/unknown", "ModelNotFoundError", "Cannot find model record in appConfig for x. Please check if the model ID"],
  [
    "model/context",
    "ContextWindowSizeExceededError",
    "Prompt tokens exceed context window size: number of prompt tokens: 5000; context window size: 4096\nConsider",
  ],
  ["model/failed", "TypeError", "Cannot read properties of undefined (reading 'dispose')"],
];

describe("a failure of the engine", () => {
  it.each(CASES)("is %s: %s, %s", (code, name, message) => {
    const { code: found, message: sentence, hint } = classifyFailure(error(name, message));
    expect(found).toBe(code);
    expect(sentence).not.toContain("\n");
    expect(sentence).toMatch(/^[A-Z]/);
    expect(hint).toMatch(/\.$/);
  });

  it("is what the loss of its device was, whatever the work under way threw", () => {
    const thrown = error("TypeError", "Cannot read properties of undefined (reading 'dispose')");
    const crashed = { reason: "unknown", message: "A valid external Instance reference no longer exists." } as const;
    const destroyed = { reason: "destroyed", message: "Device was destroyed." } as const;
    expect(classifyFailure(thrown, crashed).code).toBe("model/device-lost");
    expect(classifyFailure(thrown, destroyed).code).toBe("model/out-of-memory");
    expect(classifyFailure(error("QuotaExceededError", "Quota exceeded."), destroyed).code).toBe("model/quota");
  });

  it("stays what it was when it was told already, and takes texts as well as errors", () => {
    const told = new LabError("model/context", "Too long.");
    expect(classifyFailure(told)).toBe(told);
    expect(classifyFailure("Failed to fetch").code).toBe("model/network");
  });
});
