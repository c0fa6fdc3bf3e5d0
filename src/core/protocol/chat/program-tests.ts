import type { ProgramTest } from "../../problem";
import { closingFence, type Fence, openingFence } from "./fences";

/** `Input:`, `# output:`, `**Sample Input 2:**`, `Expected output:` and what shares its line. */
const LABEL =
  /^[\s#*_>-]*(?:\d+[.)]\s*)?(?:(?:sample|example|test|expected|standard)\s+)*(input|stdin|output|stdout)\s*\d*[\s*_]*(?::[\s*_]*(.*))?$/i;

/** A title between two cases: `Test case 2`, `### Case 3:`, `---`. */
const TITLE = /^[\s#*_]*(?:(?:test\s*)?(?:case|example|sample)s?\s*#?\d*[\s*_:]*|-{3,}|explanation\b.*|note\b.*)$/i;

interface Part {
  readonly name: "stdin" | "stdout";
  readonly lines: string[];
  /** What stands outside a fence ends at an empty line or a title once the part has content. */
  isOver: boolean;
}

function textOf({ lines }: Part): string {
  const text = lines.join("\n").replace(/^\n+|\s+$/g, "");
  return text === "" ? "" : `${text}\n`;
}

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let fence: Fence | null = null;
  for (const line of text.split("\n")) {
    const part = parts.at(-1);
    const label = LABEL.exec(line);
    // The reference repository's form has both labels inside one fence.
    if (label !== null) {
      const name = /in$|input/i.test(label[1] ?? "") ? "stdin" : "stdout";
      parts.push({ name, lines: label[2] ? [label[2].replace(/^`|`$/g, "")] : [], isOver: false });
    } else if (fence !== null && closingFence(line, fence) !== null) {
      if (part !== undefined) part.isOver = true;
      fence = null;
    } else if (fence === null && openingFence(line) !== null) fence = openingFence(line);
    else if (part !== undefined && !part.isOver) {
      const isEnd = fence === null && (TITLE.test(line) || (line.trim() === "" && part.name === "stdout"));
      if (isEnd) part.isOver = part.lines.length > 0;
      else part.lines.push(line);
    }
  }
  return parts;
}

/** All runs of a whole program in a text: what it reads, then what it prints. A case that lacks one of the two is left out. */
export function programTestsIn(text: string): readonly ProgramTest[] {
  const parts = partsOf(text);
  return parts.flatMap((part, index) => {
    const next = parts[index + 1];
    if (part.name !== "stdin" || next?.name !== "stdout") return [];
    const test = { stdin: textOf(part), stdout: textOf(next) };
    return test.stdout === "" ? [] : [test];
  });
}
