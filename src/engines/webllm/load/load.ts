import { deferred } from "../../../core/deferred";
import type { LabError } from "../../../core/errors";
import { sha256 } from "../../../core/sha256";
import type { Preparation } from "../../../ports/experiment-runner";
import type { CustomModel } from "../../../ports/model-catalog";
import { faultOf, type Machine, noWebGpu, probeMachine } from "../catalog/machine";
import { appConfigOf, contextLengthOf, contextLengthOfConfig, findRecord, folderOf } from "../catalog/records";
import { LiveEngine } from "../decode/live-engine";
import type { TokenRecorder } from "../decode/token-recorder";
import { classifyFailure } from "../failures";
import {
  createMlcEngine,
  type EngineFactory,
  type EngineHandle,
  importWebLlm,
  type ModelLists,
  type ModelRecord,
} from "../package";
import {
  dropModelFiles,
  type ReadText,
  readCachedText,
  readChatConfig,
  readShardList,
  readShardListText,
} from "./model-files";
import { LoadProgress } from "./progress";

/** What the engine needs of the world; tests play machines, networks and engines. */
export interface Surroundings {
  readonly importPackage: () => Promise<ModelLists>;
  readonly createEngine: EngineFactory;
  /** Null without WebGPU. */
  readonly probeMachine: () => Promise<Machine | null>;
  readonly readText: ReadText;
  /** Forgets the small files of a model that turned out to be none, so that the next attempt fetches them again. */
  readonly dropModelFiles: (folder: string, modelLib: string) => Promise<void>;
  readonly nowMs: () => number;
}

/** The browser this runs in. */
export const BROWSER: Surroundings = {
  importPackage: importWebLlm,
  createEngine: createMlcEngine,
  probeMachine,
  readText: readCachedText,
  dropModelFiles: (folder, modelLib) => dropModelFiles(globalThis.caches, folder, modelLib),
  nowMs: () => performance.now(),
};

/** What is loaded, and what is to look at its logits. */
export interface LoadRequest {
  readonly id: string;
  readonly customModels: readonly CustomModel[];
  readonly recorder: TokenRecorder;
}

/** A model in an engine. */
export interface LoadedEngine {
  readonly live: LiveEngine;
  readonly machine: Machine;
  readonly contextLength: number;
  /**
   * The first 12 hexadecimal digits of its shard list's SHA-256 (which holds a checksum of each shard); null when it
   * cannot be read.
   */
  readonly weights: string | null;
}

type Report = (preparation: Preparation) => void;

const HEARTBEAT_MS = 5000;

/**
 * Checks the machine and the model's address, then lets the engine load the model.
 * @throws LabError `model/*`; the signal's reason.
 */
export async function loadEngine(
  { id, customModels, recorder }: LoadRequest,
  report: Report,
  signal: AbortSignal | undefined,
  around: Surroundings,
): Promise<LoadedEngine> {
  report({ message: "Loading WebLLM", fraction: null });
  const [webLlm, machine] = await Promise.all([around.importPackage(), around.probeMachine()]).catch((thrown) => {
    throw classifyFailure(thrown);
  });
  const appConfig = appConfigOf(webLlm, customModels);
  const record = findRecord(appConfig, id);
  if (!machine) throw noWebGpu();
  const folder = folderOf(record);
  const unfit = faultOf(record, machine);
  if (unfit) throw unfit;
  const config = await readChatConfig(folder, around.readText, signal).catch((error) => giveUp(record, error, around));
  const fault = faultOf(record, machine, null, typeof config.quantization === "string" ? config.quantization : "");
  if (fault) throw fault;
  signal?.throwIfAborted();
  const { tell, stop } = heartbeat(report);
  const engineConfig = {
    appConfig,
    initProgressCallback: reporter(folder, tell, around),
    logitProcessorRegistry: new Map([[id, recorder]]),
  };
  const handle = await around.createEngine(engineConfig).catch((thrown) => {
    stop();
    throw classifyFailure(thrown);
  });
  const live = new LiveEngine(handle);
  await reload(handle, live, id, signal)
    .catch((error) => giveUp(record, error, around))
    .finally(stop);
  const contextLength = contextLengthOf(record) ?? contextLengthOfConfig(config);
  return { live, machine, contextLength, weights: await weightsOf(folder, around) };
}

async function giveUp(record: ModelRecord, error: LabError, around: Surroundings): Promise<never> {
  if (error.code === "model/not-a-model")
    await around.dropModelFiles(folderOf(record), record.model_lib).catch(() => {});
  throw error;
}

/** Waits for the engine; a cancelled or failed load frees what it had taken as soon as the engine lets go of it. */
async function reload(
  { engine }: EngineHandle,
  live: LiveEngine,
  id: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise: cancelled, reject } = deferred<never>();
  const cancel = () => reject(signal?.reason);
  signal?.addEventListener("abort", cancel, { once: true });
  const loading = engine.reload(id);
  try {
    await live.during(undefined, () => Promise.race([loading, cancelled]));
  } catch (thrown) {
    const reason = signal?.aborted ? signal.reason : await live.explain(thrown);
    live.dispose();
    void loading.catch(() => {}).then(() => live.dispose());
    throw reason;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/**
 * Says the last report again and again: whoever waits takes long silence for a death, and one shard may take minutes.
 */
function heartbeat(report: Report): { readonly tell: Report; readonly stop: () => void } {
  let last: Preparation | null = null;
  const timer = setInterval(() => last && report(last), HEARTBEAT_MS);
  const tell: Report = (preparation) => {
    last = preparation;
    report(preparation);
  };
  return { tell, stop: () => clearInterval(timer) };
}

function reporter(folder: string, report: Report, around: Surroundings) {
  const progress = new LoadProgress(around.nowMs);
  let isSizeAsked = false;
  return (told: Parameters<LoadProgress["read"]>[0]) => {
    const preparation = progress.read(told);
    report(preparation);
    if (isSizeAsked || !preparation.download) return;
    isSizeAsked = true;
    // The engine has just put the list into the browser's cache, so this costs no download.
    void readShardList(folder, around.readText).then(
      ({ totalBytes }) => progress.setTotalBytes(totalBytes),
      () => {},
    );
  };
}

async function weightsOf(folder: string, around: Surroundings): Promise<string | null> {
  const list = await readShardListText(folder, around.readText).catch(() => null);
  if (list === null) return null;
  return sha256(new TextEncoder().encode(list)).slice(0, 12);
}
