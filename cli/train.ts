import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { kernelAssets } from "../build/kernels";
import { fromErrorData, LabError } from "../src/core/errors";
import { formatModelRef } from "../src/core/model";
import type { BackendName } from "../src/model/backend";
import type { TrainingData, TrainingEvaluation, TrainingJob, TrainingSetup } from "../src/ports/trainer";
import { modelOf, readCheckpoint } from "../src/training/checkpoint";
import { type ModelRecord, readWeights, writeModel } from "../src/training/model-file";
import { modelFolder, unzipFolder } from "../src/training/model-folder";
import { shippedFolder } from "./checkpoints";
import { chromiumLaunchOptions, ensureChromium } from "./chromium";
import { ROOT } from "./root";
import { Curve, type CurvePoint, evaluationOf } from "./training-curve";
import type { TrainingPage, TrainingTask } from "./training-page/main";
import { serveTraining, type TrainingFiles } from "./training-server";

const STEPS_PER_REPORT = 20;

/** Evaluations of a run at the least: what a curve needs. */
const EVALUATIONS = 10;

/** Where the app takes the base from. */
export const TINY_FOLDER = join(ROOT, "public/models/tiny");

/** How a run is started, resumed and kept. */
export interface TrainCommand {
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** The model that the job begins with, unless that is nothing: a folder, a zip, or a safetensors file with its record. */
  readonly from?: string;
  /** Forget what is there and begin anew. */
  readonly fresh?: boolean;
  /** Folder of checkpoint and loss curve, and of the newest weights. */
  readonly workFolder: string;
  /** Where the finished model goes. */
  readonly outFolder: string;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** What it trains on; `auto` is the kernels, on several threads where that is possible. */
  readonly backend?: BackendName | "auto";
  /** What a reader of the training record should know. */
  readonly notes?: string;
  /** The command as it was typed, for the record. */
  readonly told?: string;
}

/** What a finished (or interrupted) run prints. */
export interface TrainResult {
  /** Of the checkpoint that stands in `out`; null before the end. */
  readonly id: string | null;
  readonly kind: TrainingJob["kind"];
  readonly done: boolean;
  readonly steps: number;
  readonly tokens: number;
  readonly loss: number;
  /** Of the weights that come of it; null when nothing was held out. */
  readonly evaluation: TrainingEvaluation | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly data: TrainingSetup;
  readonly wallSeconds: number;
  readonly out: string;
}

/**
 * Trains in headless Chromium, from the newest checkpoint if there is one; an interrupt saves one and stops. At the end it writes the
 * model's folder: model.safetensors (float16), config.json, tokenizer.json and training-record.json.
 * @param log gets one line per report.
 */
export async function train(command: TrainCommand, log: (line: string) => void): Promise<TrainResult> {
  const { data, fresh, workFolder, outFolder, checkpointEvery = 500, backend = "auto" } = command;
  if (fresh) rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  const start = command.job.start === "nothing" ? null : await startFolder(command.from ?? TINY_FOLDER, workFolder);
  const job = start && command.from !== undefined ? { ...command.job, start: await refOf(start) } : command.job;
  const files: TrainingFiles = {
    page: await builtPage(),
    tokenizer: join(TINY_FOLDER, "tokenizer.json"),
    task: join(workFolder, "task.json"),
    start,
    checkpoint: join(workFolder, "checkpoint.safetensors"),
  };
  const task: TrainingTask = { job, data, backend };
  writeFileSync(files.task, JSON.stringify(task));
  const curve = new Curve(join(workFolder, "curve.jsonl"));
  const { server, address } = await serveTraining(files);
  const browser = await chromium.launch({
    ...chromiumLaunchOptions(ensureChromium(log)),
    // An interrupt is for the run, which saves first.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
  };
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  try {
    const tab = await browser.newPage();
    await tab.goto(`${address}/index.html`);
    await tab.waitForFunction("callTraining");
    const setup = await call(tab, "start");
    log(JSON.stringify(setup));
    const saved = () => keepWeights(files.checkpoint, join(workFolder, "model.safetensors"));
    const pace = { totalTokens: setup.totalTokens, checkpointEvery };
    const last = await advanceToEnd(tab, curve, pace, () => interrupted, log, saved);
    const record = last.done ? await publish(files, outFolder, curve, command) : null;
    const { best } = await readCheckpoint(readFileSync(files.checkpoint));
    return {
      id: record?.id ?? null,
      kind: job.kind,
      done: last.done,
      steps: last.step,
      tokens: last.tokens,
      loss: last.loss,
      evaluation: best === null ? evaluationOf(last) : { loss: best.loss, metrics: best.metrics },
      metrics: last.metrics,
      data: setup,
      wallSeconds: last.seconds,
      out: outFolder,
    };
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
    await browser.close();
    server.close();
  }
}

/** How a job names the model in a folder: by its id, wherever it lies. */
async function refOf(folder: string): Promise<string> {
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as unknown;
  const { id } = await readWeights({ file: readFileSync(join(folder, "model.safetensors")), config });
  return formatModelRef({ engine: "tiny", checkpoint: id });
}

/** A folder that holds the model at `path`, or the shipped one that it names. @throws LabError `input/not-a-model` */
async function startFolder(path: string, workFolder: string): Promise<string> {
  const shipped = shippedFolder(path);
  if (shipped !== null) return shipped;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() && existsSync(join(path, "model.safetensors"))) return path;
  if (!stat?.isFile()) {
    throw new LabError(
      "input/not-a-model",
      `There is no model at ${path}.`,
      "Name a folder or zip that lab train has written.",
    );
  }
  const folder = join(workFolder, "start");
  mkdirSync(folder, { recursive: true });
  const files = path.endsWith(".zip")
    ? await unzipFolder(readFileSync(path))
    : { "model.safetensors": readFileSync(path), "config.json": readFileSync(join(TINY_FOLDER, "config.json")) };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

let page: Promise<string> | undefined;

/** Folder of the page, built once by each process, so that editing the sources does not disturb a run. */
function builtPage(): Promise<string> {
  page ??= buildPage(mkdtempSync(join(tmpdir(), "training-page-")));
  return page;
}

async function buildPage(outDir: string): Promise<string> {
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    configFile: false,
    root: fileURLToPath(new URL("training-page", import.meta.url)),
    base: "./",
    logLevel: "error",
    plugins: [kernelAssets()],
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "chrome125" },
  });
  return outDir;
}

