import { type ErrorCode, LabError } from "../../core/errors";
import { noWebGpu } from "./catalog/machine";
import type { DeviceLoss } from "./package";

interface FailureRule {
  /** Of the error's name, or of its message. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: (text: string) => string;
  readonly hint: string;
}

const SMALLER = "Close other tabs and programs that use the GPU, or take a smaller model.";
const ADDRESS =
  "Check its address: a folder with mlc-chat-config.json and its shards, and a .wasm compiled for this WebLLM.";

/** The first rule that fits decides. Texts are those of web-llm 0.2.86, its runtime, and the browsers. */
const RULES: readonly FailureRule[] = [
  {
    pattern: /QuotaExceededError|quota/i,
    code: "model/quota",
    message: () => "The browser's storage for this site is full, so the model could not be kept.",
    hint: "Delete cached models you no longer use, or free space on the disk.",
  },
  {
    pattern: /ShaderF16SupportError|shader-f16|'f16' type used without|extension 'f16'/,
    code: "model/needs-f16",
    message: () => "This model computes in 16-bit floats, which this GPU or browser lacks.",
    hint: "Take the q4f32 variant of the model.",
  },
  {
    pattern: /FeatureSupportError|requires unsupported WebGPU feature/,
    code: "model/needs-feature",
    message: (text) => `This GPU or browser lacks something the model needs: ${text}`,
    hint: "Take another model, or a newer browser.",
  },
  {
    pattern: /requested max\w+ exceeds limit|requires maxStorageBufferBindingSize/,
    code: "model/small-buffers",
    message: () => "This GPU's buffers are too small for the model.",
    hint: "Take a smaller model, or another machine.",
  },
  {
    pattern: /ContextWindowSizeExceededError|exceed context window size/,
    code: "model/context",
    message: sayContext,
    hint: "Take a model with a larger context, or allow fewer steps.",
  },
  {
    pattern: /Cannot find model record/,
    code: "model/unknown",
    message: () => "WebLLM's list has no such model.",
    hint: "Choose one of the list, or add it with its addresses.",
  },
  {
    pattern: /DeviceLostError|out of memory|OutOfMemory|allocation failed|could not allocate|cannot grow/i,
    code: "model/out-of-memory",
    message: () => "The memory was not enough for the model.",
    hint: SMALLER,
  },
  {
    pattern: /ModelNotLoadedError|device (?:is |was )?lost|device was destroyed|Instance reference no longer exists/i,
    code: "model/device-lost",
    message: () => "The GPU was taken away while the model was in use.",
    hint: "Load the model again; if it happens again, close other tabs or take a smaller model.",
  },
  {
    pattern:
      /SyntaxError|CompileError|LinkError|IntegrityError|ArtifactManifestError|UnsupportedTokenizerFiles|MissingModelError/,
    code: "model/not-a-model",
    message: (text) => `What lies at the model's address is not a model that this WebLLM can load: ${text}`,
    hint: ADDRESS,
  },
  {
    pattern:
      /Request failed|bad status|expected magic word|Cannot find (?:global )?function|Cannot find required VM function/,
    code: "model/not-a-model",
    message: (text) => `A file of the model is missing or is not what it should be: ${text}`,
    hint: ADDRESS,
  },
  {
    pattern: /Failed to fetch|NetworkError|Load failed|Cannot fetch|network error|ERR_/i,
    code: "model/network",
    message: () => "A file of the model, or WebLLM itself, could not be fetched.",
    hint: "Check the connection, and that no blocker or firewall holds back the model's host; what came is kept.",
  },
];

/**
 * An error for people from whatever the engine threw.
 * @param loss how its device went away, if it did: WebLLM itself destroys a device whose memory does not suffice.
 */
export function classifyFailure(thrown: unknown, loss: DeviceLoss | null = null): LabError {
  if (thrown instanceof LabError) return thrown;
  const { name, message } = thrown instanceof Error ? thrown : { name: "Error", message: String(thrown) };
  const text = `${name}: ${message}`;
  const options = { cause: thrown };
  if (/WebGPUNotAvailable|WebGPUNotFound|Unable to find a compatible GPU|Cannot find WebGPU/.test(text)) {
    return noWebGpu(options);
  }
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  // A lost device shows as any kind of error in what was under way; only what has nothing to do with it comes first.
  if (loss && rule?.code !== "model/quota" && rule?.code !== "model/context") return lossError(loss);
  const sentence = firstLine(message);
  if (rule) return new LabError(rule.code, rule.message(sentence), rule.hint, options);
  return new LabError(
    "model/failed",
    `The model failed: ${sentence}`,
    "Load it again, or take another model.",
    options,
  );
}

/** What a device that went away is told as. */
export function lossError({ reason, message }: DeviceLoss): LabError {
  const text = reason === "destroyed" || /memory/i.test(message) ? "DeviceLostError" : "ModelNotLoadedError";
  const rule = RULES.find(({ pattern }) => pattern.test(text)) as FailureRule;
  return new LabError(rule.code, rule.message(message), rule.hint);
}

function sayContext(text: string): string {
  const [tokens, size] = text.match(/\d+/g) ?? [];
  if (!tokens || !size) return "The prompt is longer than the model's context.";
  return `The prompt is longer than the model's context: ${tokens} tokens where ${size} fit.`;
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
