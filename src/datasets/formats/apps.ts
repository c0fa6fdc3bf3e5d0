import { z } from "zod";
import { column, optionalText, rowId, text } from "../fields";
import type { DatasetFormat } from "../format";
import { type IoRow, ioVisibility, takeIoRow } from "./io-format";

const schema: z.ZodType<IoRow> = z
  .object({
    id: rowId.nullish(),
    problem_id: rowId.nullish(),
    question: text,
    input_output: column,
    solutions: column.nullish(),
    starter_code: optionalText,
    url: optionalText,
  })
  .transform((row) => ({
    id: row.problem_id ?? row.id ?? null,
    question: row.question,
    inputOutput: row.input_output,
    solutions: row.solutions ?? null,
    starterCode: row.starter_code,
    name: "",
    url: row.url,
    timeLimit: "",
  }));

/** Programming contests and exercises, by function call or stdin. */
export const apps: DatasetFormat = {
  name: "apps",
  title: "APPS",
  attribution: "APPS (Hendrycks et al. 2021), MIT licence; the problems' texts belong to their sources",
  language: "python",
  visibleCount: 3,
  columns: ["question", "input_output"],
  telling: ["id", "problem_id"],
  schema,
  visibility: ioVisibility,
  take: (row, settings) => takeIoRow(row as IoRow, settings),
};
