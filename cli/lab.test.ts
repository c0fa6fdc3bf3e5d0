import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "./commands";
import { ROOT } from "./root";

/** Runs the command line as `npm run lab` does. */
function lab(...args: string[]) {
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, join(ROOT, "cli/lab.ts"), ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it.each([
  [[], "No command is given."],
  [["solv"], "unknown command 'solv' (Did you mean solve?)"],
  [["solve"], "required option '--problem <id or file.json>' not specified"],
  [["solve", "--problem", "evn-steven"], "There is no problem evn-steven. Did you mean even-steven?"],
  [["solve", "--problem", "nowhere.json"], "There is no file nowhere.json."],
  [["solve", "--problem", "even-steven", "--seed", "-1"], "It must be a whole number from 0 to 2147483647."],
  [["solve", "--problem", "even-steven", "--simulation", "3"], "Did you mean --simulations?"],
  [["eval", "--n", "0"], "It must be a whole number from 1 to 10000."],
  [["judge", "--language", "cobol", "--file", "x"], "Allowed choices are javascript, python."],
  [["dataset", "--file", "nowhere.jsonl"], "There is no file nowhere.jsonl."],
  [
    ["dataset", "--file", "x", "--format", "csv"],
    "Allowed choices are mbpp, sanitized-mbpp, humaneval, taco, apps, generic.",
  ],
  [["compare", "--problems", "puzzles", "--strategy", "luck"], "It must be one of vanilla, greedy"],
  [["compare", "--problems", "puzzles", "--model", "gpt"], '"gpt" names no model.'],
  [["compare"], "Option --problems is not given."],
  [["collect"], "required option '--out <folder>' not specified"],
  [["compare", "--resume", "nowhere.json"], "There is no file nowhere.json."],
  [["bench-table", "--problems", "puzzles", "--budget-tokens", "0"], "It must be a whole number from"],
])("lab %j ends with code 2 and one clear line", async (args, message) => {
  const { code, line } = await runCommand(args);
  expect(line).toContain(message);
  expect(line).not.toContain("\n");
  expect(code).toBe(2);
});

it("prints that line, and nothing else", () => {
  const { status, stdout, stderr } = lab("solve", "--problem", "evn-steven");
  expect(stderr).toBe("There is no problem evn-steven. Did you mean even-steven?\n");
  expect(stdout).toBe("");
  expect(status).toBe(2);
});

it("prints help on demand, with code 0", () => {
  const { status, stdout } = lab("solve", "--help");
  expect(stdout).toContain("--simulations");
  expect(status).toBe(0);
});
