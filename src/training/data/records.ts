/**
 * What training reads from outside, in the shapes of Hugging Face's TRL (docs/source/dataset_formats.md): one JSON object a line. Every
 * reader is total: a line that cannot be taken is named, the others are kept.
 */
import { z } from "zod";
import { LabError } from "../../core/errors";
import { MARKERS } from "../../core/protocol/tiny";
import { createRandom, deriveSeed } from "../../core/rng";
import type { Tokenizer } from "../../model/io/tokenizer";
import type { ObjectiveSpec } from "../../ports/trainer";
import type { PreferencePair } from "../objectives/dpo";
import type { RankedPair } from "../objectives/prm-pairwise";
import type { StepEnd, ValuedPath } from "../objectives/prm-pointwise";
import { tokenizeExample } from "./batches";
import type { BatchShape } from "./dataset-stream";
import { fitsBatch, type PackableExample } from "./packing";

const text = z.string();
/** Which problem it is about: train and validation are parted by it. */
const problem = z.string().optional();

const SCHEMAS = {
  /** An example to imitate: TRL's prompt and completion. */
  completion: z.object({ prompt: text, completion: text.min(1), problem }),
  /** Two answers to one prompt, the better one first: TRL's preference. `gap` is by how much their values differ. */
  preference: z.object({
    prompt: text,
    chosen: text.min(1),
    rejected: text.min(1),
    gap: z.number().positive().max(1).optional(),
    problem,
  }),
  /**
   * A path, step by step: TRL's stepwise supervision. A label is true or false or a value in [0, 1], null where the step is not
   * to be learnt; `visits` (ours) says how many trials it is the mean of, 1 where it does not.
   */
  stepwise: z
    .object({
      prompt: text,
      completions: z.array(text.min(1)).min(1),
      labels: z.array(z.union([z.boolean(), z.number().min(0).max(1), z.null()])),
      visits: z.array(z.union([z.number().positive(), z.null()])).optional(),
      problem,
    })
    .refine(({ completions, labels }) => labels.length === completions.length, {
      error: "there are not as many labels as completions",
    })
    .refine(({ completions, visits }) => visits === undefined || visits.length === completions.length, {
      error: "there are not as many visits as completions",
    }),
};

/** The shapes there are. */
export type RecordShape = keyof typeof SCHEMAS;

/** The shape in which each objective's records come. */
const SHAPES: Readonly<Record<ObjectiveSpec["name"], RecordShape | null>> = {
  "language-model": null,
  sft: "completion",
  dpo: "preference",
  "prm-pointwise": "stepwise",
  "prm-pairwise": "preference",
};

/** The shape of records that an objective learns from; null for one that reads a corpus. */
export function recordShapeOf(objective: ObjectiveSpec["name"]): RecordShape | null {
  return SHAPES[objective];
}

/** A record of each shape. */
export type TrainingRecord<Shape extends RecordShape = RecordShape> = z.infer<(typeof SCHEMAS)[Shape]>;

/** What is wrong with one line. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  /** One sentence. */
  readonly message: string;
}

/** The records of a file, and the lines that are none. Empty lines are nothing. */
export function parseRecords<Shape extends RecordShape>(
  shape: Shape,
  lines: string,
): { readonly records: readonly TrainingRecord<Shape>[]; readonly faults: readonly LineFault[] } {
  const records: TrainingRecord<Shape>[] = [];
  const faults: LineFault[] = [];
  for (const [index, line] of lines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = SCHEMAS[shape].safeParse(parseJson(line));
    if (parsed.success) records.push(parsed.data as TrainingRecord<Shape>);
    else faults.push({ line: index + 1, message: explain(parsed.error) });
  }
  return { records, faults };
}

/** A record about a problem of another split than the training one. */
const HELD_OUT = /"problem":"(?:validation|test)-/;

/** Nothing may learn from what is held out. `name` is what people know the records by. @throws LabError `input/held-out` */
export function refuseHeldOut(lines: string, name: string): void {
  if (!HELD_OUT.test(lines)) return;
  const message = `${name} holds problems that are held out, and nothing may be trained on those.`;
  throw new LabError("input/held-out", message, "Collect training problems, of the split train.");
}

/**
 * Parts lines into those to learn from and those to evaluate on, a `share` of the problems: all records of a problem (without one, of
 * a prompt) go the same way. Each keeps its line's number.
 */
export function splitLines(
  lines: string,
  share: number,
  seed: number,
): { readonly train: string; readonly validation: string } {
  const held = lines.split("\n").map((line) => {
    const record = keySchema.safeParse(parseJson(line));
    if (!record.success) return false;
    const key = record.data.problem ?? record.data.prompt;
    return createRandom(deriveSeed(seed, "validation", key)).chance(share);
  });
  const keep = (wanted: boolean) =>
    lines
      .split("\n")
      .map((line, i) => (held[i] === wanted ? line : ""))
      .join("\n");
  return { train: keep(false), validation: keep(true) };
}

