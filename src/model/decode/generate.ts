import { LabError } from "../../core/errors";
import { createRandom, type Random } from "../../core/rng";
import { createYielder } from "../backend";
import { drawToken, type TokenSampling } from "./sampling";
import { type DrawnSequence, WhatIsLeft } from "./without-replacement";

/** Runs a model token by token. */
export interface Decoder {
  /** Rows that have the same tokens so far are worth computing as one: to part them later costs little. */
  readonly sharesRows: boolean;
  /** Reads prompts, each of at least one token. */
  prefill(prompts: readonly (readonly number[])[]): Promise<ReadPrompts>;
  /** Frees its hold on the weights; its decodings have ended. */
  close(): void;
}

/** Prompts that have been read. */
export interface ReadPrompts {
  /** How many tokens of each were read now; the others were known from earlier prompts. */
  readonly read: readonly number[];
  /** Logits [V] after each prompt's last token. */
  readonly logits: readonly Float32Array[];
  /** Begins to continue prompts: row i goes on from prompt `rows[i]`. */
  decode(rows: readonly number[]): Decoding;
  /** Decodings that have begun go on. */
  dispose(): void;
}

/** Rows that are continued together, one token a step. */
export interface Decoding {
  /** Reads one token per row; gives the logits [V] after each, which stand until the next step. */
  step(tokens: readonly number[]): Promise<readonly Float32Array[]>;
  /** Whether going on with `open` rows of those it has takes noticeably less time than going on with all. */
  isWorthShrinking(open: number): boolean;
  /** Goes on with these rows only, in this order; a row that is named twice becomes two. At most {@link MAX_ROWS}. */
  chooseRows(rows: readonly number[]): void;
  dispose(): void;
}

/** A prompt and how to continue it. */
export interface GenerationRequest {
  /** At least one token. */
  readonly prompt: readonly number[];
  /** One completion per seed; a completion depends on its seed and nothing else in the batch, and on `drawn`. */
  readonly seeds: readonly number[];
  /** A completion ends with the first of these tokens. */
  readonly stop: ReadonlySet<number>;
  readonly maxTokens: number;
  readonly sampling: TokenSampling;
  /**
   * Draw without replacement: what was drawn before. The completions follow one another, each without those before it, until
   * nothing is left; absent: with replacement, all together.
   */
  readonly drawn?: readonly DrawnSequence[];
  /** Always the token of which the most is left, instead of one by chance. */
  readonly likeliest?: boolean;
}

/** One completion. */
export interface GeneratedTokens {
  readonly tokens: readonly number[];
  /** Of each token, at temperature 1 over the whole vocabulary. */
  readonly logProbs: readonly number[];
  /** Of each token, as it is drawn with replacement; 0 when greedy. */
  readonly drawLogProbs: readonly number[];
  readonly finish: "stop" | "length";
}

/** What a request got. */
export interface GenerationResult {
  /** One a seed; fewer when nothing is left to draw. */
  readonly completions: readonly GeneratedTokens[];
  /** Prompt tokens read for this request: none when another request of the batch has the same prompt, few when its beginning is known. */
  readonly prefilledTokens: number;
}

/** Most rows decoded at once: beyond it a step's time grows with its rows. */
export const MAX_ROWS = 64;

/** A completion that is being written. */
interface Row {
  readonly request: GenerationRequest;
  readonly random: Random;
  readonly maxTokens: number;
  /** Null when it is drawn with replacement. */
  readonly left: WhatIsLeft | null;
  readonly tokens: number[];
  readonly logProbs: number[];
  readonly drawLogProbs: number[];
  /** `nothing` when nothing is left to write behind its tokens. */
  finish: GeneratedTokens["finish"] | "nothing" | null;
}

/** A request that is being answered. */
interface Answering {
  readonly request: GenerationRequest;
  /** Rows that are written to their ends, in the order of the seeds. */
  readonly written: Row[];
  /** Sequences that are not to come again, none of which begins with another; null with replacement. */
  drawn: readonly DrawnSequence[] | null;
  isOver: boolean;
}

