import { z } from "zod";
import { isAssertionTest, isCallTest, isProgramTest, type TestCase } from "../../core/problem";
import { strictTestSchema } from "../../core/test-schema";
import {
  type Converted,
  type DatasetFormat,
  defineFormat,
  optionalText,
  problemId,
  type RowSettings,
  rowError,
  rowId,
  text,
  texts,
  titleOf,
} from "./format";

const tests = z.array(strictTestSchema, { error: "a list of tests" }).nullish();

const schema = z.object({
  id: rowId.nullish(),
  title: optionalText,
  statement: z.string({ error: "a text" }).trim().min(1, { error: "a text that is not empty" }),
  language: z.enum(["python", "javascript"], { error: "python or javascript" }).nullish(),
  entryPoint: z
    .string({ error: "the name of a function, or null" })
    .regex(/^[A-Za-z_$][\w$]*$/, { error: "the name of a function, or null" })
    .nullish(),
  visibleTests: tests,
  hiddenTests: tests,
  starterCode: optionalText,
  preamble: optionalText,
  references: texts.nullish(),
  timeLimitMs: z
    .number({ error: "milliseconds, at most 60000" })
    .min(1)
    .max(60_000, { error: "milliseconds, at most 60000" })
    .nullish(),
  attribution: text.nullish(),
});

type GenericRow = z.output<typeof schema>;

/**
 * Problems of one's own, a JSON object each:
 * `{id?, title?, statement, language?, entryPoint?, visibleTests?, hiddenTests?, starterCode?, preamble?, references?,
 * timeLimitMs?, attribution?}`. A test is `{input: [arguments], expected}`, `{stdin, stdout}` or `{assertion, setup?}`.
 * Language is Python unless it says JavaScript; a problem without an entry point is a whole program.
 */
export const generic: DatasetFormat = defineFormat({
  name: "generic",
  title: "Problems of one's own",
  attribution: null,
  language: "python",
  visibleCount: null,
  columns: ["statement"],
  telling: ["visibleTests", "hiddenTests"],
  schema,
  visibility: (count) =>
    count === null
      ? "Each row says which of its tests are visible and which hidden."
      : `Of the tests that a row calls visible, the first ${count} are; all others are hidden.`,
  toProblem,
});

function toProblem(row: GenericRow, settings: RowSettings): Converted {
  const given = row.visibleTests ?? [];
  const count = settings.visibleCount ?? given.length;
  const visibleTests = given.slice(0, count);
  const hiddenTests = [...given.slice(count), ...(row.hiddenTests ?? [])];
  checkTests([...visibleTests, ...hiddenTests], row);
  const references = (row.references ?? []).slice(0, settings.maxReferences);
  return {
    problem: {
      problem: {
        id: problemId(settings.prefix, row.id ?? String(settings.index)),
        title: row.title.trim() || titleOf(row.statement),
        statement: row.statement,
        language: row.language ?? "python",
        entryPoint: row.entryPoint ?? null,
        visibleTests,
        ...(row.starterCode === "" ? {} : { starterCode: row.starterCode }),
        ...(row.preamble === "" ? {} : { preamble: row.preamble }),
        ...(typeof row.timeLimitMs === "number" ? { timeLimitMs: row.timeLimitMs } : {}),
        attribution: row.attribution ?? settings.attribution,
      },
      hiddenTests,
      references,
    },
    remarks: [
      ...(references.length === 0 ? ["It has no reference solution."] : []),
      ...(visibleTests.length === 0 ? ["It has no visible test."] : []),
      ...(hiddenTests.length === 0 ? ["It has no hidden test: the visible ones decide."] : []),
    ],
  };
}

function checkTests(tests: readonly TestCase[], { entryPoint, language }: GenericRow): void {
  if (tests.length === 0) throw rowError("It has no tests.");
  if (tests.some((test) => isAssertionTest(test) && test.assertion === ""))
    throw rowError("One of its assertions is empty.");
  if (tests.some(isCallTest) && !entryPoint)
    throw rowError("Its tests call a function, but entryPoint does not name it.");
  if (tests.some(isProgramTest) && entryPoint)
    throw rowError("A test with stdin runs a whole program, so entryPoint must be null.");
  if (language === "javascript" && !tests.every(isCallTest)) {
    throw rowError("In JavaScript every test must have the form {input, expected}.");
  }
}
