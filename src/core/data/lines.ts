import { z } from "zod";
import { problemSchema } from "../test-schema";
import type { ReasoningNode, ReasoningTree } from "./reasoning";

/*
 * A data set as JSON lines, one tree each. Messages finish the sentence "... must be".
 */

const LAST = "an index of a node before it";

/** A step as it stands in a line. */
export const stepSchema = z.object({ kind: z.enum(["define", "refine", "code"]), text: z.string() });

const node = z
  .object({
    parent: z.int({ error: LAST }).min(0, { error: LAST }).nullable(),
    step: stepSchema,
    visitCount: z.int().min(0),
    valueSum: z.number().min(0),
    logProb: z.number().max(0).nullable(),
    pass: z.number().min(0).max(1).nullable(),
    deadEnd: z.enum(["grammar", "length", "thought", "max-depth", "empty"]).exactOptional(),
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

/** What a file of lines holds. */
export interface ReadLines<T> {
  readonly items: readonly T[];
  readonly broken: readonly BrokenLine[];
}

/** Reads a file of JSON lines. Total: what cannot be read is named with its line, the rest is kept; empty lines are none. */
export function readLines<T>(text: string, schema: z.ZodType<T>, otherwise: string): ReadLines<T> {
  const items: T[] = [];
  const broken: BrokenLine[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const read = readLine(line, schema, otherwise);
    if ("item" in read) items.push(read.item);
    else broken.push({ line: index + 1, ...read });
  }
  return { items, broken };
}

/** What a line holds, or the sentence that says why it cannot be read. */
function readLine<T>(
  line: string,
  schema: z.ZodType<T>,
  otherwise: string,
): { readonly item: T } | { readonly message: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { message: "It is not JSON." };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { item: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return { message: where === "" ? otherwise : `${where} cannot be read: ${issue?.message}.` };
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

/** Reads a data set's file, as {@link readLines}. */
export function parseTrees(text: string): ReadTrees {
  const { items, broken } = readLines(text, tree, "It is not a tree.");
  return { trees: items, broken };
}
