import { z } from "zod";
import type { AssertionTest } from "../../core/problem";
import {
  type Converted,
  type DatasetFormat,
  defineFormat,
  problemId,
  type RowSettings,
  rowError,
  rowId,
  text,
  texts,
  textsInText,
  titleOf,
} from "./format";

/** One problem of MBPP in either of its two published forms. */
interface MbppProblem {
  readonly taskId: string;
  readonly statement: string;
  readonly code: string;
  /** Runs after the program and before each test. */
  readonly setup: string;
  readonly assertions: readonly string[];
  /** EvalPlus' column `test`: code with many more inputs and a helper that compares; empty without it. */
  readonly wholeTest: string;
}

/**
 * Problem 123 sums the divisors of every number up to a million: many seconds in WebAssembly, minutes on a busy
 * machine.
 */
const SLOW: ReadonlyMap<string, number> = new Map([["123", 60_000]]);

/** Characters of one assert; names are looked for with patterns whose search recurses. */
const LONGEST_TEST = 1_000_000;

const ATTRIBUTION = "MBPP (Austin et al. 2021, Google Research), CC BY 4.0";

const words = (count: number | null) =>
  `${count === null ? "All asserts are" : count === 1 ? "The first assert is" : `The first ${count} asserts are`} visible, ` +
  `${count === null ? "only EvalPlus' own are" : "the others and EvalPlus' own are"} hidden, challenge tests left out.`;

/** The full set: 974 problems, texts as their authors wrote them. */
export const mbpp: DatasetFormat = mbppFormat(
  "mbpp",
  "MBPP",
  ["text", "code", "task_id", "test_list"],
  z
    .object({ task_id: rowId, text, code: text, test_list: textsInText, test_setup_code: text.nullish() })
    .transform((row) => ({
      taskId: row.task_id,
      statement: row.text,
      code: row.code,
      setup: row.test_setup_code ?? "",
      assertions: row.test_list,
      wholeTest: "",
    })),
);

/** The checked and reworded part of it: 427 problems. */
export const sanitizedMbpp: DatasetFormat = mbppFormat(
  "sanitized-mbpp",
  "MBPP, sanitised",
  ["prompt", "code", "task_id", "test_list"],
  z
    .object({
      task_id: rowId,
      prompt: text,
      code: text,
      test_list: textsInText,
      test_imports: texts.nullish(),
      test: text.nullish(),
    })
    .transform((row) => ({
      taskId: row.task_id,
      statement: row.prompt,
      code: row.code,
      setup: (row.test_imports ?? []).join("\n"),
      assertions: row.test_list,
      wholeTest: row.test ?? "",
    })),
);

function mbppFormat(
  name: "mbpp" | "sanitized-mbpp",
  title: string,
  columns: readonly string[],
  schema: z.ZodType<MbppProblem>,
): DatasetFormat {
  return defineFormat({
    name,
    title,
    attribution: ATTRIBUTION,
    language: "python",
    visibleCount: 1,
    columns,
    telling: [],
    schema,
    visibility: words,
    toProblem,
  });
}

function toProblem(row: MbppProblem, { prefix, visibleCount, attribution }: RowSettings): Converted {
  if (row.assertions.length === 0) throw rowError("It has no tests.");
  if (row.assertions.some(({ length }) => length > LONGEST_TEST)) throw rowError("One of its tests is too long.");
  const tests = row.assertions.map(
    (assertion): AssertionTest => (row.setup.trim() === "" ? { assertion } : { assertion, setup: row.setup }),
  );
  const count = visibleCount ?? tests.length;
  const limit = SLOW.get(row.taskId);
  return {
    problem: {
      problem: {
        id: problemId(prefix, row.taskId),
        title: titleOf(row.statement),
        statement: row.statement.trim(),
        language: "python",
        entryPoint: entryPoint(row),
        visibleTests: tests.slice(0, count),
        attribution,
        ...(limit === undefined ? {} : { timeLimitMs: limit }),
      },
      hiddenTests: [
        ...tests.slice(count),
        ...(row.wholeTest.trim() === "" ? [] : [{ assertion: row.wholeTest.trim() }]),
      ],
      references: row.code.trim() === "" ? [] : [row.code],
    },
    remarks: row.code.trim() === "" ? ["It has no reference solution."] : [],
  };
}

/** The function of the reference solution that the asserts call. */
function entryPoint(row: MbppProblem): string {
  const defined = new Set(definedNames(row.code));
  const called = row.assertions.flatMap(calledNames);
  const found = called.find((name) => defined.has(name)) ?? called.find((name) => !BUILT_IN.has(name));
  if (found === undefined) throw rowError("Its tests call no function.");
  return found;
}

/** Functions of Python that asserts put around the call. */
const BUILT_IN = new Set([
  "abs",
  "dict",
  "float",
  "int",
  "isinstance",
  "len",
  "list",
  "round",
  "set",
  "sorted",
  "str",
  "tuple",
]);

/** The functions and classes that Python code defines outside of any other, in their order. */
function definedNames(code: string): readonly string[] {
  return [...code.matchAll(/^(?:(?:async\s+)?def\s+(\w+)|class\s+(\w+)|(\w+)\s*=\s*lambda\b)/gm)].map(
    ([, def, type, lambda]) => def ?? type ?? lambda ?? "",
  );
}

/** The names that Python code calls, in their order; texts in quotes are passed over. */
function calledNames(code: string): readonly string[] {
  const bare = code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  return [...bare.matchAll(/(?<![\w.])([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name ?? "");
}