/**
 * Continues every prompt; equal prompts are read once. All rows of a batch advance in step, and where computing rows apart costs more,
 * those that agree so far are one: what a model is sure of is paid for once, however many completions there are.
 * @param contextLength most tokens of prompt and completion together.
 * @throws LabError `model/prompt-too-long`; the signal's reason when it fires.
 */
export async function generate(
  decoder: Decoder,
  contextLength: number,
  requests: readonly GenerationRequest[],
  signal?: AbortSignal,
): Promise<readonly GenerationResult[]> {
  const answering = requests.map(
    (request): Answering => ({
      request,
      written: [],
      drawn: request.drawn ?? null,
      isOver: false,
    }),
  );
  const prefilled = new Map<GenerationRequest, number>();
  for (;;) {
    const open = answering
      .filter(({ isOver }) => !isOver)
      .map((each) => [each, nextRows(each, contextLength)] as const);
    const rows = open.flatMap(([, own]) => own);
    if (rows.length === 0) break;
    for (let start = 0; start < rows.length; start += MAX_ROWS) {
      await decode(decoder, rows.slice(start, start + MAX_ROWS), prefilled, signal);
    }
    for (const [each, own] of open) takeRows(each, own);
  }
  return answering.map(({ request, written }) => ({
    completions: written.map(({ tokens, logProbs, drawLogProbs, finish }) => ({
      tokens,
      logProbs,
      drawLogProbs,
      finish: finish === "stop" ? "stop" : "length",
    })),
    prefilledTokens: prefilled.get(request) ?? 0,
  }));
}

/** The rows of a request that can be written now: all of them, or, where each depends on those before it, the next. */
function nextRows({ request, written, drawn }: Answering, contextLength: number): readonly Row[] {
  const seeds = request.seeds.slice(written.length, drawn === null ? undefined : written.length + 1);
  return seeds.map((seed) => createRow(request, seed, contextLength, drawn));
}

/**
 * Takes in rows that have been written. A row behind whose tokens nothing was left is a way that rounding had kept open: it is closed whole, and
 * the row is written anew.
 */
function takeRows(answering: Answering, rows: readonly Row[]): void {
  const { request, written } = answering;
  for (const row of rows) {
    const { tokens, logProbs, drawLogProbs } = row;
    if (row.finish !== "nothing") written.push(row);
    else if (tokens.length === 0 || row.left === null) answering.isOver = true;
    const others = answering.drawn?.filter(({ tokenIds }) => tokens.some((token, i) => tokenIds[i] !== token));
    answering.drawn = others ? [...others, { tokenIds: tokens, logProbs, drawLogProbs }] : null;
  }
  if (written.length === request.seeds.length) answering.isOver = true;
}

function createRow(
  request: GenerationRequest,
  seed: number,
  contextLength: number,
  drawn: readonly DrawnSequence[] | null,
): Row {
  const room = contextLength - request.prompt.length;
  if (room < 1) {
    throw new LabError(
      "model/prompt-too-long",
      `The prompt has ${request.prompt.length} tokens; this model reads ${contextLength - 1} at most.`,
      "Shorten the problem's statement, its examples or the path.",
    );
  }
  const maxTokens = Math.min(request.maxTokens, room);
  return {
    request,
    random: createRandom(seed),
    maxTokens,
    left: drawn === null ? null : new WhatIsLeft(drawn),
    tokens: [],
    logProbs: [],
    drawLogProbs: [],
    finish: null,
  };
}

/** Rows whose tokens, prompt included, are the same so far: the decoder computes them as one. */
type Bundle = readonly Row[];

