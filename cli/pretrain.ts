import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "@playwright/test";
import { build } from "vite";
import { kernelAssets } from "../build/kernels";
import { fromErrorData } from "../src/core/errors";
import type { BackendName } from "../src/model/backend";
import { parseModelConfig } from "../src/model/network/config";
import { parameterCount } from "../src/model/network/parameters";
import type { ModelFiles, TrainingProgress } from "../src/ports/trainer";
import { PRETRAIN_DEFAULTS, type PretrainOptions } from "../src/training/pretraining";
import { chromiumLaunchOptions, ensureChromium } from "./chromium";
import type { PretrainPage } from "./pretrain-page/main";
import { type PretrainFiles, servePretraining } from "./pretrain-server";
import { ROOT } from "./root";

const STEPS_PER_REPORT = 20;

const CURVE_POINTS = 200;

/** How a run is started, resumed and kept. */
export interface PretrainCommand extends Partial<PretrainOptions> {
  /** A safetensors file with the weights to begin with; without it, it begins with random ones. */
  readonly from?: string;
  /** Forget what is there and begin anew. */
  readonly fresh?: boolean;
  /** Folder of checkpoint, loss curve and newest weights. */
  readonly workFolder?: string;
  /** Where the finished model goes. */
  readonly outFolder?: string;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** What it trains on; `auto` is the kernels, on several threads where that is possible. */
  readonly backend?: BackendName | "auto";
  /** What a reader of the training record should know. */
  readonly notes?: string;
}

/** A point of the loss curve, a line of `curve.jsonl`. */
interface CurvePoint extends TrainingProgress {
  /** Loss on fixed batches of the final curriculum, where it was measured. */
  readonly evaluation?: number;
  /** Wall seconds of training, all sittings together. */
  readonly seconds: number;
}

/** What a finished (or interrupted) run prints. */
export interface PretrainResult {
  readonly done: boolean;
  readonly steps: number;
  readonly tokens: number;
  readonly loss: number;
  readonly evaluation: number;
  readonly wallSeconds: number;
}

/**
 * Trains the base model in headless Chromium, from the newest checkpoint if there is one; an interrupt saves one and stops.
 * At the end it writes model.safetensors (float16), config.json and training-record.json.
 * @param log gets one line per report.
 */
export async function pretrain(command: PretrainCommand, log: (line: string) => void): Promise<PretrainResult> {
  const { fresh, workFolder = join(ROOT, ".cache/pretrain"), checkpointEvery = 500 } = command;
  const outFolder = command.outFolder ?? join(ROOT, "public/models/tiny");
  if (fresh) rmSync(workFolder, { recursive: true, force: true });
  mkdirSync(workFolder, { recursive: true });
  const files: PretrainFiles = {
    page: join(workFolder, "page"),
    tokenizer: join(ROOT, "public/models/tiny/tokenizer.json"),
    checkpoint: join(workFolder, "checkpoint.safetensors"),
    weights: join(workFolder, "model.safetensors"),
    ...(command.from === undefined ? {} : { start: command.from }),
  };
  await buildPage(files.page);
  const options = optionsOf(command);
  const curve = new Curve(join(workFolder, "curve.jsonl"));
  const { server, address } = await servePretraining(files);
  const browser = await chromium.launch(chromiumLaunchOptions(ensureChromium(log)));
  let interrupted = false;
  const onInterrupt = () => {
    interrupted = true;
  };
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  try {
    const page = await browser.newPage();
    await page.goto(`${address}/index.html`);
    await page.waitForFunction("callPretrain");
    await call(page, "start", { pretrain: options, backend: command.backend ?? "auto" });
    const { config, last } = await train(page, curve, checkpointEvery, () => interrupted, log);
    if (last.done) publish(files, outFolder, config, options, curve, command.notes ?? "");
    return {
      done: last.done,
      steps: last.step,
      tokens: last.tokens,
      loss: last.loss,
      evaluation: last.evaluation ?? Number.NaN,
      wallSeconds: last.seconds,
    };
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
    await browser.close();
    server.close();
  }
}

function optionsOf(command: PretrainCommand): PretrainOptions {
  const given = Object.entries(PRETRAIN_DEFAULTS).map(([key, standard]) => [
    key,
    command[key as keyof PretrainOptions] ?? standard,
  ]);
  return Object.fromEntries(given) as PretrainOptions;
}

