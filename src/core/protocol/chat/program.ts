import { closingFence, type Fence, openingFence } from "./fences";
import { unfencedProgram } from "./unfenced";

/** A program found in a text. */
export interface FoundProgram {
  readonly code: string;
  /** False when it stands in a block that was never closed: if the completion was cut, so was the program. */
  readonly whole: boolean;
  /** Whether a fence names its language. */
  readonly labelled: boolean;
}

interface Block extends FoundProgram {
  readonly info: string;
  readonly names: readonly string[];
}

/** Fences that name a language no program is written in. */
const NO_PROGRAM =
  /^(?:pseudo(?:code)?|plain(?:text)?|text|txt|output|out|input|console|bash|sh|shell|json|markdown|md|case|mermaid|diff)$/;

/** Functions, classes and, in JavaScript, top-level constants that a program defines. */
const DEFINITION =
  /^(?:async\s+)?(?:def|class)\s+(\w+)|^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)|^(\w+)\s*=\s*lambda\b/gm;

/** Takes the indentation off that all lines share: of a fence inside a list. */
export function dedent(code: string): string {
  const lines = code.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  const shortest = indents.reduce((least, indent) => (indent.length < least.length ? indent : least), indents[0] ?? "");
  const shared = indents.every((indent) => indent.startsWith(shortest)) ? shortest.length : 0;
  return lines
    .map((line) => line.slice(Math.min(shared, line.length)))
    .join("\n")
    .trim();
}

function blockOf(lines: readonly string[], info: string, whole: boolean): Block {
  const code = dedent(lines.join("\n"));
  return {
    code,
    info,
    whole,
    labelled: info !== "",
    names: [...code.matchAll(DEFINITION)].map((match) => match.slice(1).find(Boolean) ?? ""),
  };
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let fence: Fence | null = null;
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    if (fence === null) {
      fence = openingFence(line);
      lines = [];
      continue;
    }
    const last = closingFence(line, fence);
    if (last === null) lines.push(line);
    else {
      blocks.push(blockOf(last === "" ? lines : [...lines, last], fence.info, true));
      fence = null;
    }
  }
  if (fence !== null) blocks.push(blockOf(lines, fence.info, false));
  return blocks.filter(({ code, info }) => code !== "" && !NO_PROGRAM.test(info));
}

const mentions = (block: Block, names: readonly string[]) =>
  names.some((name) => new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(block.code));

const longest = (blocks: readonly Block[]) =>
  blocks.reduce<Block | undefined>(
    (best, block) => (block.code.length > (best?.code.length ?? -1) ? block : best),
    undefined,
  );

/**
 * Of several blocks the longest that defines something, together with those that only add to it: helpers that it calls, or a caller
 * of it that defines something new. Another version of the same function and mere example calls are left out.
 */
function assemble(blocks: readonly Block[]): FoundProgram | null {
  const labelled = blocks.filter((block) => block.labelled);
  const named = labelled.length > 0 ? labelled : blocks;
  const defining = named.filter(({ names }) => names.length > 0);
  const root = longest(defining.length > 0 ? defining : named);
  if (root === undefined) return null;
  const chosen = new Set([root]);
  for (const block of defining) {
    const others = [...chosen];
    const isNew = !others.some(({ names }) => names.some((name) => block.names.includes(name)));
    const belongs = others.some((other) => mentions(other, block.names) || mentions(block, other.names));
    if (isNew && belongs) chosen.add(block);
  }
  const parts = blocks.filter((block) => chosen.has(block));
  return {
    code: parts.map(({ code }) => code).join("\n\n"),
    whole: parts.every(({ whole }) => whole),
    labelled: root.labelled,
  };
}

/** The program in a fenced block, or null when there is no such block. */
export function fencedProgram(text: string): FoundProgram | null {
  return assemble(blocksOf(text));
}

/**
 * The program in what stands behind a code marker, or in an answer to "write the program": fenced or not, with prose around it or
 * not. Null when there is none.
 */
export function findProgram(text: string): FoundProgram | null {
  const fenced = fencedProgram(text);
  if (fenced !== null) return fenced;
  const code = dedent(unfencedProgram(dedent(text)));
  return code === "" ? null : { code, whole: false, labelled: false };
}