/** Writes all rows to their ends. */
async function decode(
  decoder: Decoder,
  rows: readonly Row[],
  prefilled: Map<GenerationRequest, number>,
  signal?: AbortSignal,
): Promise<void> {
  const yieldNow = createYielder(signal);
  const { prompts, askedBy, promptOf } = distinctPrompts(rows);
  const read = await decoder.prefill(prompts);
  for (const [i, request] of askedBy.entries()) {
    prefilled.set(request, (prefilled.get(request) ?? 0) + (read.read[i] ?? 0));
  }
  for (const [i, row] of rows.entries()) write(row, read.logits[promptOf[i] ?? 0]);
  const prompted = rows.map((row, i) => ({ row, from: promptOf[i] ?? 0 }));
  const begun = decoder.sharesRows
    ? bundled(prompted.filter(({ row }) => isOpen(row)))
    : prompted.map(({ row, from }) => ({ bundle: [row], from }));
  const decoding = read.decode(begun.map(({ from }) => from));
  read.dispose();
  try {
    for (let bundles: readonly Bundle[] = begun.map(({ bundle }) => bundle); bundles.some(isOpenBundle); ) {
      await yieldNow();
      const logits = await decoding.step(bundles.map(([first]) => first?.tokens.at(-1) ?? 0));
      for (const [i, bundle] of bundles.entries()) for (const row of bundle) write(row, logits[i]);
      bundles = regrouped(decoding, bundles);
    }
  } finally {
    decoding.dispose();
  }
}

/** Parts the bundles whose rows no longer agree, and drops finished ones where that saves time. */
function regrouped(decoding: Decoding, bundles: readonly Bundle[]): readonly Bundle[] {
  const open = bundled(bundles.flatMap((bundle, from) => bundle.filter(isOpen).map((row) => ({ row, from }))));
  const finished = bundles.length - new Set(open.map(({ from }) => from)).size;
  const parted = open.length + finished > bundles.length;
  if (!parted && (finished === 0 || !decoding.isWorthShrinking(open.length))) return bundles;
  if (open.length > 0) decoding.chooseRows(open.map(({ from }) => from));
  return open.map(({ bundle }) => bundle);
}

/** Rows bundled by where they come from and the token written last. */
function bundled(
  rows: readonly { readonly row: Row; readonly from: number }[],
): readonly { readonly bundle: Bundle; readonly from: number }[] {
  const found = new Map<string, { bundle: Row[]; from: number }>();
  for (const { row, from } of rows) {
    const key = `${from} ${row.tokens.at(-1)}`;
    const known = found.get(key);
    if (known) known.bundle.push(row);
    else found.set(key, { bundle: [row], from });
  }
  return [...found.values()];
}

/** The prompts without repetition, who asked for each first, and for each row which of them is its own. */
function distinctPrompts(rows: readonly Row[]) {
  const indices = new Map<string, number>();
  const prompts: (readonly number[])[] = [];
  const askedBy: GenerationRequest[] = [];
  const promptOf = rows.map(({ request }) => {
    const key = request.prompt.join();
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, prompts.length);
    askedBy.push(request);
    return prompts.push(request.prompt) - 1;
  });
  return { prompts, askedBy, promptOf };
}

/** Draws the next token of a row that is still open. */
function write(row: Row, logits: Float32Array | undefined): void {
  if (!isOpen(row) || !logits) return;
  const { sampling, likeliest } = row.request;
  const drawn = drawToken(logits, sampling, likeliest ? null : row.random.float(), row.left?.gone());
  if (drawn === null) {
    row.finish = "nothing";
    return;
  }
  const { token, logProb, drawLogProb } = drawn;
  row.tokens.push(token);
  row.logProbs.push(logProb);
  row.drawLogProbs.push(drawLogProb);
  row.left?.append(token);
  if (row.request.stop.has(token)) row.finish = "stop";
  else if (row.tokens.length >= row.maxTokens) row.finish = "length";
}

function isOpen(row: Row): boolean {
  return row.finish === null;
}

function isOpenBundle(bundle: Bundle): boolean {
  return bundle.some(isOpen);
}
