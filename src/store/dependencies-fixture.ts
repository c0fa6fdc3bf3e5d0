import { LabError } from "../core/errors";
import type { Problem } from "../core/problem";
import type { CatalogModel } from "../ports/model-catalog";
import type { ImportReport } from "../ports/problem-importer";
import type { Collection } from "../ports/problem-store";
import { SAMPLE_PROBLEM } from "../testing/sample-run";
import type { LabWorld } from "./lab-store";

/** A collection for tests. */
export const SAMPLE_COLLECTION: Collection = {
  id: "mbpp",
  title: "MBPP",
  format: "mbpp",
  language: "python",
  attribution: "Sample rows in the shape of MBPP",
  visibility: "The first assert is visible, the others are hidden.",
  size: 2,
  importedAt: "2026-01-01T00:00:00Z",
};

/** Its problems. */
export const SAMPLE_PYTHON: readonly Problem[] = ["mbpp/1", "mbpp/2"].map((id) => ({
  id,
  title: `Sample ${id}`,
  statement: "Write a function that doubles a number.",
  language: "python",
  entryPoint: "double",
  visibleTests: [{ assertion: "assert double(2) == 4" }],
}));

/** A model of the list for tests. */
export const SAMPLE_MODEL: CatalogModel = {
  ref: "webllm:Sample-Coder-1B-q4f16_1-MLC",
  name: "Sample Coder 1B",
  quantization: "q4f16_1",
  vramMB: 945,
  contextLength: 4096,
  isCode: true,
  isCustom: false,
  fault: null,
  cachedBytes: null,
};

/** A world without anything in it; tests replace what they are about. */
export const EMPTY_WORLD: LabWorld = {
  runner: { run: () => ({ events: (async function* () {})(), pause() {}, resume() {}, stop() {} }) },
  problems: { named: async () => [SAMPLE_PROBLEM], generated: async () => SAMPLE_PROBLEM },
  problemStore: { collections: async () => [], problems: async () => [], remove: async () => undefined },
  importer: { formats: async () => [], import: async (): Promise<ImportReport> => nothing() },
  referenceCheck: { check: async () => ({ passed: 0, total: 0, failed: [] }) },
  catalog: {
    list: async () => ({ adapter: null, models: [] }),
    addCustom: async () => nothing(),
    forgetCustom: async () => undefined,
    deleteCached: async () => undefined,
    deleteAllCached: async () => undefined,
    storage: async () => ({ usedBytes: null, quotaBytes: null, isPersistent: false }),
    persist: async () => false,
  },
  endpointProbe: { models: async () => [] },
  endpointKeys: { keyOf: () => null, isRemembered: () => false, keep: () => true, forget: () => undefined },
  comparison: {
    executor: { runCell: async function* () {} },
    archive: {
      list: async () => [],
      create: async () => nothing(),
      remove: async () => undefined,
      outcomes: async () => [],
      add: async () => undefined,
      log: async () => null,
    },
    exclusively: async (_, work) => work().then(() => true),
  },
  checkpoints: { list: async () => [], put: async () => nothing() },
  tokenizer: async () => "{}",
  training: {
    archive: {
      list: async () => [],
      create: async () => nothing(),
      data: async () => nothing(),
      part: async () => null,
      keep: async () => undefined,
      note: async () => undefined,
      finish: async () => undefined,
      remove: async () => undefined,
      claim: async () => null,
    },
    datasets: {
      list: async () => [],
      create: async () => nothing(),
      add: async () => null,
      note: async () => undefined,
      lines: async () => [],
      remove: async () => undefined,
      claim: async () => null,
    },
    checkpoints: {
      list: async () => [],
      file: async () => nothing(),
      put: async () => nothing(),
      remove: async () => undefined,
    },
    collector: { collect: async function* () {} as never },
    trainerOpener: () => async () => nothing(),
    policy: async () => nothing(),
    judge: { judge: async () => [] },
    tokenizer: async () => "{}",
    now: () => 0,
  },
  nextFrame: () => undefined,
};

function nothing(): never {
  throw new LabError("input/nothing", "There is nothing here.");
}
