import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "./root";

/**
 * The folder of benchmark files that tests read when it is there: `LAB_DATA`, else `../shared/data` beside the project. The
 * app needs none of them, and they are not part of the project.
 */
const FOLDER = resolve(process.env.LAB_DATA ?? join(ROOT, "../shared/data"));

/** Absolute path of a benchmark file such as `mbpp/mbpp.jsonl`; null, with the reason printed, when it is not there. */
export function benchmarkFile(name: string): string | null {
  const path = join(FOLDER, name);
  if (existsSync(path)) return path;
  console.error(`SKIPPED: there is no ${name}; set LAB_DATA to a folder that has it.`);
  return null;
}