/** Calls a method of the page. @throws LabError what the page threw. */
async function call<K extends keyof TrainingPage>(
  page: Page,
  method: K,
  ...[argument]: Parameters<TrainingPage[K]>
): Promise<Awaited<ReturnType<TrainingPage[K]>>> {
  const request: [K, unknown] = [method, argument];
  const outcome = await page.evaluate(([name, given]) => globalThis.callTraining(name, given), request);
  if ("error" in outcome) throw fromErrorData(outcome.error);
  return outcome.value as Awaited<ReturnType<TrainingPage[K]>>;
}

/** Advances, reports and saves until the run is done or interrupted; ends with a save. */
async function advanceToEnd(
  page: Page,
  curve: Curve,
  { totalTokens, checkpointEvery }: { readonly totalTokens: number; readonly checkpointEvery: number },
  interrupted: () => boolean,
  log: (line: string) => void,
  onSaved: () => Promise<void>,
): Promise<CurvePoint> {
  let before = Date.now();
  let part = 0;
  const start = await call(page, "advance", 0);
  if (start.step === 0) curve.add(start, 0, await call(page, "evaluate"));
  for (let sinceSave = 0; ; ) {
    const progress = await call(page, "advance", STEPS_PER_REPORT);
    sinceSave += STEPS_PER_REPORT;
    const ending = progress.done || interrupted();
    const saving = ending || sinceSave >= checkpointEvery;
    const partNow = Math.floor((EVALUATIONS * progress.tokens) / totalTokens);
    const evaluation = saving || partNow > part ? await call(page, "evaluate") : null;
    part = partNow;
    const now = Date.now();
    const point = curve.add(progress, (now - before) / 1000, evaluation);
    before = now;
    log(JSON.stringify(point));
    if (!saving) continue;
    sinceSave = 0;
    await call(page, "save");
    await onSaved();
    if (ending) return point;
  }
}

/** The newest weights as a model's file, to be looked at while the run goes on. */
async function keepWeights(checkpoint: string, path: string): Promise<void> {
  const { record, state } = await readCheckpoint(readFileSync(checkpoint));
  const { id: _, ...told } = record;
  writeFileSync(path, (await writeModel(told, state.params)).file);
}

/** Writes the finished model's folder. */
async function publish(
  files: TrainingFiles,
  outFolder: string,
  curve: Curve,
  command: TrainCommand,
): Promise<ModelRecord> {
  const { record, file } = await modelOf(readFileSync(files.checkpoint));
  mkdirSync(outFolder, { recursive: true });
  const tokenizer = readFileSync(files.tokenizer, "utf8");
  for (const [name, bytes] of Object.entries(modelFolder(record, file, tokenizer, story(curve, command)))) {
    writeFileSync(join(outFolder, name), bytes);
  }
  return record;
}

/** What a training record tells besides the checkpoint's own record. */
function story(curve: Curve, { notes = "", told }: TrainCommand) {
  return {
    wallSeconds: Math.round(curve.seconds),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    date: new Date().toISOString(),
    notes,
    ...(told === undefined ? {} : { command: told }),
    ...curve.figures(),
  };
}
