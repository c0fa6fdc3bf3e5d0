import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Measure } from "./measure";

const SUFFIX = ".bench.ts";
const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));

const log = (line: string) => process.stderr.write(`${line}\n`);

/** Runs `bench/<name>.bench.ts` and prints its figures, and the machine they hold for, as one JSON object. */
async function runBenchmark(name: string): Promise<void> {
  const { measure } = (await import(`./${name}${SUFFIX}`)) as { measure: Measure };
  const figures = await measure(log);
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: process.platform };
  process.stdout.write(`${JSON.stringify({ benchmark: name, machine, figures }, rounded, 2)}\n`);
}

/** Four digits say all that a measurement does; counts stay whole. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

const [name = ""] = process.argv.slice(2);
if (names.includes(name)) {
  await runBenchmark(name);
} else {
  log(`Name a benchmark: ${names.join(", ")}.`);
  process.exitCode = 2;
}
