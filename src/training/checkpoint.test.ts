import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import { readSafetensors, writeSafetensors } from "../model/io/safetensors";
import { TEST_CONFIG, testWeights } from "../model/test-fixture";
import { type Checkpoint, modelOf, readCheckpoint, writeCheckpoint } from "./checkpoint";
import { readModel } from "./model-file";

const params = new Map([...testWeights(), ["heads.value.weight", { shape: [2], data: Float32Array.of(1, 2) }]]);

const written: Omit<Checkpoint, "record"> & { record: Omit<Checkpoint["record"], "id"> } = {
  record: {
    kind: "prm",
    parents: ["00112233445566ff"],
    config: TEST_CONFIG,
    objective: "pointwise",
    options: { seed: 4, frozen: ["model."], nested: { a: null } },
    seed: 4,
    step: 3,
    tokens: 100,
    metrics: { loss: 0.1 + 0.2 },
  },
  state: { params, first: testWeights(), second: new Map() },
  best: { step: 2, loss: 0.5, metrics: { accuracy: 0.75 }, params: testWeights() },
  position: { waiting: [1, 2] },
};

/** The same tensors under other metadata. */
function withMetadata(file: Uint8Array, changes: Readonly<Record<string, string>>): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  return writeSafetensors(tensors, "F32", { ...metadata, ...changes });
}

const codeOf = (file: Uint8Array) =>
  readCheckpoint(file).then(
    () => "readable",
    (error: unknown) => (error instanceof LabError ? error.code : String(error)),
  );

describe("checkpoint", () => {
  it("comes back as it was written", async () => {
    const { record, ...rest } = await readCheckpoint(await writeCheckpoint(written));
    expect(record).toEqual({ ...written.record, id: record.id });
    expect(record.id).toMatch(/^[0-9a-f]{16}$/);
    expect(rest).toEqual({ state: written.state, best: written.best, position: written.position });
  });

  it("comes to a model: of its best weights, where those were kept, and of the last ones else", async () => {
    const best = await modelOf(await writeCheckpoint(written));
    expect(best.record).toMatchObject({ step: 3, tokens: 100, options: written.record.options });
    expect(best.record.metrics).toEqual({
      ...written.record.metrics,
      ...{ evaluation: 0.5, "evaluation.accuracy": 0.75, "evaluation.step": 2 },
    });
    expect([...(await readModel(best.file)).params.keys()]).not.toContain("heads.value.weight");
    const last = await modelOf(await writeCheckpoint({ ...written, best: null }));
    expect(last.record).toEqual({ ...written.record, id: last.record.id });
    expect([...(await readModel(last.file)).params.keys()]).toContain("heads.value.weight");
  });

  it("refuses one that does not say which weights did best", async () => {
    const file = await writeCheckpoint(written);
    for (const best of ["", "{", "null", JSON.stringify({ step: 2, loss: null, metrics: {} })])
      expect(await codeOf(withMetadata(file, { best }))).toBe("model/bad-checkpoint");
  });

  it("is named by its record and parameters, not by the optimiser's state", async () => {
    const idOf = async (changes: Partial<typeof written>) =>
      (await readCheckpoint(await writeCheckpoint({ ...written, ...changes }))).record.id;
    const id = await idOf({});
    expect(await idOf({ state: { ...written.state, first: new Map() }, position: null })).toBe(id);
    expect(await idOf({ record: { ...written.record, step: 4 } })).not.toBe(id);
    expect(await idOf({ state: { ...written.state, params: testWeights() } })).not.toBe(id);
  });

  it("refuses what is no checkpoint, or an earlier version's, in words", async () => {
    const file = await writeCheckpoint(written);
    expect(await codeOf(writeSafetensors(params, "F32"))).toBe("model/bad-checkpoint");
    const earlier = JSON.stringify({ step: 1, tokens: 1, smoothedLoss: 1, waiting: [] });
    expect(await codeOf(writeSafetensors(params, "F32", { position: earlier }))).toBe("model/bad-checkpoint");
    for (const record of ["", "{", "null", "[]", JSON.stringify({ ...written.record, kind: "other" })]) {
      expect(await codeOf(withMetadata(file, { record }))).toBe("model/bad-checkpoint");
    }
    expect(await codeOf(withMetadata(file, { position: "{" }))).toBe("model/bad-checkpoint");
    expect(await codeOf(withMetadata(file, { id: "0000000000000000" }))).toBe("model/bad-checkpoint");
  });

  it("notices a number that has changed", async () => {
    const file = await writeCheckpoint(written);
    const { tensors, metadata } = readSafetensors(file);
    const tensor = tensors.get("params/model.norm.weight");
    if (tensor) tensor.data[3] = 7;
    expect(await codeOf(writeSafetensors(tensors, "F32", metadata))).toBe("model/bad-checkpoint");
  });

  it("answers any damage with an error of ours", async () => {
    const file = await writeCheckpoint(written);
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const inHeader = fc.array(fc.tuple(fc.nat(6000), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damage, inHeader), fc.nat(file.length), async (changes, length) => {
        const bytes = file.slice(0, length % 3 === 0 ? length : file.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const code = await codeOf(bytes);
        expect(code === "readable" || code.startsWith("model/")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
