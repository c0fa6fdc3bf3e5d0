import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CheckpointStore, type KeptCheckpoint, noSuchCheckpoint } from "../ports/checkpoint-store";
import { readModelFolder } from "../training/model-folder";
import { readShipped, withShipped } from "./shipped";

const FOLDER = new URL("../../public/models/", import.meta.url);
const index: unknown = JSON.parse(readFileSync(new URL("index.json", FOLDER), "utf8"));
const shipped = readShipped(index);

/** A browser with one checkpoint of its own. */
function storeOf(own: KeptCheckpoint): CheckpointStore {
  return {
    list: async () => [own],
    file: async (id) => {
      if (id === own.record.id) return Uint8Array.of(1, 2);
      throw noSuchCheckpoint(id);
    },
    put: async () => own,
    remove: async () => {},
  };
}

describe("the checkpoints that come with the app", () => {
  it("are those of the index, small enough, and readable as what they say they are", async () => {
    const tokenizer = readFileSync(new URL("tiny/tokenizer.json", FOLDER), "utf8");
    let bytes = 0;
    for (const { folder, record, bytes: told } of shipped) {
      const path = new URL(`${folder}/model.safetensors`, FOLDER);
      const read = await readModelFolder({ "model.safetensors": new Uint8Array(readFileSync(path)) }, tokenizer);
      expect(JSON.parse(JSON.stringify(read.record))).toEqual(record);
      expect(statSync(path).size).toBe(told);
      bytes += told;
    }
    const folders = readdirSync(FOLDER).filter((name) => existsSync(new URL(`${name}/model.safetensors`, FOLDER)));
    // `npm run assets` writes the index.
    expect(shipped.map(({ folder }) => folder).sort()).toEqual(folders.sort());
    expect(shipped.map(({ record }) => record.kind)).toContain("base");
    expect(bytes).toBeLessThan(12e6);
  });

  const own: KeptCheckpoint = {
    record: { ...(shipped[0]?.record ?? Object.create(null)), id: "00112233445566ff", kind: "policy" },
    keptAt: "2026-01-01T00:00:00.000Z",
    bytes: 2,
  };
  const models = "https://lab.test/models/";
  const other = { ...own, folder: "policy", record: { ...own.record, id: "ff00112233445566" } };
  const online = async (url: URL) => {
    if (url.href === `${models}index.json`) return Response.json({ checkpoints: [...shipped, other] });
    return new Response(Uint8Array.of(url.href === `${models}policy/model.safetensors` ? 8 : 7));
  };
  const offline = () => Promise.reject(new TypeError("no network"));

  it("stand behind those of the browser; tiny itself is found by its id alone", async () => {
    const store = withShipped(storeOf(own), models, online);
    const [, ...behind] = await store.list();
    expect(behind).toEqual([{ record: other.record, keptAt: other.keptAt, bytes: other.bytes, isShipped: true }]);
    expect(await store.file(own.record.id)).toEqual(Uint8Array.of(1, 2));
    expect(await store.file(other.record.id)).toEqual(Uint8Array.of(8));
    expect(await store.file(shipped[0]?.record.id ?? "")).toEqual(Uint8Array.of(7));
    await expect(store.file("ffffffffffffffff")).rejects.toMatchObject({ code: "model/no-such-checkpoint" });
  });

  it("are missed without a connection, and those of the browser are not", async () => {
    const store = withShipped(storeOf(own), models, offline);
    expect(await store.list()).toEqual([own]);
    expect(await store.file(own.record.id)).toEqual(Uint8Array.of(1, 2));
    await expect(store.file(shipped[0]?.record.id ?? "")).rejects.toMatchObject({ code: "model/unreachable" });
  });

  it("are refused when the index is broken", () => {
    for (const bad of [null, {}, { checkpoints: [{ folder: "../x" }] }]) {
      expect(() => readShipped(bad)).toThrow(expect.objectContaining({ code: "model/bad-index" }));
    }
  });
});
