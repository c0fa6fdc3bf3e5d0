/** What a command has measured, as a file that `lab report` reads: with the command and the checkpoints that it was measured on. */
import { basename, isAbsolute } from "node:path";
import { z } from "zod";
import type { CheckpointRecord } from "../src/ports/checkpoint-store";
import { writeOutputFile } from "./input";

const FORMAT = "o1-coder-lab/result";

const checkpointSchema = z.object({
  id: z.string(),
  kind: z.string(),
  parents: z.array(z.string()),
  objective: z.string(),
  seed: z.number(),
  tokens: z.number(),
});

const resultSchema = z.object({
  format: z.literal(FORMAT),
  /** What was measured, by which a report knows how to read `report`: `eval`, `coverage`, `eval-tests`, ... */
  kind: z.string(),
  /** What a report calls it: results of one name are runs of the same thing, with other seeds. */
  name: z.string(),
  /** The command that measures it again. */
  command: z.string(),
  seed: z.number(),
  /** The checkpoints that took part; none for the model as it is shipped. */
  checkpoints: z.array(checkpointSchema),
  /** What was measured on and how, as the command was told. */
  settings: z.record(z.string(), z.unknown()),
  report: z.record(z.string(), z.unknown()),
});

/** See the file's head. */
export type ResultFile = z.infer<typeof resultSchema>;

/** A result in parsed JSON; null when it is none. */
export function readResult(json: unknown): ResultFile | null {
  const parsed = resultSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** Writes a result. Of checkpoints' records, what identifies them is kept. @throws LabError `input/file` */
export function writeResult(
  path: string,
  {
    checkpoints,
    ...result
  }: Omit<ResultFile, "format" | "checkpoints"> & {
    readonly checkpoints: readonly CheckpointRecord[];
  },
): void {
  const used = checkpoints.map(({ id, kind, parents, objective, seed, tokens }) => {
    return { id, kind, parents, objective, seed, tokens };
  });
  const content = { format: FORMAT, ...result, checkpoints: used };
  writeOutputFile(path, `${JSON.stringify(content, null, 1)}\n`);
}

/** Options that say where something goes and how it is printed, with whether they take a value: no matter of what is measured. */
const OUTPUTS: Readonly<Record<string, boolean>> = {
  ...{ "--out": true, "--save": true, "--work": true, "--name": true, "--notes": true },
  ...{ "--json": false, "--fresh": false },
};

/** A command as one would type it anywhere: without what is about output, and without where this machine keeps its files. */
export function commandLine(args: readonly string[]): string {
  const told: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const takesValue = OUTPUTS[arg];
    if (takesValue) i++;
    if (takesValue === undefined) told.push(isAbsolute(arg) ? basename(arg) : arg);
  }
  const quoted = told.map((arg) => (/^[\w@+.,:/#-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`));
  return ["npm run lab --", ...quoted].join(" ");
}
