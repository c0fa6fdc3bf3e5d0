import { z } from "zod";
import { problemSchema } from "../test-schema";
import type { ReasoningNode, ReasoningTree } from "./reasoning";

/*
 * A data set as JSON lines, one tree each. Messages finish the sentence "... must be".
 */

const LAST = "an index of a node before it";

const step = z.object({ kind: z.enum(["define", "refine", "code"]), text: z.string() });

const node = z
  .object({
    parent: z.int({ error: LAST }).min(0, { error: LAST }).nullable(),
    step,
    visitCount: z.int().min(0),
    valueSum: z.number().min(0),
    logProb: z.number().max(0).nullable(),
    pass: z.number().min(0).max(1).nullable(),
    deadEnd: z.enum(["grammar", "length", "max-depth", "empty"]).exactOptional(),
    reached: z.boolean(),
    exact: z.boolean().nullable(),
  })
  .refine(({ valueSum, visitCount }) => valueSum <= visitCount + 1e-9, {
    error: "at most visitCount",
    path: ["valueSum"],
  }) satisfies z.ZodType<ReasoningNode>;

const tree = z
  .object({ problem: problemSchema, nodes: z.array(node), tokens: z.int().min(0) })
  .superRefine(({ nodes }, context) => {
    for (const [index, { parent }] of nodes.entries()) {
      if (parent === null || parent < index) continue;
      context.addIssue({ code: "custom", path: ["nodes", index, "parent"], message: LAST });
    }
  }) satisfies z.ZodType<ReasoningTree>;

/** A line that could not be read. */
export interface BrokenLine {
  /** From 1. */
  readonly line: number;
  /** One sentence. */
  readonly message: string;
}

/** What a data set's file holds. */
export interface ReadTrees {
  readonly trees: readonly ReasoningTree[];
  readonly broken: readonly BrokenLine[];
}

/** A tree as a line, without its line break. */
export function formatTree(given: ReasoningTree): string {
  return JSON.stringify(given);
}

/** Reads a data set's file. Total: what cannot be read is named with its line, the rest is kept; empty lines are none. */
export function parseTrees(text: string): ReadTrees {
  const trees: ReasoningTree[] = [];
  const broken: BrokenLine[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const read = readTree(line);
    if (typeof read === "string") broken.push({ line: index + 1, message: read });
    else trees.push(read);
  }
  return { trees, broken };
}

/** A tree, or the sentence that says why it is none. */
function readTree(line: string): ReasoningTree | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "It is not JSON.";
  }
  const parsed = tree.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return where === "" ? "It is not a tree." : `${where} cannot be read: ${issue?.message}.`;
}
