import type { Language } from "../../problem";
import { lexemesOf } from "./lexemes";

/**
 * A program that tests call, without what a model runs on its own at the top level: assertions, prints, what reads standard
 * input, a main block, example calls, and what depends on these. Tests run none of it, and it can only fail them: nothing is there to
 * be read, and an example may raise. A program that does not define `entryPoint` is left as it is.
 */
export function withoutSelfTests(code: string, entryPoint: string, language: Language): string {
  const statements = topLevelStatements(code, language);
  const name = entryPoint.replace(/\W/g, "\\$&");
  const defines = new RegExp(
    `^(?:(?:export\\s+)?(?:default\\s+)?(?:async\\s+)?(?:def|class|function\\s*\\*?|const|let|var)\\s+${name}\\b|${name}\\s*(?::[^=\\n]*)?=(?!=))`,
  );
  const isDefinition = (statement: string) => defines.test(statement.replace(/^(?:@[^\n]*\n)+/, ""));
  if (!statements.some(isDefinition)) return code;
  const calls = new RegExp(`\\b${name}\\s*\\(`);
  const lost = new Set<string>();
  const kept = statements.filter((statement) => {
    if (KEPT[language].test(statement) || isDefinition(statement)) return true;
    const words = codeOf(statement, language).match(/[A-Za-z_]\w*/g) ?? [];
    const source = codeOf(statement, language);
    const runs = RUNS[language].test(source) || calls.test(source) || words.some((word) => lost.has(word));
    if (runs) for (const assigned of assignedBy(source)) lost.add(assigned);
    return !runs;
  });
  return kept.length === statements.length ? code : kept.join("\n").trim();
}

/** Statements that define or import. */
const KEPT: Readonly<Record<Language, RegExp>> = {
  python: /^(?:@|(?:async\s+)?def\b|class\b|import\b|from\b|"""|''')/,
  javascript: /^(?:(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function|class)\b|import\b|["']use strict)/,
};

/** Statements that show, check or read. */
const RUNS: Readonly<Record<Language, RegExp>> = {
  python:
    /^(?:assert\b|if\s+__name__\b|(?:main|tests?|test_\w+|run_\w*tests?|check\w*)\s*\(\s*\)|(?:unittest|doctest)\.)|\b(?:print|input)\s*\(|\bsys\s*\.\s*(?:stdin|argv)\b|^\s+assert\b/m,
  javascript: /^(?:console\s*\.|(?:main|tests?|runTests?)\s*\(\s*\))|\bconsole\s*\.\s*(?:log|assert|table|error)\s*\(/,
};

/** Names that a statement gives a value, `a, b = ...` and `const a = ...` included. */
function assignedBy(source: string): readonly string[] {
  const target = /^(?:const\s|let\s|var\s)?\s*([A-Za-z_][\w\s,]*?)\s*(?::[^=\n]*)?=(?!=)/.exec(source)?.[1];
  return target?.match(/[A-Za-z_]\w*/g) ?? [];
}

/** Source without its comments and what its strings say. */
function codeOf(source: string, language: Language): string {
  return lexemesOf(source, language)
    .map(({ kind, text }) => (kind === "comment" ? "" : kind === "string" ? '""' : text))
    .join("");
}

/** What goes on with the statement above it though it begins its line. */
const GOES_ON = /^(?:else|elif|except|finally|catch|while\s*\(.*\);?$|[)\]}.?:]|$)/;

/** Cuts a program at the lines that begin a statement at the top level; joined by line breaks they are the program. */
function topLevelStatements(code: string, language: Language): readonly string[] {
  const begins = new Set([0]);
  for (const { kind, start, depth } of lexemesOf(code, language)) {
    if (kind === "newline" && depth === 0) begins.add(start + 1);
  }
  const statements: string[] = [];
  let at = 0;
  let isDecorated = false;
  for (const line of code.split("\n")) {
    const isNew = begins.has(at) && /^\S/.test(line) && !GOES_ON.test(line) && !isDecorated;
    if (isNew || statements.length === 0) statements.push(line);
    else statements[statements.length - 1] += `\n${line}`;
    if (begins.has(at) && line.trim() !== "") isDecorated = line.startsWith("@");
    at += line.length + 1;
  }
  return statements;
}
