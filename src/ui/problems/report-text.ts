import type { ImportReport, RowNote } from "../../ports/problem-importer";

/** How many rows were taken, in a sentence. */
export function takenWords({ collection, refused }: ImportReport): string {
  const taken = collection?.size ?? 0;
  const all = taken + refused.length;
  if (taken === 0) return "No problem could be taken.";
  const count = refused.length === 0 ? `all ${taken}` : `${taken} of ${all}`;
  return taken === 1 && all === 1 ? "Took 1 problem." : `Took ${count} problems.`;
}

/** A row in a line: `Row 12 (602): The column test_list is missing.` */
function noteLine({ row, id, reason }: RowNote): string {
  return `Row ${row}${id === null ? "" : ` (${id})`}: ${reason}`;
}

/** The whole report as a text file. */
export function reportText(name: string, report: ImportReport): string {
  const { collection, refused, remarks, brokenOff } = report;
  const parts = [
    `${name}\n${takenWords(report)}`,
    collection === null ? "" : `${collection.title}\n${collection.attribution}\n${collection.visibility}`,
    brokenOff ?? "",
    refused.length === 0 ? "" : `Not taken\n${refused.map(noteLine).join("\n")}`,
    remarks.length === 0 ? "" : `Taken, with remarks\n${remarks.map(noteLine).join("\n")}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
