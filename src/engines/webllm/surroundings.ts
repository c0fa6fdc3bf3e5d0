import { dropModelFiles } from "./catalog/cached-files";
import { type Machine, probeMachine } from "./catalog/machine";
import { createMlcEngine, type EngineFactory } from "./load/engine-factory";
import { type ReadText, readCachedText } from "./load/model-files";
import { importWebLlm, type ModelLists } from "./package";

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
