import type { AdapterSummary } from "../../../ports/model-catalog";

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