const keySchema = z.object({ prompt: text, problem });

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function explain({ issues: [issue] }: z.ZodError): string {
  const field = issue?.path.join(".");
  return field ? `${field}: ${issue?.message}.` : "It is not JSON, or no object.";
}

/** Items to learn from, and how many records could not become one. */
export interface Prepared<T> {
  readonly items: readonly T[];
  /** Longer than a row, or of characters that the tokenizer does not know. */
  readonly dropped: number;
}

/** Whether the tokenizer loses nothing of a text. */
function isKnown(tokenizer: Tokenizer, given: string): boolean {
  const ids = tokenizer.encode(given);
  return ids.every((id) => Number.isInteger(id)) && tokenizer.decode(ids) === given;
}

function prepare<Item>(
  shape: BatchShape,
  items: readonly (Item | null)[],
  textsOf: (item: Item) => readonly (readonly number[])[],
): Prepared<Item> {
  const kept = items.filter((item) => item !== null && fitsBatch(textsOf(item), shape.rows, shape.rowTokens));
  return { items: kept as readonly Item[], dropped: items.length - kept.length };
}

/** A prompt that is read and an answer that is learnt; null when the tokenizer does not know all of it. */
function answered(tokenizer: Tokenizer, prompt: string, answer: string): PackableExample | null {
  if (!isKnown(tokenizer, prompt) || !isKnown(tokenizer, answer)) return null;
  const segments = [
    { text: prompt, weight: 0 },
    { text: answer, weight: 1 },
  ];
  return tokenizeExample(tokenizer, { segments });
}

/** Examples of SFT. What ends a completion is put behind it where it is not there: TRL leaves that to the trainer. */
export function toExamples(
  records: readonly TrainingRecord<"completion">[],
  tokenizer: Tokenizer,
  shape: BatchShape,
): Prepared<PackableExample> {
  const end = isKnown(tokenizer, MARKERS.eos) ? MARKERS.eos : "";
  const items = records.map(({ prompt, completion }) =>
    answered(tokenizer, prompt, completion.endsWith(end) ? completion : completion + end),
  );
  return prepare(shape, items, ({ tokens }) => [tokens]);
}

/** Pairs of DPO. */
export function toPreferencePairs(
  records: readonly TrainingRecord<"preference">[],
  tokenizer: Tokenizer,
  shape: BatchShape,
): Prepared<PreferencePair> {
  const items = records.map((record) => {
    const chosen = answered(tokenizer, record.prompt, record.chosen);
    const rejected = answered(tokenizer, record.prompt, record.rejected);
    return chosen && rejected ? { chosen, rejected } : null;
  });
  return prepare(shape, items, ({ chosen, rejected }) => [chosen.tokens, rejected.tokens]);
}

/** Pairs of siblings, whose last steps are the two answers. */
export function toRankedPairs(
  records: readonly TrainingRecord<"preference">[],
  tokenizer: Tokenizer,
  shape: BatchShape,
): Prepared<RankedPair> {
  const items = records.map(({ prompt, chosen, rejected, gap = 1 }) => {
    const better = answered(tokenizer, prompt, chosen);
    const worse = answered(tokenizer, prompt, rejected);
    return better && worse ? { better: better.tokens, worse: worse.tokens, gap } : null;
  });
  return prepare(shape, items, ({ better, worse }) => [better, worse]);
}

/** Valued paths. A step that several paths share is learnt once, in the first of them. */
export function toValuedPaths(
  records: readonly TrainingRecord<"stepwise">[],
  tokenizer: Tokenizer,
  shape: BatchShape,
): Prepared<ValuedPath> {
  const seen = new Set<string>();
  const items = records.map(({ prompt, completions, labels, visits }): ValuedPath | null => {
    if (![prompt, ...completions].every((each) => isKnown(tokenizer, each))) return null;
    const tokens = tokenizer.encode(prompt);
    const ends: StepEnd[] = [];
    let path = prompt;
    for (const [i, step] of completions.entries()) {
      tokens.push(...tokenizer.encode(step));
      path += step;
      const label = labels[i] ?? null;
      if (label === null || seen.has(path)) continue;
      seen.add(path);
      const trials = visits?.[i] ?? 1;
      ends.push({ at: tokens.length - 1, wins: Number(label) * trials, visits: trials });
    }
    return { tokens, ends };
  });
  return prepare(
    shape,
    items.filter((item) => item === null || item.ends.length > 0),
    ({ tokens }) => [tokens],
  );
}
