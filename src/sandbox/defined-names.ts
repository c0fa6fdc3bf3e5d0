const DECLARATION = /\b(?:function\s*\*?|const|let|var|class)\s+([A-Za-z_$][\w$]*)/g;

/** One sentence for a program without its entry point, with the name it probably meant. */
export function missingEntryPointMessage(code: string, entryPoint: string, kind: string): string {
  if (kind !== "undefined") return `${entryPoint} is ${kind === "object" ? "an object" : `a ${kind}`}, not a function.`;
  const names = [...new Set(Array.from(code.matchAll(DECLARATION), (match) => match[1] ?? ""))];
  const nearest = names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), entryPoint.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (!nearest) return `The program defines no function ${entryPoint}.`;
  return `The program defines ${nearest.name}, not ${entryPoint}.`;
}

/** Levenshtein distance in characters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
