import { CommanderError } from "commander";
import { LabError } from "../src/core/errors";
import { program } from "./program";
import "./commands/solving";
import "./commands/measuring";
import "./commands/learning";
import "./commands/reinforcement";

/** How a command ended: the exit code (0, 2 for the user's mistakes, 1 for ours) and, unless 0, a line for people. */
interface CommandEnd {
  readonly code: number;
  readonly line: string;
}

function explain(thrown: unknown): CommandEnd {
  if (thrown instanceof CommanderError) {
    return { code: thrown.exitCode === 0 ? 0 : 2, line: thrown.message.replace(/^error: /, "").replaceAll("\n", " ") };
  }
  if (thrown instanceof LabError) {
    const usersMistake = thrown.code.startsWith("input/") || thrown.code.startsWith("link/");
    return { code: usersMistake ? 2 : 1, line: `${thrown.message} ${thrown.hint}`.trim() };
  }
  return { code: 1, line: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Runs one command as `npm run lab -- <args>` does, but for the line of its end, which is the caller's to print. */
export async function runCommand(args: readonly string[]): Promise<CommandEnd> {
  try {
    if (args.length === 0) {
      const names = program.commands.map((each) => each.name()).join(", ");
      throw new LabError(
        "input/no-command",
        "No command is given.",
        `There are ${names}; add --help to read about one.`,
      );
    }
    await program.parseAsync(args, { from: "user" });
    return { code: 0, line: "" };
  } catch (thrown) {
    return explain(thrown);
  }
}
