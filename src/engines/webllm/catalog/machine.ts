import { type ErrorCode, LabError } from "../../../core/errors";
import type { AdapterSummary } from "../../../ports/model-catalog";
import type { ModelRecord } from "../package";
import { parseModelName } from "./records";

/** What is known of the machine before anything is downloaded. */
export interface Machine extends AdapterSummary {
  /** Main memory in MB; null when the browser does not say, or says the most that it ever says. */
  readonly memoryMB: number | null;
  /**
   * A limit below what the package's runtime asks any device for, such as `maxComputeWorkgroupStorageSize`; null when
   * there is none.
   */
  readonly shortOf: string | null;
}

/**
 * The limits that the runtime demands of every device (`detectGPUDevice` of 0.2.86), besides those that it can do with
 * less of.
 */
const DEMANDED = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxComputeWorkgroupStorageSize: 2 ** 15,
  maxStorageBuffersPerShaderStage: 10,
} as const;

/** Browsers tell no more than this many GB, however much there is. */
const MEMORY_CAP_GB = 8;

type NavigatorParts = Partial<Pick<Navigator, "gpu">> & { readonly deviceMemory?: number };

/** Looks at the adapter that the package would take. Null without WebGPU. */
export async function probeMachine(): Promise<Machine | null> {
  const { gpu, deviceMemory } = (globalThis.navigator ?? {}) as NavigatorParts;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return null;
  const { info, features, limits } = adapter;
  const description = info.description || [info.vendor, info.architecture].filter(Boolean).join(" ") || "unnamed";
  const demanded = Object.entries(DEMANDED) as [keyof typeof DEMANDED, number][];
  return {
    description,
    hasShaderF16: features.has("shader-f16"),
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    memoryMB: deviceMemory !== undefined && deviceMemory < MEMORY_CAP_GB ? deviceMemory * 1024 : null,
    shortOf: demanded.find(([name, least]) => limits[name] < least)?.[0] ?? null,
  };
}

/**
 * A machine that offers less than this falls back to the small limits below, not to what it has (`detectGPUDevice` of
 * 0.2.86).
 */
const FULL_LIMIT = 2 ** 30;
const SMALL_STORAGE_BINDING = 2 ** 27;

/**
 * WebGPU does not tell how much memory a GPU has. No driver offers a single buffer below a quarter of it, so four times
 * the largest buffer is the most that it is taken to have; where the browser tells the main memory, no more than that
 * either.
 */
const BUFFERS_IN_MEMORY = 4;

/** The most memory in MB that a model is taken to find on this machine. */
export function memoryCeilingMB({ maxBufferSize, memoryMB }: Machine): number {
  const byBuffers = (BUFFERS_IN_MEMORY * maxBufferSize) / 2 ** 20;
  return Math.min(byBuffers, memoryMB ?? Number.POSITIVE_INFINITY);
}

/**
 * Whether a model computes in 16-bit floats: `required_features` says so of a few, the quantization (`q4f16_1`) of all.
 */
export function needsShaderF16({ model_id: id, required_features: features }: ModelRecord, quantization = ""): boolean {
  const name = quantization || parseModelName(id).quantization;
  return /(?<!b)f16/.test(name) || (features ?? []).includes("shader-f16");
}

/**
 * Why this machine cannot run a model, found before any of it is downloaded; null when nothing is known to be in its
 * way.
 * @param alternative the same model in 32-bit floats, when there is one.
 */
export function faultOf(
  record: ModelRecord,
  machine: Machine | null,
  alternative: string | null = null,
  quantization = "",
): LabError | null {
  if (machine === null) return noWebGpu();
  const { shortOf } = machine;
  if (shortOf) return fault("model/no-webgpu", `This GPU's ${shortOf} is too small for WebLLM.`, ANOTHER_MACHINE);
  if (needsShaderF16(record, quantization) && !machine.hasShaderF16) {
    const hint = alternative ? `Take ${alternative}, which needs no 16-bit floats.` : "Take a q4f32 model.";
    return fault("model/needs-f16", "This model computes in 16-bit floats, which this GPU or browser lacks.", hint);
  }
  return faultOfBuffers(record, machine) ?? faultOfMemory(record, machine);
}

/** @returns the error for a browser or machine without WebGPU. */
export function noWebGpu(options?: ErrorOptions): LabError {
  const hint = "Use a current Chrome, Edge or Safari with hardware acceleration switched on, or another kind of model.";
  return new LabError("model/no-webgpu", "This browser offers no WebGPU, which WebLLM models run on.", hint, options);
}

const ANOTHER_MACHINE = "Use another machine, or another kind of model.";
const SMALLER = "Take a smaller model.";

function faultOfBuffers(record: ModelRecord, machine: Machine): LabError | null {
  const isSmall = machine.maxBufferSize < FULL_LIMIT || machine.maxStorageBufferBindingSize < FULL_LIMIT;
  const binding = machine.maxStorageBufferBindingSize < FULL_LIMIT ? SMALL_STORAGE_BINDING : FULL_LIMIT;
  const { buffer_size_required_bytes: needed = 0, low_resource_required: runsOnPhones } = record;
  if (needed > binding) {
    const sizes = `${inMB(needed)} MB, and this GPU allows ${inMB(binding)} MB`;
    return fault("model/small-buffers", `This model needs buffers of ${sizes}.`, SMALLER);
  }
  // Records of the user's own say nothing of the kind.
  if (!isSmall || runsOnPhones !== false) return null;
  return fault("model/small-buffers", "This GPU allows only small buffers, for which this model is not made.", SMALLER);
}

function faultOfMemory({ vram_required_MB: needed }: ModelRecord, machine: Machine): LabError | null {
  const ceiling = memoryCeilingMB(machine);
  if (needed === undefined || needed <= ceiling) return null;
  const inGB = (megabytes: number) => `${(megabytes / 1000).toFixed(1)} GB`;
  const message = `This model needs ${inGB(needed)}, and this GPU hardly has over ${inGB(ceiling)}.`;
  return fault("model/out-of-memory", message, SMALLER);
}

function fault(code: ErrorCode, message: string, hint: string): LabError {
  return new LabError(code, message, hint);
}

function inMB(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
