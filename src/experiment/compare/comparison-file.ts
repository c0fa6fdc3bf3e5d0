import { z } from "zod";
import { LabError } from "../../core/errors";
import { TIERS } from "../../core/problem";
import { type ComparisonOutcome, comparisonCells, type KeptOutcome } from "./cells";
import { type ComparisonSpec, parseComparisonSpec } from "./spec";
import { comparisonTable, PAPER_SOURCE } from "./table";

/** What is read of a comparison's file. */
export interface ComparisonFile {
  readonly spec: ComparisonSpec;
  readonly outcomes: readonly ComparisonOutcome[];
}

const FORMAT = "o1-coder-lab/comparison";

/**
 * A comparison as JSON: its specification, every outcome, and the table, which `comparisonTable` gives again from the other
 * two. It holds no key, because a specification has no place for one.
 */
export function toJson(spec: ComparisonSpec, outcomes: readonly ComparisonOutcome[], total: number): string {
  const { rows, paper } = comparisonTable(spec, outcomes, total);
  const content = { format: FORMAT, spec, total, rows, outcomes, paper: { source: PAPER_SOURCE, rows: paper } };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const count = z.number().min(0);

const outcomeSchema = z.object({
  cell: z.string(),
  model: z.string().exactOptional(),
  id: z.string(),
  tier: z.enum(TIERS).nullable(),
  solved: z.boolean(),
  ended: z.enum(["budget", "passed", "exhausted", "stopped", "error"]),
  message: z.string().nullable(),
  code: z.string().nullable(),
  tokens: count,
  promptTokens: count,
  prefilledTokens: count,
  scorerTokens: count.exactOptional(),
  simulations: count,
  nodes: count,
  wallMs: count,
  elapsedMs: count,
  freshPassShare: z.number().min(0).max(1).nullable(),
  firstPass: z.object({ tokens: count, ms: count, solved: z.boolean() }).nullable().exactOptional(),
}) satisfies z.ZodType<KeptOutcome>;

const fileSchema = z.object({ format: z.literal(FORMAT), spec: z.unknown(), outcomes: z.array(outcomeSchema) });

/**
 * Reads a comparison that was exported or saved, from anyone; its table is made anew from the outcomes.
 * @throws LabError `input/*` that says in one sentence what is wrong with the file.
 */
export function parseComparisonFile(text: string): ComparisonFile {
  const file = fileSchema.safeParse(readJson(text));
  if (!file.success) {
    const at = file.error.issues[0]?.path[1];
    throw broken(typeof at === "number" ? `Outcome ${at + 1} of the comparison cannot be read.` : NO_COMPARISON);
  }
  const spec = parseComparisonSpec(file.data.spec);
  const cells = new Map(comparisonCells(spec).map(({ id, model }) => [id, model]));
  const outcomes = file.data.outcomes.map((outcome) => {
    const model = cells.get(outcome.cell);
    if (model === undefined) throw broken(`The comparison has no row ${JSON.stringify(outcome.cell.slice(0, 100))}.`);
    return { ...outcome, model };
  });
  return { spec, outcomes };
}

const NO_COMPARISON = "The file is not a saved comparison.";

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken("The file is not JSON.", { cause });
  }
}

function broken(message: string, options?: ErrorOptions): LabError {
  const hint = "Choose a file that the Benchmark view or the command compare has saved.";
  return new LabError("input/not-a-comparison", message, hint, options);
}
