import { z } from "zod";
import { formatTree } from "../core/data/lines";
import { passingPaths, type ReasoningTree, sampledPaths } from "../core/data/reasoning";
import { preferenceRows, sftRows, stepwiseRows } from "../core/data/trl";
import { LabError } from "../core/errors";
import type { ModelInfo } from "../core/model";
import { TIERS } from "../core/problem";
import { sha256 } from "../core/sha256";
import { searchConfigSchema } from "../experiment/spec/spec";
import type { CollectSpec } from "./collect";

/** What a data set says about itself. */
export interface DatasetRecord {
  readonly version: 1;
  readonly kind: "reasoning";
  /** Of its content: the same trees, the same id. */
  readonly id: string;
  readonly spec: CollectSpec;
  /** What drew the steps; null while nothing is finished. */
  readonly model: { readonly id: string; readonly backend: string; readonly weights?: string | undefined } | null;
  /** Ids of the checkpoints it comes from; none for the shipped model. */
  readonly parents: readonly string[];
  readonly counts: DatasetCounts;
}

/** How much is in it. */
export interface DatasetCounts {
  readonly problems: number;
  /** Problems with a passing program. */
  readonly solved: number;
  readonly nodes: number;
  /** Paths of D+. */
  readonly paths: number;
  /** Sampled tokens that it cost. */
  readonly tokens: number;
}

/** D+ keeps so many paths of a problem (Singh et al. 2023, arXiv 2312.06585, cap theirs too): easy problems would crowd it. */
export const PATHS_PER_PROBLEM = 4;

/** Siblings whose values are at least so far apart become a preference pair. */
const PREFERENCE_MARGIN = 0.4;

/** What TRL reads of a tree, by the names of its files. */
export function trlFiles({
  unverified = false,
}: Pick<CollectSpec, "unverified">): Readonly<Record<string, (tree: ReasoningTree) => readonly object[]>> {
  const imitated = (tree: ReasoningTree) =>
    sftRows(tree, unverified ? sampledPaths(tree) : passingPaths(tree, PATHS_PER_PROBLEM));
  return {
    "stepwise.jsonl": (tree) => stepwiseRows(tree, "reached"),
    "preference.jsonl": (tree) => preferenceRows(tree, PREFERENCE_MARGIN),
    "sft.jsonl": imitated,
    // What lab train takes in place of the trees.
    ...(unverified ? { "train.jsonl": withProblem(imitated) } : {}),
  };
}

/** The rows of trees with their problems, by which validation is parted from training. */
const withProblem = (rows: (tree: ReasoningTree) => readonly object[]) => (tree: ReasoningTree) =>
  rows(tree).map((row) => ({ ...row, problem: tree.problem.id }));

/** The record of trees that are there. `parents` as in {@link DatasetRecord}. */
export async function datasetRecord(
  spec: CollectSpec,
  model: ModelInfo | null,
  parents: readonly string[],
  trees: readonly ReasoningTree[],
): Promise<DatasetRecord> {
  const known = model && { id: model.id, backend: model.backend, ...(model.weights ? { weights: model.weights } : {}) };
  return {
    version: 1,
    kind: "reasoning",
    id: contentId(trees.map(formatTree)),
    spec,
    model: known,
    parents,
    counts: countsOf(trees),
  };
}

function countsOf(trees: readonly ReasoningTree[]): DatasetCounts {
  const paths = trees.map((tree) => passingPaths(tree, PATHS_PER_PROBLEM).length);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    problems: trees.length,
    solved: paths.filter((count) => count > 0).length,
    nodes: sum(trees.map(({ nodes }) => nodes.length)),
    paths: sum(paths),
    tokens: sum(trees.map(({ tokens }) => tokens)),
  };
}

/** The first 16 hexadecimal digits of a SHA-256 over a data set's lines. */
export function contentId(lines: readonly string[]): string {
  return sha256(new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""))).slice(0, 16);
}

const whole = z.int().min(0);

const recordSchema = z.object({
  version: z.literal(1),
  kind: z.literal("reasoning"),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  spec: z.object({
    split: z.enum(["train", "validation", "test"]).exactOptional(),
    tier: z.enum(["all", ...TIERS]),
    problems: whole.min(1),
    config: searchConfigSchema,
    passes: whole.min(1),
    seed: whole,
    unverified: z.boolean().exactOptional(),
  }),
  model: z.object({ id: z.string(), backend: z.string(), weights: z.string().exactOptional() }).nullable(),
  parents: z.array(z.string()),
  counts: z.object({ problems: whole, solved: whole, nodes: whole, paths: whole, tokens: whole }),
}) satisfies z.ZodType<DatasetRecord>;

/**
 * Reads a data set's record.
 * @throws LabError `input/not-a-dataset`
 */
export function parseDatasetRecord(text: string): DatasetRecord {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    const hint = "Choose a folder that `lab collect` has written.";
    throw new LabError("input/not-a-dataset", "This is not the record of a data set.", hint, { cause });
  }
}