/** Built once and served as it is, so that editing the sources does not disturb a run. */
async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: fileURLToPath(new URL("pretrain-page", import.meta.url)),
    base: "./",
    logLevel: "error",
    plugins: [kernelAssets()],
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "chrome125" },
  });
}

/** Calls a method of the page. @throws LabError what the page threw. */
async function call<K extends keyof PretrainPage>(
  page: Page,
  method: K,
  ...[argument]: Parameters<PretrainPage[K]>
): Promise<Awaited<ReturnType<PretrainPage[K]>>> {
  const request: [K, unknown] = [method, argument];
  const outcome = await page.evaluate(([name, given]) => globalThis.callPretrain(name, given), request);
  if ("error" in outcome) throw fromErrorData(outcome.error);
  return outcome.value as Awaited<ReturnType<PretrainPage[K]>>;
}

/** Advances, reports and saves until the run is done or interrupted; ends with a save. */
async function train(
  page: Page,
  curve: Curve,
  checkpointEvery: number,
  interrupted: () => boolean,
  log: (line: string) => void,
): Promise<{ config: ModelFiles["config"]; last: CurvePoint }> {
  let before = Date.now();
  for (let sinceSave = 0; ; ) {
    const progress = await call(page, "advance", STEPS_PER_REPORT);
    sinceSave += STEPS_PER_REPORT;
    const ending = progress.done || interrupted();
    const saving = ending || sinceSave >= checkpointEvery;
    const evaluation = saving ? await call(page, "evaluate") : undefined;
    const now = Date.now();
    const point = curve.add(progress, (now - before) / 1000, evaluation);
    before = now;
    log(JSON.stringify(point));
    if (!saving) continue;
    sinceSave = 0;
    const config = await call(page, "save");
    if (ending) return { config, last: point };
  }
}

/** The loss curve on disk; points after the checkpoint a run resumes from are dropped. */
class Curve {
  points: CurvePoint[];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    this.points = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as CurvePoint);
  }

  add(progress: TrainingProgress, seconds: number, evaluation?: number): CurvePoint {
    const kept = this.points.filter(({ step }) => step < progress.step);
    if (kept.length < this.points.length) {
      this.points = kept;
      writeFileSync(this.#path, kept.map((point) => `${JSON.stringify(point)}\n`).join(""));
    }
    const total = (this.points.at(-1)?.seconds ?? 0) + seconds;
    const point = { ...progress, seconds: total, ...(evaluation === undefined ? {} : { evaluation }) };
    this.points.push(point);
    appendFileSync(this.#path, `${JSON.stringify(point)}\n`);
    return point;
  }
}

function publish(
  files: PretrainFiles,
  outFolder: string,
  config: ModelFiles["config"],
  options: PretrainOptions,
  curve: Curve,
  notes: string,
): void {
  mkdirSync(outFolder, { recursive: true });
  copyFileSync(files.weights, join(outFolder, "model.safetensors"));
  const write = (name: string, data: unknown) =>
    writeFileSync(join(outFolder, name), `${JSON.stringify(data, null, 2)}\n`);
  write("config.json", config);
  write("training-record.json", trainingRecord(config, options, curve, notes));
}

function trainingRecord(config: ModelFiles["config"], options: PretrainOptions, { points }: Curve, notes: string) {
  const last = points.at(-1);
  const every = Math.ceil(points.length / CURVE_POINTS);
  return {
    options,
    parameters: parameterCount(parseModelConfig(config)),
    steps: last?.step,
    tokens: last?.tokens,
    loss: last?.loss,
    evaluation: last?.evaluation,
    wallSeconds: Math.round(last?.seconds ?? 0),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    date: new Date().toISOString(),
    notes,
    /** [tokens, exponential mean of the loss in nats per token] */
    lossCurve: points
      .filter((_, i) => i % every === 0 || i === points.length - 1)
      .map(({ tokens, loss }) => [tokens, Number(loss.toFixed(4))]),
    /** [tokens, loss on fixed batches of the final curriculum] */
    evaluationCurve: points.flatMap(({ tokens, evaluation }) =>
      evaluation === undefined ? [] : [[tokens, Number(evaluation.toFixed(4))]],
    ),
  };
}
