import { runCommand } from "./commands";

const { code, line } = await runCommand(process.argv.slice(2));
if (code !== 0) process.stderr.write(`${line}\n`);
process.exitCode = code;
