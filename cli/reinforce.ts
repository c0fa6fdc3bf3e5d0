import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../src/core/errors";
import type { EvaluationRecord, PartRecord, ReinforceEnd, StepRecord } from "../src/selfplay/reinforce/loop";
import { type ReinforceSpec, reinforceSpecSchema } from "../src/selfplay/reinforce/spec";
import { modelOf, readCheckpoint } from "../src/training/checkpoint";
import { modelFolder } from "../src/training/model-folder";
import { ROOT } from "./root";

/** What is kept of a run, line by line: all but its parts, and when. */
type KeptRecord = (StepRecord | EvaluationRecord) & { readonly seconds: number };

/** A record as the page tells it: a part's file is in base64. */
type ToldRecord = StepRecord | EvaluationRecord | (Omit<PartRecord, "file"> & { readonly file: string });

/** What a run prints at its end. */
export interface ReinforceResult extends ReinforceEnd {
  /** Of the checkpoint that stands in `out`; null where the run was stopped and is to go on. */
  readonly id: string | null;
  readonly steps: number;
  readonly tokens: number;
  /** Pass@1 of a sample on validation problems: before the first step, and with the weights that are kept, of the step `step`. */
  readonly passAt1: { readonly before: number | null; readonly best: number | null; readonly step: number | null };
  readonly wallSeconds: number;
  readonly out: string;
}

/** A run in a folder, on its way. */
export interface ReinforceFolder {
  /** The part to go on from, in base64; null at the beginning. */
  readonly part: string | null;
  /** Takes a record as the page tells it, and keeps it at once. */
  add(line: string): void;
  /** Writes the model's folder, unless the run was stopped. */
  finish(end: ReinforceEnd, told: string): Promise<ReinforceResult>;
}

/**
 * Begins a run in a folder, or goes on with the one that is there from its last part: `work/checkpoint.safetensors`, and
 * `work/records.jsonl` beside it.
 * @param model as `formatModelRef` writes it.
 * @throws LabError `input/other-settings` when the folder holds a run of other settings, its number of tokens aside.
 */
export async function openReinforcement(
  folder: string,
  spec: ReinforceSpec,
  model: string,
  fresh: boolean,
  log: (line: string) => void,
): Promise<ReinforceFolder> {
  const work = join(folder, "work");
  if (fresh) rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const [partPath, recordsPath] = [join(work, "checkpoint.safetensors"), join(work, "records.jsonl")];
  const part = existsSync(partPath) ? readFileSync(partPath) : null;
  const begun = part === null ? null : (await readCheckpoint(part)).record;
  if (begun) checkSame(begun.options, spec, model, folder);
  // What came after the part is done again.
  let records = readRecords(recordsPath).filter(({ step }) => begun !== null && step <= begun.step);
  writeFileSync(recordsPath, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const before = records.at(-1)?.seconds ?? 0;
  const started = Date.now();
  const seconds = () => before + (Date.now() - started) / 1000;
  return {
    part: part?.toString("base64") ?? null,
    add(line) {
      const record = JSON.parse(line) as ToldRecord;
      if (record.type === "part") {
        // Whole or not at all: whoever is killed while writing keeps what was there.
        writeFileSync(`${partPath}.part`, Buffer.from(record.file, "base64"));
        renameSync(`${partPath}.part`, partPath);
        return;
      }
      const kept = { ...record, seconds: seconds() };
      records = [...records, kept];
      appendFileSync(recordsPath, `${JSON.stringify(kept)}\n`);
      log(lineOf(kept));
    },
    async finish(end, told) {
      const checkpoint = readFileSync(partPath);
      const { step, tokens } = (await readCheckpoint(checkpoint)).record;
      const id =
        end.reason === "stopped"
          ? null
          : await publish(folder, checkpoint, { ...end, records, told, seconds: seconds() });
      const evaluations = records.filter((record) => record.type === "evaluation");
      const passAt1 = (record: EvaluationRecord | undefined) => record?.all.passAtK[0]?.value ?? null;
      const best = evaluations.findLast(({ isBest }) => isBest);
      return {
        ...end,
        id,
        steps: step,
        tokens,
        passAt1: { before: passAt1(evaluations[0]), best: passAt1(best), step: best?.step ?? null },
        wallSeconds: Math.round(seconds()),
        out: folder,
      };
    },
  };
}

function readRecords(path: string): readonly KeptRecord[] {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  return lines.flatMap((line) => {
    try {
      return JSON.parse(line) as KeptRecord;
    } catch {
      // The last one, of a run that was killed while it was written.
      return [];
    }
  });
}

function checkSame(
  options: Readonly<Record<string, unknown>>,
  spec: ReinforceSpec,
  model: string,
  folder: string,
): void {
  const known = reinforceSpecSchema.safeParse(options);
  const alike = (given: ReinforceSpec, start: unknown) => JSON.stringify([{ ...given, tokens: 0 }, start]);
  const parsed = reinforceSpecSchema.parse(spec);
  if (known.success && alike(known.data, options.start) === alike(parsed, model)) return;
  const message = `${folder} holds a run that began with other settings.`;
  throw new LabError(
    "input/other-settings",
    message,
    "Give the same options to go on with it, --fresh, or another folder.",
  );
}

/** A record as a line for people. */
function lineOf(record: KeptRecord): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  if (record.type === "evaluation") {
    const { greedy, passAtK } = record.all;
    const samples = passAtK.map(({ k, value }) => `pass@${k} ${percent(value)}`).join(", ");
    return `step ${record.step}: on validation greedy ${percent(greedy.value)}, ${samples}${record.isBest ? ", the best so far" : ""}`;
  }
  const { step, tokens, reward, outcome, entropy, kl, evenShare, visiblePass, hiddenPass, ms } = record;
  const seconds = Object.entries(ms).map(([part, time]) => `${part} ${(time / 1000).toFixed(1)} s`);
  return [
    `step ${step}: reward ${reward.toFixed(3)}, outcome ${outcome.toFixed(3)}`,
    `visible ${percent(visiblePass)}, hidden ${percent(hiddenPass)}, entropy ${entropy.toFixed(4)}, KL ${kl.toFixed(5)}`,
    `even ${percent(evenShare)}, ${tokens.sampled + tokens.read} tokens; ${seconds.join(", ")}`,
  ].join(", ");
}

/** Writes the model's folder; returns its id. */
async function publish(
  folder: string,
  checkpoint: Uint8Array,
  { records, told, seconds, ...end }: ReinforceEnd & { records: readonly KeptRecord[]; told: string; seconds: number },
): Promise<string> {
  const { record, file } = await modelOf(checkpoint);
  const tokenizer = readFileSync(join(ROOT, "public/models/tiny/tokenizer.json"), "utf8");
  const more = {
    wallSeconds: Math.round(seconds),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    date: new Date().toISOString(),
    command: told,
    ...end,
    steps: records.filter(({ type }) => type === "step"),
    evaluations: records.filter(({ type }) => type === "evaluation"),
  };
  for (const [name, bytes] of Object.entries(modelFolder(record, file, tokenizer, more))) {
    writeFileSync(join(folder, name), bytes);
  }
  return record.id;
}
