import { expect, it } from "vitest";
import type { Language } from "../core/problem";
import type { JudgeRequest } from "../ports/code-runner";
import { type LanguageRunner, LanguageRunners } from "./runners";

function listening() {
  const heard: string[] = [];
  const create = (language: Language) => (): LanguageRunner => {
    heard.push(`create ${language}`);
    return {
      async judge({ code, tests }) {
        heard.push(`${language} judges ${code}`);
        return tests.map(() => ({ verdict: "passed", ms: 0 }));
      },
      async warm(onPreparation) {
        onPreparation?.({ message: language, fraction: null });
      },
      close: () => void heard.push(`close ${language}`),
    };
  };
  return { heard, runners: new LanguageRunners({ javascript: create("javascript"), python: create("python") }) };
}
const request = (language: Language, code: string): JudgeRequest => ({ language, code, entryPoint: "f", tests: [] });

it("makes each language's runner once, when it is needed", async () => {
  const { heard, runners } = listening();
  await runners.judge(request("python", "a"));
  await runners.judge(request("python", "b"));
  expect(heard).toEqual(["create python", "python judges a", "python judges b"]);
  await runners.judge(request("javascript", "c"));
  expect(heard.slice(3)).toEqual(["create javascript", "javascript judges c"]);
});

it("warms one language, and tells of it", async () => {
  const { heard, runners } = listening();
  const told: string[] = [];
  await runners.warm("python", ({ message }) => told.push(message));
  await runners.judge(request("python", "a"));
  expect(told).toEqual(["python"]);
  expect(heard).toEqual(["create python", "python judges a"]);
});

it("closes what it made, and opens anew", async () => {
  const { heard, runners } = listening();
  await runners.warm("python");
  runners.close();
  await runners.warm("python");
  expect(heard).toEqual(["create python", "close python", "create python"]);
});
