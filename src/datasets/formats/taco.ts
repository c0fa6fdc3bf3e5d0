import { z } from "zod";
import { column, optionalText, text } from "../fields";
import type { DatasetFormat } from "../format";
import { type IoRow, ioVisibility, takeIoRow } from "./io-format";

const schema: z.ZodType<IoRow> = z
  .object({
    question: text,
    input_output: column,
    solutions: column.nullish(),
    starter_code: optionalText,
    name: optionalText,
    url: optionalText,
    time_limit: optionalText,
  })
  .transform((row) => ({
    id: null,
    question: row.question,
    inputOutput: row.input_output,
    solutions: row.solutions ?? null,
    starterCode: row.starter_code,
    name: row.name,
    url: row.url,
    timeLimit: row.time_limit,
  }));

/**
 * Programming contests and exercises, by function call or stdin. Its rows have no ids: their place in the file is the
 * id.
 */
export const taco: DatasetFormat = {
  name: "taco",
  title: "TACO",
  attribution: "TACO (Li et al. 2023), Apache 2.0; the problems' texts belong to their sources",
  language: "python",
  visibleCount: 3,
  columns: ["question", "input_output"],
  telling: ["raw_tags", "skill_types", "time_limit", "Expected Time Complexity"],
  schema,
  visibility: ioVisibility,
  take: (row, settings) => takeIoRow(row as IoRow, settings),
};
