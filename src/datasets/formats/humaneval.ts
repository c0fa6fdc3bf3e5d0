import { z } from "zod";
import type { AssertionTest } from "../../core/problem";
import { docstringExamples } from "./docstring-examples";
import {
  type Converted,
  type DatasetFormat,
  defineFormat,
  problemId,
  type RowSettings,
  rowError,
  rowId,
  text,
  titleOfName,
} from "./format";

/**
 * Examples in HumanEval's docstrings that its own reference solutions contradict, by task: the calls. They would punish
 * right programs, so they are no tests. Found by running each reference on all examples of its docstring: 6 of 439.
 */
const CONTRADICTED: ReadonlyMap<string, readonly string[]> = new Map([
  ["HumanEval/47", ["median([-10, 4, 6, 1000, 10, 20])"]],
  ["HumanEval/116", ["sort_array([1, 5, 2, 3, 4])", "sort_array([-2, -3, -4, -5, -6])"]],
  // The docstring works towards the answer in steps of one value; the function returns all of them as a list.
  ["HumanEval/130", ["tri(1)", "tri(4)"]],
  // ("Venus") is no tuple.
  ["HumanEval/148", ['bf("Earth", "Mercury")']],
]);

const schema = z.object({
  task_id: rowId,
  prompt: text,
  entry_point: z.string().regex(/^[A-Za-z_]\w*$/, { error: "the name of a function" }),
  canonical_solution: text,
  test: text,
});

type HumanEvalRow = z.output<typeof schema>;

/** 164 problems: the head of a Python function to be completed. */
export const humaneval: DatasetFormat = defineFormat({
  name: "humaneval",
  title: "HumanEval",
  attribution: "HumanEval (Chen et al. 2021, OpenAI), MIT licence",
  language: "python",
  visibleCount: null,
  columns: ["task_id", "prompt", "entry_point", "test"],
  telling: ["canonical_solution"],
  schema,
  visibility: (count) =>
    `${count === null ? "The examples" : `At most ${count} of the examples`} of the docstring are visible, the whole check is ` +
    "hidden. Examples that contradict the reference solution are left out, and so are those in free words: " +
    "such a problem may have no visible test.",
  toProblem,
});

function toProblem(row: HumanEvalRow, { prefix, visibleCount, attribution }: RowSettings): Converted {
  const { preamble, head, docstring } = partsOf(row);
  const name = row.entry_point;
  const number = row.task_id.replace(/^HumanEval\//i, "");
  const id = problemId(prefix, number);
  const contradicted = CONTRADICTED.get(row.task_id) ?? [];
  const examples = docstringExamples(docstring, name);
  const right = examples.filter(({ call }) => !contradicted.includes(call));
  const visibleTests = right
    .slice(0, visibleCount ?? right.length)
    .map(({ call, expected }): AssertionTest => ({ assertion: `assert ${call} == ${expected}` }));
  const left = examples.length - right.length;
  return {
    problem: {
      problem: {
        id,
        title: titleOfName(name),
        statement: dedent(docstring) || `Complete ${name}.`,
        language: "python",
        entryPoint: name,
        visibleTests,
        starterCode: head,
        ...(preamble === "" ? {} : { preamble }),
        attribution,
      },
      hiddenTests: [{ assertion: `check(${name})`, setup: row.test.trim() }],
      references: row.canonical_solution.trim() === "" ? [] : [row.prompt + row.canonical_solution],
    },
    remarks: [
      ...(visibleTests.length === 0 ? ["It has no visible test, for want of an example that can be run."] : []),
      ...(left > 0 ? [`${left} of its examples contradict the reference solution and are left out.`] : []),
      ...(row.canonical_solution.trim() === "" ? ["It has no reference solution."] : []),
    ],
  };
}

interface PromptParts {
  /** Imports and helpers before the function. */
  readonly preamble: string;
  /** From `def` or `class` to the docstring. */
  readonly head: string;
  /** Between its quotes, as in the source text. */
  readonly docstring: string;
}

function partsOf({ prompt, entry_point: name }: HumanEvalRow): PromptParts {
  const start = prompt.search(new RegExp(`^(?:(?:async\\s+)?def ${name}\\(|class ${name}\\b)`, "m"));
  if (start < 0) throw rowError(`Its prompt does not define ${name}.`);
  const code = prompt.slice(start);
  const quotes = /"""|'''/.exec(code);
  const preamble = prompt.slice(0, start).trim();
  if (!quotes) return { preamble, head: code.trimEnd(), docstring: "" };
  const inside = code.slice(quotes.index + 3);
  const end = inside.lastIndexOf(quotes[0]);
  return {
    preamble,
    head: code.slice(0, quotes.index).trimEnd(),
    docstring: end < 0 ? inside : inside.slice(0, end),
  };
}

/** A docstring's text without the indentation of the function's body. */
function dedent(docstring: string): string {
  const [first = "", ...rest] = docstring.replaceAll("\t", "    ").split("\n");
  const indents = rest.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const margin = indents.reduce((least, indent) => Math.min(least, indent), 80);
  return [first.trim(), ...rest.map((line) => line.slice(margin).trimEnd())].join("\n").trim();
}
