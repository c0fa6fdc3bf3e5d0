import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Measure } from "./measure";
import { measureInPage } from "./page";

/** Whose PyTorch is asked: PYTHON, else the first that has one. */
const PYTHONS = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];

/**
 * Pretraining of the tiny model: tokens per second on every path of this machine, and what PyTorch makes of the same shapes on the
 * same cores, before and after (the better counts).
 */
export const measure: Measure = async (log) => {
  const python = PYTHONS.find((name) => spawnSync(name, ["-c", "import torch"]).status === 0);
  const threads = [1, cpus().length];
  const peer = () => (python === undefined ? [] : threads.map((count) => pytorch(python, count)));
  const before = peer();
  const figures = await measureInPage("training.ts", "measureTraining", log);
  const after = peer();
  if (python === undefined) return { ...figures, pytorch: "not measured: no Python here has it" };
  const best = threads.map((count, i) => [`threads${count}`, Math.max(before[i] ?? 0, after[i] ?? 0)]);
  return { ...figures, pytorch: { tokensPerSecond: Object.fromEntries(best) } };
};

/** Tokens per second. Without OPENBLAS_CORETYPE: a kernel forced on it would not be this machine's best. */
function pytorch(python: string, threads: number): number {
  const { OPENBLAS_CORETYPE: _, ...env } = process.env;
  const script = fileURLToPath(new URL("pytorch-training.py", import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [script, String(threads)], {
    env: { ...env, OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`PyTorch could not be measured.\n${stderr}`);
  return Math.round(Number(stdout));
}
