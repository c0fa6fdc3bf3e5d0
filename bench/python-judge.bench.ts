import { readFileSync } from "node:fs";
import { benchmarkFile } from "../cli/benchmark-data";
import type { Measure } from "./measure";
import { measureInPage } from "./page";

const FILES = [
  "mbpp/mbpp.jsonl",
  "mbpp/sanitized-mbpp.json",
  "humaneval/HumanEval.jsonl",
  "taco/taco_easy_10.jsonl",
  "apps/apps_train_5.jsonl",
];

/**
 * The Python sandbox: programs judged per second once it is warm, by kind of test, the time of a test of 1,000 calls, and the wall time of a whole check
 * of reference solutions for each benchmark file of `LAB_DATA` that is there.
 */
export const measure: Measure = async (log) => {
  const files = FILES.flatMap((name) => {
    const path = benchmarkFile(name);
    return path === null ? [] : [{ name, text: readFileSync(path, "utf8") }];
  });
  return measureInPage("python-judge.ts", "measurePythonJudge", log, files);
};
