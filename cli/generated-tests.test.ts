import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../src/model/io/safetensors";
import { parameterShapes, sizeOf } from "../src/model/network/parameters";
import type { CheckpointKind } from "../src/ports/checkpoint-store";
import { writeCheckpoint } from "../src/training/checkpoint";
import { evalTestsRequest, testPairsRequest } from "./generated-tests";

const folder = mkdtempSync(join(tmpdir(), "generated-tests-"));
afterAll(() => rmSync(folder, { recursive: true }));

const given = { split: "validation", tier: "all", n: 2, testsPerPuzzle: 4, seed: 1 } as const;

const config = {
  ...{ hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1, num_attention_heads: 1, vocab_size: 4 },
  ...{ max_position_embeddings: 8, rope_theta: 10_000, rms_norm_eps: 1e-5, tie_word_embeddings: true as const },
};
const params = new Map(
  [...parameterShapes(config)].map(([name, shape]) => [
    name,
    { shape, data: new Float32Array(sizeOf(shape)).fill(0.5) },
  ]),
);

async function checkpointFile(kind: CheckpointKind): Promise<string> {
  const record = {
    kind,
    parents: [],
    config,
    objective: "language-model",
    options: {},
    seed: 1,
    step: 1,
    tokens: 1,
    metrics: {},
  };
  const path = join(folder, `${kind}.safetensors`);
  writeFileSync(
    path,
    await writeCheckpoint({ record, state: { params, first: params, second: params }, best: null, position: {} }),
  );
  return path;
}

const tensorsOf = (base64 = "") => readSafetensors(new Uint8Array(Buffer.from(base64, "base64"))).tensors;

it("sends a checkpoint's parameters alone, and has a test-case generator plan", async () => {
  const { request, records } = await evalTestsRequest({ ...given, checkpoint: await checkpointFile("tcg") });
  expect(request).toMatchObject({ ...given, method: "planned" });
  expect(records).toMatchObject([{ kind: "tcg", objective: "language-model" }]);
  expect([...tensorsOf(request.weights).keys()]).toEqual([...params.keys()]);
  const methodOf = async (more: { readonly method?: "vote"; readonly checkpoint: string }) =>
    (await evalTestsRequest({ ...given, ...more })).request.method;
  expect(await methodOf({ checkpoint: await checkpointFile("base") })).toBe("direct");
  expect(await methodOf({ method: "vote", checkpoint: await checkpointFile("tcg") })).toBe("vote");
});

it("sends a model's file as it is, from its folder too, and nothing for the shipped weights", async () => {
  const path = join(folder, "model.safetensors");
  writeFileSync(path, writeSafetensors(params, "F32"));
  for (const checkpoint of [path, folder]) {
    expect(tensorsOf((await evalTestsRequest({ ...given, checkpoint })).request.weights)).toEqual(params);
  }
  const plain = { request: { ...given, method: "direct" }, records: [] };
  expect(await evalTestsRequest({ ...given, checkpoint: "tiny" })).toEqual(plain);
});

it("takes the same checkpoints for preference pairs", async () => {
  const pairs = { kind: "drawn", puzzles: 3, seed: 1 } as const;
  expect(await testPairsRequest({ ...pairs, checkpoint: "tiny" })).toEqual(pairs);
  const request = await testPairsRequest({ ...pairs, checkpoint: await checkpointFile("tcg") });
  expect([...tensorsOf(request.weights).keys()]).toEqual([...params.keys()]);
});

it("says what is wrong with a file", async () => {
  const nowhere = evalTestsRequest({ ...given, checkpoint: join(folder, "nowhere") });
  await expect(nowhere).rejects.toThrow("There is no file");
  const path = join(folder, "text");
  writeFileSync(path, "no weights");
  await expect(evalTestsRequest({ ...given, checkpoint: path })).rejects.toMatchObject({ code: "model/bad-weights" });
});
