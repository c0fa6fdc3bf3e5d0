import type * as WebLlm from "@mlc-ai/web-llm";
import type { MLCEngineConfig, MLCEngineInterface } from "@mlc-ai/web-llm";

export type {
  AppConfig,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionRequestStreaming,
  InitProgressReport,
  LogitProcessor,
  MLCEngineConfig,
  MLCEngineInterface,
  ModelRecord,
} from "@mlc-ai/web-llm";

/** What is used of the package at run time. */
export type WebLlmPackage = Pick<typeof WebLlm, "MLCEngine" | "prebuiltAppConfig" | "ModelType">;

/** What the package knows of models. */
export type ModelLists = Pick<WebLlmPackage, "prebuiltAppConfig" | "ModelType">;

/** Loads `@mlc-ai/web-llm` (7 MB), the only place that does: alias it here to try another version. */
export function importWebLlm(): Promise<WebLlmPackage> {
  return import("@mlc-ai/web-llm");
}

/** Why a device went away, as WebGPU tells it. */
export interface DeviceLoss {
  /**
   * `destroyed`: by the page, which the package does when a buffer does not fit; `unknown`: by the driver or the
   * system.
   */
  readonly reason: "destroyed" | "unknown";
  readonly message: string;
}

/** An engine that has no model yet. */
export interface EngineHandle {
  readonly engine: MLCEngineInterface;
  /** Resolves when the device that the engine runs on is gone. */
  readonly deviceLoss: Promise<DeviceLoss>;
}

/** Makes an engine: the package's own, or a scripted one in tests. */
export type EngineFactory = (config: MLCEngineConfig) => Promise<EngineHandle>;

/** The package's engine, in this realm (a worker, so that the page stays free). */
export const createMlcEngine: EngineFactory = async (config) => {
  const { MLCEngine } = await importWebLlm();
  const deviceLoss = nextDevice().then((device) => device.lost);
  return { engine: new MLCEngine(config), deviceLoss };
};

/**
 * The next device that anyone in this realm is given. The package keeps its device to itself and swallows why it was
 * lost, which is what tells a model that does not fit from a driver that crashed.
 */
function nextDevice(): Promise<GPUDevice> {
  const adapter = globalThis.GPUAdapter?.prototype as GPUAdapter | undefined;
  if (!adapter) return new Promise(() => {});
  const { requestDevice } = adapter;
  return new Promise((resolve) => {
    adapter.requestDevice = async function (this: GPUAdapter, ...descriptor) {
      const device = await requestDevice.apply(this, descriptor);
      adapter.requestDevice = requestDevice;
      resolve(device);
      return device;
    };
  });
}
