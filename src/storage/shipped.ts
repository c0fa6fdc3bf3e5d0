/** The checkpoints that come with the app: named by their ids like any other, so that links and comparisons can use them, and loaded when they are. */
import { z } from "zod";
import { LabError, toErrorData } from "../core/errors";
import type { CheckpointRecord, CheckpointStore, KeptCheckpoint } from "../ports/checkpoint-store";

/** A checkpoint of `models/index.json`. */
export interface ShippedCheckpoint extends KeptCheckpoint {
  /** Beside the index: the folder of its model. */
  readonly folder: string;
}

const recordSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  kind: z.enum(["base", "policy", "tcg", "prm"]),
  parents: z.array(z.string()),
  config: z.record(z.string(), z.unknown()),
  objective: z.string(),
  options: z.record(z.string(), z.unknown()),
  seed: z.int(),
  step: z.int().min(0),
  tokens: z.int().min(0),
  metrics: z.record(z.string(), z.number()),
}) satisfies z.ZodType<CheckpointRecord>;

const indexSchema = z.object({
  checkpoints: z.array(
    z.object({
      folder: z.string().regex(/^[\w-]+$/),
      keptAt: z.string(),
      bytes: z.int().min(0),
      record: recordSchema,
    }),
  ),
});

/** The checkpoints of an index, as parsed JSON. @throws LabError `model/bad-index` */
export function readShipped(json: unknown): readonly ShippedCheckpoint[] {
  const parsed = indexSchema.safeParse(json);
  if (parsed.success) return parsed.data.checkpoints;
  throw new LabError("model/bad-index", "The list of the checkpoints that come with the app is broken.", "Reload it.");
}

/** The folder of `tiny` itself, which every list of models has under that name. */
const BASE_FOLDER = "tiny";

/**
 * The checkpoints of this browser, and behind them those that come with the app; `tiny` itself is found by its id, and not listed.
 * @param models address of the folder with the index, with a slash at its end.
 * @param get fetches a file of it.
 */
export function withShipped(
  kept: CheckpointStore,
  models: string | URL,
  get: (url: URL) => Promise<Response> = (url) => fetch(url),
): CheckpointStore {
  const fetched = async (path: string): Promise<Response> => {
    const response = await get(new URL(path, models)).catch(() => null);
    if (response?.ok) return response;
    const hint = "Check the connection and reload the page; a copy of the app needs its models folder.";
    throw new LabError("model/unreachable", `${path} could not be loaded.`, hint);
  };
  const index = async () => readShipped(await (await fetched("index.json")).json().catch(() => null));
  return {
    async list() {
      const own = await kept.list();
      const ids = new Set(own.map(({ record }) => record.id));
      // Without a connection there are those of this browser.
      const shipped = await index().catch(() => []);
      const others = shipped.filter(({ folder, record }) => folder !== BASE_FOLDER && !ids.has(record.id));
      return [...own, ...others.map(({ folder: _, ...each }) => ({ ...each, isShipped: true as const }))];
    },
    async file(id) {
      try {
        return await kept.file(id);
      } catch (thrown) {
        if (toErrorData(thrown).code !== "model/no-such-checkpoint") throw thrown;
        const shipped = (await index()).find(({ record }) => record.id === id);
        if (!shipped) throw thrown;
        const response = await fetched(`${shipped.folder}/model.safetensors`);
        return new Uint8Array(await response.arrayBuffer());
      }
    },
    put: (record, file) => kept.put(record, file),
    remove: (id) => kept.remove(id),
  };
}
