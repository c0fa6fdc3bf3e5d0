import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import { loadTokenizer } from "../model/io/tokenizer";
import { TEST_CONFIG, testWeights } from "../model/test-fixture";
import { type ModelRecord, readModel, readWeights, writeModel } from "./model-file";
import { type Folder, modelFolder, readModelFolder, unzipFolder, zipFolder } from "./model-folder";

const told: Omit<ModelRecord, "id"> = {
  kind: "prm",
  parents: ["00112233445566ff"],
  config: TEST_CONFIG,
  objective: "prm-pointwise",
  options: { start: "tiny" },
  seed: 1,
  step: 3,
  tokens: 100,
  metrics: { loss: 0.5 },
};
const head = { shape: [1, 16], data: new Float32Array(16).fill(0.1) };
const params = new Map([...testWeights(), ["heads.value.weight", head]]);

const SHIPPED_TOKENIZER = readFileSync("public/models/tiny/tokenizer.json", "utf8");
const TOKENIZER = '{"model": {"vocab": {}}}';

async function folderOf(changes: Folder = {}): Promise<Folder> {
  const { record, file } = await writeModel(told, params);
  return { ...modelFolder(record, file, TOKENIZER, { notes: "why" }), ...changes };
}

const codeOf = (read: Promise<unknown>) =>
  read.then(
    () => "readable",
    (error) => error.code,
  );

describe("a model's file", () => {
  it("comes back as half precision has it, under one id, with its heads", async () => {
    const { record, file } = await writeModel(told, params);
    const model = await readModel(file);
    expect(model.record).toEqual({ ...told, id: record.id });
    expect(model.params.get("heads.value.weight")?.data[0]).toBeCloseTo(0.1, 3);
    // What has been rounded once stays as it is.
    expect((await writeModel(told, model.params)).record.id).toBe(record.id);
    expect(await readWeights({ file })).toEqual({ id: record.id, config: TEST_CONFIG, params: model.params });
  });

  it("without a record goes by its config and an id of its own", async () => {
    const file = writeSafetensors(testWeights(), "F16");
    const { id, config } = await readWeights({ file, config: TEST_CONFIG });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(config).toEqual(TEST_CONFIG);
    expect(await codeOf(readWeights({ file }))).toBe("model/bad-config");
    expect(await codeOf(readModel(file))).toBe("model/bad-checkpoint");
  });

  it("is refused when it is damaged or of another shape", async () => {
    const { file } = await writeModel(told, params);
    expect(await codeOf(readModel(file.slice(0, file.length - 10)))).toBe("model/bad-weights");
    const { tensors, metadata } = readSafetensors(file);
    const tensor = tensors.get("model.norm.weight");
    if (tensor) tensor.data[0] = 9;
    expect(await codeOf(readModel(writeSafetensors(tensors, "F16", metadata)))).toBe("model/bad-checkpoint");
    const other = await writeModel({ ...told, config: { ...TEST_CONFIG, hidden_size: 8 } }, params);
    expect(await codeOf(readModel(other.file))).toBe("model/weights-mismatch");
  });
});

describe("a model's folder", () => {
  it("goes through a zip and comes back, from whatever folder in it", async () => {
    const folder = await folderOf();
    const zipped = await zipFolder(
      Object.fromEntries(Object.entries(folder).map(([name, file]) => [`my/${name}`, file])),
    );
    const back = await unzipFolder(zipped);
    expect(Object.keys(back).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
      "training-record.json",
    ]);
    const { record } = await readModelFolder(back, TOKENIZER);
    expect(record).toMatchObject(told);
    const text = new TextDecoder().decode(back["training-record.json"]);
    expect(JSON.parse(text)).toMatchObject({ id: record.id, notes: "why", parameters: expect.any(Number) });
  });

  it("is read by other tools as it is here: markers of steps are text, and what ends a text is known", async () => {
    const { record, file } = await writeModel(told, params);
    const folder = modelFolder(record, file, SHIPPED_TOKENIZER);
    const json = (name: string) => JSON.parse(new TextDecoder().decode(folder[name])) as Record<string, unknown>;
    const tokenizer = new Tokenizer(json("tokenizer.json"), json("tokenizer_config.json"));
    const text = "<problem>Keep even values.\n<think><define>solve(list):\n  keep<end><code>return list;<end><eos>";
    const { ids } = tokenizer.encode(text, { add_special_tokens: true });
    expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(text.replace("<eos>", ""));
    expect(tokenizer.decode(ids, { skip_special_tokens: false })).toBe(text);
    expect(ids).toEqual(loadTokenizer(JSON.parse(SHIPPED_TOKENIZER)).encode(text));
    for (const name of ["config.json", "generation_config.json"]) {
      expect(json(name)).toMatchObject({ bos_token_id: null, eos_token_id: ids.at(-1) });
    }
    // And comes back here, like a folder of before, in which every marker was special.
    expect((await readModelFolder(folder, SHIPPED_TOKENIZER)).record.id).toBe(record.id);
    const before = { ...folder, "tokenizer.json": new TextEncoder().encode(SHIPPED_TOKENIZER) };
    expect((await readModelFolder(before, SHIPPED_TOKENIZER)).record.id).toBe(record.id);
  });

  it("is refused in words when it does not fit", async () => {
    const text = (value: string) => new TextEncoder().encode(value);
    const read = async (changes: Folder) => codeOf(readModelFolder(await folderOf(changes), TOKENIZER));
    expect(await read({})).toBe("readable");
    expect(await read({ "tokenizer.json": text('{"model": {"vocab": {"a": 1}}}') })).toBe("model/other-tokenizer");
    expect(await read({ "config.json": text("{") })).toBe("model/bad-config");
    const other = JSON.stringify({ ...TEST_CONFIG, vocab_size: 99 });
    expect(await read({ "config.json": text(other) })).toBe("model/weights-mismatch");
    expect(await codeOf(readModelFolder({}, TOKENIZER))).toBe("input/not-a-model");
    const zipped = await zipFolder(await folderOf());
    expect(await codeOf(unzipFolder(zipped.slice(0, zipped.length / 2)))).toBe("input/not-a-zip");
    expect(await codeOf(unzipFolder(text("no zip")))).toBe("input/not-a-zip");
  });
});
