import { Command, CommanderError, Option } from "commander";
import { LabError } from "../src/core/errors";
import type { Lab } from "../src/lab";
import { openLab } from "./browser";
import { readJsonLines } from "./json-lines";
import { backendOption, countOption, seedOption, simulationsOption, strategyOption, tierOption } from "./options";
import { parseProblemRef } from "./problem-ref";

const log = (line: string) => process.stderr.write(`${line}\n`);

/** Opens the headless page, calls one of its methods and prints the JSON object it answers with. */
async function answer<K extends keyof Lab>(
  method: K,
  { json, ...request }: Parameters<Lab[K]>[0] & { json?: boolean },
): Promise<void> {
  const lab = await openLab(log);
  try {
    const value = await lab.call(method, request as Parameters<Lab[K]>[0]);
    process.stdout.write(`${JSON.stringify(value, null, json ? 0 : 2)}\n`);
  } finally {
    await lab.close();
  }
}

const program = new Command("npm run lab --")
  .description("Drives the app headless in Chromium. Prints one JSON object on stdout, progress on stderr.")
  .exitOverride()
  .configureOutput({ outputError: () => {} });

/** A subcommand; each takes `--json`. */
function command(name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "print the object on a single line");
}

command("solve", "runs one experiment and judges its answer")
  .requiredOption(
    "--problem <id or file.json>",
    "a problem's id, or a file with a problem of your own",
    parseProblemRef,
  )
  .addOption(strategyOption("mcts"))
  .addOption(simulationsOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .action((options) => answer("solve", options));

command("eval", "runs a strategy over generated problems and reports Pass@1")
  .addOption(new Option("--split <name>", "which problems").choices(["test", "validation"]).default("test"))
  .addOption(tierOption("all"))
  .addOption(countOption(100))
  .addOption(strategyOption("mcts"))
  .addOption(simulationsOption())
  .addOption(seedOption())
  .addOption(backendOption())
  .action((options) => answer("eval", options));

command("judge", "runs programs on tests in the sandbox")
  .addOption(new Option("--language <name>", "the programs' language").choices(["javascript"]).default("javascript"))
  .requiredOption("--file <cases.jsonl>", "rows {id, code, entryPoint, tests: [{input: [args], expected}]}")
  .action(({ file, ...options }) => answer("judge", { ...options, rows: readJsonLines(file) }));

command("problems", "lists problems")
  .addOption(new Option("--set <name>", "which problems").choices(["named", "generated"]).default("named"))
  .addOption(tierOption("all"))
  .addOption(countOption(100))
  .action((options) => answer("problems", options));

/** What went wrong, for people, and the exit code: 2 for the user's mistakes, 1 for ours. */
function explain(thrown: unknown): { readonly code: number; readonly line: string } {
  if (thrown instanceof CommanderError) {
    return { code: thrown.exitCode === 0 ? 0 : 2, line: thrown.message.replace(/^error: /, "").replaceAll("\n", " ") };
  }
  if (thrown instanceof LabError) {
    const usersMistake = thrown.code.startsWith("input/") || thrown.code.startsWith("link/");
    return { code: usersMistake ? 2 : 1, line: `${thrown.message} ${thrown.hint}`.trim() };
  }
  return { code: 1, line: thrown instanceof Error ? thrown.message : String(thrown) };
}

try {
  if (process.argv.length < 3) {
    const names = program.commands.map((each) => each.name()).join(", ");
    throw new LabError("input/no-command", "No command is given.", `There are ${names}; add --help to read about one.`);
  }
  await program.parseAsync();
} catch (thrown) {
  const { code, line } = explain(thrown);
  if (code !== 0) log(line);
  process.exitCode = code;
}
