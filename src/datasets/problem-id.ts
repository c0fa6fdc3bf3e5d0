/** The id of a problem: `mbpp/11`. What cannot stand in a link becomes a hyphen. */
export function problemId(prefix: string, row: string): string {
  return `${prefix}/${slug(row)}`;
}

/** A text as part of a link: letters, digits, `.`, `_` and `-`. */
export function slug(text: string): string {
  const kept = text.normalize("NFKD").replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return kept.replaceAll(/^-+|-+$/g, "").slice(0, 80) || "problem";
}
