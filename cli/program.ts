/** What the subcommands have in common: the program itself, the headless page, checkpoints that are brought, results that are kept. */
import { Command, Option } from "commander";
import type { Lab } from "../src/lab";
import type { EndpointSettings } from "../src/ports/endpoint";
import type { HeadlessLab } from "./browser";
import { commandLine, writeResult } from "./result-file";

export const program = new Command("npm run lab --")
  .description("Drives the app headless in Chromium. Prints one JSON object on stdout, progress on stderr.")
  .exitOverride()
  .configureOutput({ outputError: () => {} });

/** A subcommand; each takes `--json`. */
export function command(name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "print the object on a single line");
}

export const log = (line: string) => process.stderr.write(`${line}\n`);

/** Prints the one JSON object. */
export function print(value: unknown, json: boolean | undefined): void {
  process.stdout.write(`${JSON.stringify(value, null, json ? 0 : 2)}\n`);
}

/** What a call may come with. */
interface AskOptions {
  readonly onOutcome?: (outcome: string) => void;
  /** Checkpoints to keep in the page first, in base64. */
  readonly checkpoints?: readonly string[];
}

/** Checkpoints that were named, and the model that they make; nothing is loaded where there are none. */
export async function brought(paths: readonly string[] | undefined) {
  if (paths === undefined) return null;
  const { bringCheckpoints } = await import("./checkpoints");
  return bringCheckpoints(paths);
}

/** Opens the headless page, calls one of its methods and returns what it answers. */
export async function ask<K extends keyof Lab>(
  method: K,
  request: Parameters<Lab[K]>[0],
  { onOutcome, checkpoints = [] }: AskOptions = {},
): Promise<Awaited<ReturnType<Lab[K]>>> {
  return withLab(async (lab): Promise<Awaited<ReturnType<Lab[K]>>> => {
    if (checkpoints.length > 0) await lab.call("keep", checkpoints);
    return await lab.call(method, request);
  }, onOutcome);
}

/** Opens the headless page for as long as it is used. */
export async function withLab<T>(
  use: (lab: HeadlessLab) => Promise<T>,
  onOutcome?: AskOptions["onOutcome"],
): Promise<T> {
  // Loaded here, so that bad input is refused at once.
  const { openLab } = await import("./browser");
  const lab = await openLab(log, onOutcome);
  try {
    return await use(lab);
  } finally {
    await lab.close();
  }
}

/** A command that brings checkpoints. */
export interface Bringing {
  readonly checkpoint?: readonly string[];
}

export const bringOption = () =>
  new Option(
    "--checkpoint <path...>",
    "checkpoints to bring, as lab train writes them or the app exports them; in place of tiny they play what they are for",
  );

/** A request with the checkpoints that it names: where the model is just tiny, they are it. */
export async function withCheckpoints<R extends { readonly model?: string }>(
  request: R,
  paths: Bringing["checkpoint"],
) {
  const found = await brought(paths);
  if (found === null) return { request, options: {}, records: [] };
  const { files, model, records } = found;
  const isPlain = request.model === undefined || request.model === "tiny";
  return { request: isPlain ? { ...request, model } : request, options: { checkpoints: files }, records };
}

/** A command whose result can be kept for a report. */
export interface Keeping {
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  readonly name?: string | undefined;
}

/** Adds what {@link Keeping} has. */
export const keeping = (of: Command): Command =>
  of
    .option("--out <file>", "keep the result where lab report reads it")
    .option("--name <text>", "what a report calls it (default: the model)");

/** Prints a result, without what is only for other programs, and keeps all of it where `--out` says. */
export function conclude(
  { json, out, name }: Keeping,
  result: Omit<Parameters<typeof writeResult>[1], "command" | "name"> & { readonly model: string },
): void {
  const { outcomes: _, ...shown } = result.report;
  print(shown, json);
  const { model, ...kept } = result;
  if (out) writeResult(out, { ...kept, name: name ?? model, command: commandLine(program.args) });
}

/** Options of a subcommand: what the page's method is asked, and how to print the answer. */
export type Given<K extends keyof Lab> = Parameters<Lab[K]>[0] & { readonly json?: boolean };

/** The key comes from the environment, so that it stands in no list of commands. */
export function endpointSettings(parallelRequests: number | undefined): EndpointSettings {
  const apiKey = process.env.LAB_API_KEY;
  return {
    ...(apiKey ? { apiKey } : {}),
    ...(parallelRequests === undefined ? {} : { parallelRequests }),
  };
}
