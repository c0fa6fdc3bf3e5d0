import fc from "fast-check";
import { expect, it } from "vitest";
import type { SourceRow } from "./json";
import { textRows } from "./text";

/** The rows of a text that arrives in pieces of these sizes, over and over. */
async function rowsOf(text: string, sizes: readonly number[]): Promise<readonly SourceRow[]> {
  const bytes = new TextEncoder().encode(text);
  async function* chunks() {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const rows: SourceRow[] = [];
  for await (const row of textRows(chunks(), "rows")) rows.push(row);
  return rows;
}

const row = fc.dictionary(
  fc.string({ unit: "grapheme" }),
  fc.oneof(fc.jsonValue(), fc.constantFrom('}{"', "[,]", '\\"', "\n")),
  {
    minKeys: 1,
  },
);
const rows = fc.array(row, { minLength: 1, maxLength: 6 });
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

it.each([
  ["JSON lines", (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join("\n")],
  [
    "JSON lines of Windows, one empty",
    (values: readonly unknown[]) => `${values.map((value) => JSON.stringify(value)).join("\r\n\r\n")}\r\n`,
  ],
  ["a list", (values: readonly unknown[]) => JSON.stringify(values)],
  ["a printed list", (values: readonly unknown[]) => ` ${JSON.stringify(values, null, 2)}\n`],
])("%s: the same rows wherever the text is cut", async (_, format) => {
  await fc.assert(
    fc.asyncProperty(rows, sizes, async (values, cuts) => {
      const expected = JSON.parse(JSON.stringify(values)) as readonly { rows?: unknown }[];
      // Pages of the datasets server and long integers come out in another form.
      fc.pre(!/\d{16}/.test(format(values)) && expected.every((value) => !Array.isArray(value.rows)));
      expect(await rowsOf(format(values), cuts)).toEqual(expected.map((value) => ({ value })));
    }),
    { numRuns: 60 },
  );
});
