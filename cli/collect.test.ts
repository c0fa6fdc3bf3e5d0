import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { formatTree } from "../src/core/data/lines";
import type { ReasoningTree } from "../src/core/data/reasoning";
import { strategyConfig } from "../src/experiment/spec/presets";
import { generatePuzzle } from "../src/puzzles/generator";
import { openDataset } from "./collect";
import { trainCommand } from "./train-command";

const folder = mkdtempSync(join(tmpdir(), "lab-collect-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SPEC = { tier: "hinted", problems: 3, config: strategyConfig("mcts", 8), passes: 4, seed: 0 } as const;
const INFO = { id: "tiny", backend: "simd", contextLength: 512 };

function treeOf(index: number): ReasoningTree {
  const { problem } = generatePuzzle("train", "hinted", index);
  const counts = { visitCount: 2, valueSum: 2, logProb: -1, reached: true, exact: true };
  const define = { parent: null, step: { kind: "define", text: "d" }, pass: null, ...counts } as const;
  return {
    problem,
    nodes: [define, { ...define, parent: 0, step: { kind: "code", text: "c" }, pass: 1 }],
    tokens: 9,
  };
}

it("keeps every tree at once, goes on where it was, and ends with the trees in order and TRL's shapes", async () => {
  const out = join(folder, "set");
  const said: string[] = [];
  const begun = await openDataset(out, SPEC, "tiny", (line) => said.push(line));
  expect(begun.done).toEqual([]);
  begun.add(formatTree(treeOf(2)));
  appendFileSync(join(out, "trees.jsonl"), formatTree(treeOf(0)).slice(0, 40));

  const resumed = await openDataset(out, SPEC, "tiny", (line) => said.push(line));
  expect(said).toEqual(["trees.jsonl, line 2, is left out. It is not JSON."]);
  expect(resumed.done).toEqual(["train-hinted-2"]);
  resumed.add(formatTree(treeOf(1)));
  resumed.add(formatTree(treeOf(0)));
  const record = await resumed.finish(INFO);
  expect(record.counts).toEqual({ problems: 3, solved: 3, nodes: 6, paths: 3, tokens: 27 });

  const rows = (name: string) =>
    readFileSync(join(out, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  expect(rows("trees.jsonl").map(({ problem }) => problem.id)).toEqual([0, 1, 2].map((i) => `train-hinted-${i}`));
  expect(rows("stepwise.jsonl")[0]).toMatchObject({
    completions: ["<define>d<end>", "<code>c<end>"],
    labels: [true, true],
  });
  expect(rows("sft.jsonl")).toHaveLength(3);
  expect(JSON.parse(readFileSync(join(out, "dataset.json"), "utf8"))).toEqual(record);
});

it("gives samples to be imitated unchecked, where that is asked for", async () => {
  const out = join(folder, "unverified");
  const set = await openDataset(out, { ...SPEC, problems: 1, unverified: true }, "tiny", () => {});
  const [define, code] = treeOf(0).nodes;
  if (!define || !code) throw new RangeError("no nodes");
  set.add(formatTree({ ...treeOf(0), nodes: [define, { ...code, pass: 0, valueSum: 0, reached: false }] }));
  const { id } = await set.finish(INFO);
  const given = { seed: 1, backend: "auto", notes: "", data: [out], out: join(folder, "policy") } as const;
  const { data, job } = trainCommand("policy", given);
  expect(job.datasets).toEqual([id]);
  // Without its record, a data set of trees is known by the same id.
  expect(trainCommand("prm", { ...given, data: [join(out, "trees.jsonl")] }).job.datasets).toEqual([id]);
  const file = join(out, "train.jsonl");
  const both = trainCommand("policy", { ...given, data: [out, file], validation: file, keep: "best" });
  expect(both.job).toMatchObject({ datasets: [id, expect.any(String)], options: { keep: "best" } });
  const linesOf = (text: string) => text.split("\n").filter(Boolean);
  expect([linesOf(both.data.train), linesOf(both.data.validation)].map(({ length }) => length)).toEqual([4, 2]);
  const { train, validation } = data;
  const records = `${train}${validation}`.split("\n").filter(Boolean);
  expect(records.map((line) => JSON.parse(line))).toEqual(
    Array(2).fill(expect.objectContaining({ completion: "<define>d<end><code>c<end>", problem: "train-hinted-0" })),
  );
});

it("does not mix data of different settings", async () => {
  const out = join(folder, "other");
  await openDataset(out, SPEC, "tiny", () => {});
  const again = openDataset(out, { ...SPEC, seed: 1 }, "tiny", () => {});
  await expect(again).rejects.toMatchObject({ code: "input/other-settings" });
});
