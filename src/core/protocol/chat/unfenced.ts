/** How a line of Python or JavaScript begins at the top level, or at that of a function whose head was given. */
const CODE_START =
  /^(?:from\s+[\w.]+\s+import\b|import\s+[\w{*"']|(?:async\s+)?(?:def|class)\s+\w|@\w|(?:export\s+)?(?:async\s+)?function\b|(?:const|let|var)\s+[\w$[{]|(?:for|while|if|try|with)\b.*[:{]\s*$|[\w.[\]]+(?:\s*,\s*[\w.[\]]+)*\s*[-+*/]?=[^=]|[\w.]+\(.*\)?;?\s*$|return\s+\S|["']use strict["']|#!)/;

/** A line of prose, or a heading, below a program. */
const PROSE =
  /^(?:#{2,}\s|\*\*|[-*]\s+[A-Z`]|\d+\.\s|(?:Here|This|The|In|It|We|Note|Explanation|Example|Output|You|Let|Now|With|To|Then|Finally)\b(?!\s*[=(.[])|[A-Z][a-z']+(?:\s+[\w'`,-]+){3,}[.:!]?\s*$)/;

const TAGS = /^\s*\[\/?\s*code(?:[_ ](?:start|end))?\s*\]\s*$|^\s*(?:`{3,}|~{3,})[\w+#-]*\s*$/i;

const countTripleQuotes = (line: string) => line.match(/"""|'''/g)?.length ?? 0;

/** What looks like a program in a text without fences, or an empty text. Prose above and below is left out. */
export function unfencedProgram(text: string): string {
  const lines = text.split("\n").filter((line) => !TAGS.test(line));
  const first = lines.findIndex((line) => CODE_START.test(line.trimEnd()));
  if (first < 0) return "";
  let inString = false;
  let end = first;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (!inString && PROSE.test(line)) break;
    if (countTripleQuotes(line) % 2 === 1) inString = !inString;
  }
  return lines.slice(first, end).join("\n");
}
