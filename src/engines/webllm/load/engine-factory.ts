import type { MLCEngineConfig, MLCEngineInterface } from "../package";
import { importWebLlm } from "../package";

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
